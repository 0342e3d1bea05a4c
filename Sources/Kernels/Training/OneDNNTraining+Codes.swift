import Networks
import Tensors

/// Codes of activations, or the numbers that codes stand for, and a Relu: backward straight through, 1 / scale where a code is inside its range and
/// the scale of a code (Bengio and others, 2013).
final class CodeStep: TrainingStep {
    private let code: LinearCode
    private let makesCodes: Bool
    private let operands: [TrainedOperand]
    private let output: TrainedTensor
    private let withRelu: Bool
    private let workers: TrainingWorkers
    private let place: (Int) -> Int
    private let range: ClosedRange<Float>

    init(
        _ code: LinearCode, makesCodes: Bool, _ operands: [TrainedOperand], to output: TrainedTensor, withRelu: Bool,
        _ workers: TrainingWorkers
    ) {
        (self.code, self.makesCodes, self.operands, self.output) = (code, makesCodes, operands, output)
        (self.withRelu, self.workers) = (withRelu, workers)
        place = code.scalePlaces(operands[1].shape, of: operands[0].shape)
        range = code.range.map { Float($0.lowerBound)...Float($0.upperBound) } ?? -.infinity ... .infinity
    }

    func forward(seed: UInt64) throws(KernelError) {
        let (from, scales, zeros) = (operands[0].start, operands[1].start, operands.count > 2 ? operands[2].start : nil)
        try workers.split(output.shape.count, size: 1, step: 16) { range in
            for index in range {
                let at = place(index)
                let (scale, zero) = (scales[at], zeros?[at] ?? 0)
                var value = makesCodes ? rounded(from[index] / scale, zero) : (from[index] - zero) * scale
                if withRelu, value < 0 { value = 0 }
                output.start[index] = value
            }
        }
    }

    private func rounded(_ value: Float, _ zero: Float) -> Float {
        guard code.range != nil else { return value.rounded(to: code.type) }
        return min(max(value.rounded(.toNearestOrEven) + zero, range.lowerBound), range.upperBound)
    }

    func backward() throws(KernelError) {
        guard let above = output.gradientStart, let gradient = operands[0].gradient else { return }
        if withRelu { try maskGradients(output, workers) }
        let (from, scales, zeros) = (operands[0].start, operands[1].start, operands.count > 2 ? operands[2].start : nil)
        let adds = operands[0].accumulates
        try workers.split(output.shape.count, size: 1, step: 16) { range in
            for index in range {
                let at = place(index)
                var slope = scales[at]
                if makesCodes {
                    let unbounded = (from[index] / slope).rounded(.toNearestOrEven) + (zeros?[at] ?? 0)
                    slope = self.range.contains(unbounded) ? 1 / slope : 0
                }
                gradient[index] = (adds ? gradient[index] : 0) + slope * above[index]
            }
        }
    }
}

/// What the plain kernels make, and a Relu; its gradient, where one is needed, goes on as it is: for roundings that are the identity but for their
/// steps. Slow, for operations that hardly take part in a training: in float32 with sums in Double.
final class PlainStep: TrainingStep {
    private let operation: Operation
    private let operands: [TrainedOperand]
    private let output: TrainedTensor
    private let withRelu: Bool
    private let workers: TrainingWorkers

    init(_ operation: Operation, _ operands: [TrainedOperand], to output: TrainedTensor, withRelu: Bool, _ workers: TrainingWorkers) {
        (self.operation, self.operands, self.output) = (operation, operands, output)
        (self.withRelu, self.workers) = (withRelu, workers)
    }

    func forward(seed: UInt64) throws(KernelError) {
        let inputs = operands.map { operand in
            ReferenceTensor(
                shape: operand.shape, values: Array(UnsafeBufferPointer(start: operand.start, count: operand.shape.count)))
        }
        guard let made = ReferenceKernels.evaluate(operation, inputs, to: output.shape) else { return }
        _ = output.floats.update(fromContentsOf: made.values)
        if withRelu { for index in output.floats.indices where output.floats[index] < 0 { output.floats[index] = 0 } }
    }

    func backward() throws(KernelError) {
        guard let above = output.gradientStart, let gradient = operands.first?.gradient else { return }
        if withRelu { try maskGradients(output, workers) }
        let adds = operands[0].accumulates
        for index in 0..<output.shape.count { gradient[index] = (adds ? gradient[index] : 0) + above[index] }
    }
}

extension TrainingBuilder {
    mutating func quantization(_ stage: PlannedStage, _ code: LinearCode) throws(KernelError) -> any TrainingStep {
        CodeStep(code, makesCodes: true, try all(stage), to: output(stage), withRelu: stage.withRelu, workers)
    }

    mutating func dequantization(_ stage: PlannedStage, _ code: LinearCode) throws(KernelError) -> any TrainingStep {
        CodeStep(code, makesCodes: false, try all(stage), to: output(stage), withRelu: stage.withRelu, workers)
    }

    mutating func straight(_ stage: PlannedStage) throws(KernelError) -> any TrainingStep {
        PlainStep(stage.operation, try all(stage), to: output(stage), withRelu: stage.withRelu, workers)
    }

    /// Everything that a stage reads.
    mutating func all(_ stage: PlannedStage) throws(KernelError) -> [TrainedOperand] {
        var operands: [TrainedOperand] = []
        for index in stage.operands.indices { operands.append(try operand(stage, index)) }
        return operands
    }
}
