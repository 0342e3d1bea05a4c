import CKernels
import Networks
import Tensors

/// A function of several operands with broadcasting, and a Relu: the operands are combined one after another.
final class CombinationStep: TrainingStep {
    enum Function {
        case binary(pare_combination)
        /// The first operand is the condition.
        case select
        /// Σ, or the mean by its factor.
        case sum(factor: Float)
        /// Of larger ones or smaller ones.
        case extreme(pare_combination)
    }

    private let function: Function
    private let operands: [TrainedOperand]
    private let output: TrainedTensor
    private let withRelu: Bool
    private let workers: TrainingWorkers
    private let walk: BroadcastWalk

    init(
        _ function: Function, _ operands: [TrainedOperand], to output: TrainedTensor, withRelu: Bool, _ workers: TrainingWorkers
    ) {
        (self.function, self.operands, self.output) = (function, operands, output)
        (self.withRelu, self.workers) = (withRelu, workers)
        walk = BroadcastWalk(operands.map(\.shape), to: output.shape)
    }

    private func row(_ operand: Int, _ starts: UnsafePointer<Int>) -> pare_row {
        pare_row(values: operands[operand].start + starts[operand], step: walk.inner[operand])
    }

    func forward(seed: UInt64) throws(KernelError) {
        try workers.split(walk.units, size: walk.unitSize, step: walk.rows == 1 ? 16 : 1) { units in
            walk.forEach(units) { places, starts in
                let result = output.start + places.lowerBound
                combine(places.count, starts, result)
                if withRelu { pare_shift_rows(result, 1, places.count, nil, 1) }
            }
        }
    }

    private func combine(_ count: Int, _ starts: UnsafePointer<Int>, _ result: UnsafeMutablePointer<Float>) {
        switch function {
        case .binary(let function): combine(function, row(0, starts), row(1, starts), count, result)
        case .select:
            let (condition, first, second) = (row(0, starts), row(1, starts), row(2, starts))
            pare_combine_row(
                PARE_COMBINE_CHOOSE, condition.values, condition.step, first.values, first.step, second.values, second.step, result, count)
        case .sum(let factor):
            fold(PARE_COMBINE_ADD, count, starts, result)
            if factor != 1 { pare_scale(result, count, factor) }
        case .extreme(let function): fold(function, count, starts, result)
        }
    }

    private func combine(
        _ function: pare_combination, _ first: pare_row, _ second: pare_row, _ count: Int, _ result: UnsafeMutablePointer<Float>
    ) {
        pare_combine_row(function, first.values, first.step, second.values, second.step, first.values, first.step, result, count)
    }

    private func fold(_ function: pare_combination, _ count: Int, _ starts: UnsafePointer<Int>, _ result: UnsafeMutablePointer<Float>) {
        var first = row(0, starts)
        if operands.count == 1 { return result.update(from: first.values, count: count) }
        for operand in 1..<operands.count {
            combine(function, first, row(operand, starts), count, result)
            first = pare_row(values: result, step: 1)
        }
    }

    func backward() throws(KernelError) {
        guard let above = output.gradientStart else { return }
        if withRelu { try maskGradients(output, workers) }
        for (index, operand) in operands.enumerated() {
            guard let gradient = operand.gradient else {
                // One that wins without having a gradient keeps the others from it.
                if case .extreme = function { try addSlopes(of: index, above, to: nil) }
                continue
            }
            if !operand.accumulates, isRepeated(index) { gradient.update(repeating: 0, count: operand.shape.count) }
            try addSlopes(of: index, above, to: gradient)
        }
    }

    private func isRepeated(_ operand: Int) -> Bool { operands[operand].shape.count != output.shape.count }

    private func addSlopes(
        of operand: Int, _ above: UnsafeMutablePointer<Float>, to gradient: UnsafeMutablePointer<Float>?
    ) throws(KernelError) {
        let parts = gradient == nil ? walk.units : walk.partCount(of: operand)
        let unitsEach = walk.units / max(1, parts)
        let adds: Int32 = isRepeated(operand) || operands[operand].accumulates ? 1 : 0
        try workers.split(parts, size: unitsEach * walk.unitSize, step: walk.rows == 1 ? 16 : 1) { range in
            withUnsafeTemporaryAllocation(of: Float.self, capacity: max(1, walk.largestPiece)) { slopes in
                guard let slopes = slopes.baseAddress else { return }
                walk.forEach(range.lowerBound * unitsEach..<range.upperBound * unitsEach) { places, starts in
                    self.slopes(of: operand, places, starts, above, slopes)
                    guard let target = gradient.map({ $0 + starts[operand] }) else { return }
                    if walk.inner[operand] == 1 {
                        pare_accumulate(slopes, places.count, adds, target)
                    } else {
                        target.pointee += Float(pare_total(slopes, places.count))
                    }
                }
            }
        }
    }

    private func slopes(
        of operand: Int, _ places: Range<Int>, _ starts: UnsafePointer<Int>, _ above: UnsafeMutablePointer<Float>,
        _ result: UnsafeMutablePointer<Float>
    ) {
        let (given, count) = (above + places.lowerBound, places.count)
        switch function {
        case .binary(let function):
            pare_combine_slopes(function, operand == 1 ? 1 : 0, row(0, starts), row(1, starts), given, count, result)
        case .select: pare_select_slopes(row(0, starts), operand == 2 ? 1 : 0, given, count, result)
        case .sum(let factor):
            result.update(from: given, count: count)
            if factor != 1 { pare_scale(result, count, factor) }
        case .extreme: pare_take_slopes(row(operand, starts), output.start + places.lowerBound, count, given, result)
        }
    }
}

extension TrainingBuilder {
    mutating func binary(_ stage: PlannedStage, _ function: BinaryFunction) throws(KernelError) -> any TrainingStep {
        let shape = output(stage).shape
        if function == .add, stage.operands.allSatisfy({ $0.shape == shape }) { return try sum(stage) }
        return try combined(stage, .binary(function.combination))
    }

    mutating func variadic(_ stage: PlannedStage, _ function: VariadicFunction) throws(KernelError) -> any TrainingStep {
        switch function {
        case .sum: try combined(stage, .sum(factor: 1))
        case .mean: try combined(stage, .sum(factor: 1 / Float(stage.operands.count)))
        case .maximum, .minimum: try combined(stage, .extreme(function.combination))
        }
    }

    mutating func select(_ stage: PlannedStage) throws(KernelError) -> any TrainingStep { try combined(stage, .select) }

    private mutating func combined(_ stage: PlannedStage, _ function: CombinationStep.Function) throws(KernelError) -> any TrainingStep {
        CombinationStep(function, try all(stage), to: output(stage), withRelu: stage.withRelu, workers)
    }
}
