import CKernels
import Networks
import Tensors

/// Masks the gradient of a value that a Relu was fused into.
func maskGradients(_ output: TrainedTensor, _ workers: TrainingWorkers) throws(KernelError) {
    guard let above = output.gradientStart else { return }
    try workers.split(output.shape.count, size: 1, step: 16) { range in
        pare_mask_gradients(output.start + range.lowerBound, range.count, above + range.lowerBound)
    }
}

/// Negative values become 0.
final class ReluStep: TrainingStep {
    private let input: TrainedOperand
    private let output: TrainedTensor
    private let workers: TrainingWorkers

    init(_ input: TrainedOperand, to output: TrainedTensor, _ workers: TrainingWorkers) {
        (self.input, self.output, self.workers) = (input, output, workers)
    }

    func forward(seed: UInt64) throws(KernelError) {
        try workers.split(output.shape.count, size: 1, step: 16) { range in
            pare_relu(input.start + range.lowerBound, range.count, output.start + range.lowerBound)
        }
    }

    func backward() throws(KernelError) {
        guard let above = output.gradientStart, let gradient = input.gradient else { return }
        try maskGradients(output, workers)
        try workers.split(output.shape.count, size: 1, step: 16) { range in
            pare_accumulate(above + range.lowerBound, range.count, input.adds, gradient + range.lowerBound)
        }
    }
}

/// The sum of two values of one shape, and a Relu.
final class SumStep: TrainingStep {
    private let operands: (TrainedOperand, TrainedOperand)
    private let output: TrainedTensor
    private let withRelu: Bool
    private let workers: TrainingWorkers

    init(
        _ first: TrainedOperand, _ second: TrainedOperand, to output: TrainedTensor, withRelu: Bool, _ workers: TrainingWorkers
    ) {
        operands = (first, second)
        (self.output, self.withRelu, self.workers) = (output, withRelu, workers)
    }

    func forward(seed: UInt64) throws(KernelError) {
        try workers.split(output.shape.count, size: 1, step: 16) { range in
            let (at, result) = (range.lowerBound, output.start + range.lowerBound)
            pare_sum(operands.0.start + at, operands.1.start + at, range.count, result)
            if withRelu { pare_shift_rows(result, 1, range.count, nil, 1) }
        }
    }

    func backward() throws(KernelError) {
        guard let above = output.gradientStart else { return }
        if withRelu { try maskGradients(output, workers) }
        try workers.split(output.shape.count, size: 1, step: 16) { range in
            for operand in [operands.0, operands.1] {
                guard let gradient = operand.gradient else { continue }
                pare_accumulate(above + range.lowerBound, range.count, operand.adds, gradient + range.lowerBound)
            }
        }
    }
}

/// Drops values by the mask of the batch's seed, and a Relu.
final class DropoutStep: TrainingStep {
    private let input: TrainedOperand
    private let output: TrainedTensor
    private let withRelu: Bool
    private let node: Int
    private let ratio: Float
    private let workers: TrainingWorkers
    private var mask: DropoutMask

    init(
        _ input: TrainedOperand, to output: TrainedTensor, withRelu: Bool, node: Int, ratio: Float, _ workers: TrainingWorkers
    ) {
        (self.input, self.output, self.withRelu, self.workers) = (input, output, withRelu, workers)
        (self.node, self.ratio) = (node, ratio)
        mask = DropoutMask(seed: 0, node: node, ratio: ratio)
    }

    func forward(seed: UInt64) throws(KernelError) {
        let mask = DropoutMask(seed: seed, node: node, ratio: ratio)
        self.mask = mask
        try workers.split(output.shape.count, size: 1, step: 16) { range in
            let (at, result) = (range.lowerBound, output.start + range.lowerBound)
            mask.apply(input.start + at, to: result, count: range.count, first: at)
            if withRelu { pare_shift_rows(result, 1, range.count, nil, 1) }
        }
    }

    func backward() throws(KernelError) {
        guard let above = output.gradientStart, let gradient = input.gradient else { return }
        if withRelu { try maskGradients(output, workers) }
        let mask = mask
        try workers.split(output.shape.count, size: 1, step: 16) { range in
            let at = range.lowerBound
            mask.apply(above + at, to: above + at, count: range.count, first: at)
            pare_accumulate(above + at, range.count, input.adds, gradient + at)
        }
    }
}

/// Values side by side along an axis, and a Relu.
final class ConcatenationStep: TrainingStep {
    private let inputs: [TrainedOperand]
    private let output: TrainedTensor
    private let withRelu: Bool
    /// Values of each input that follow each other, and how often.
    private let widths: [Int]
    private let count: Int
    private let workers: TrainingWorkers

    init(_ inputs: [TrainedOperand], axis: Int, to output: TrainedTensor, withRelu: Bool, _ workers: TrainingWorkers) {
        (self.inputs, self.output, self.withRelu, self.workers) = (inputs, output, withRelu, workers)
        widths = inputs.map { $0.shape.dimensions.dropFirst(axis).reduce(1, *) }
        count = output.shape.dimensions.prefix(axis).reduce(1, *)
    }

    func forward(seed: UInt64) throws(KernelError) {
        let width = widths.reduce(0, +)
        try workers.split(count, size: width) { rows in
            for row in rows {
                var target = output.start + row * width
                for (input, part) in zip(inputs, widths) {
                    target.update(from: input.start + row * part, count: part)
                    target += part
                }
                if withRelu { pare_shift_rows(output.start + row * width, 1, width, nil, 1) }
            }
        }
    }

    func backward() throws(KernelError) {
        guard let gradient = output.gradientStart else { return }
        if withRelu { try maskGradients(output, workers) }
        let width = widths.reduce(0, +)
        try workers.split(count, size: width) { rows in
            for row in rows {
                var above = gradient + row * width
                for (input, part) in zip(inputs, widths) {
                    if let gradient = input.gradient { pare_accumulate(above, part, input.adds, gradient + row * part) }
                    above += part
                }
            }
        }
    }
}

extension TrainingBuilder {
    mutating func sum(_ stage: PlannedStage) throws(KernelError) -> any TrainingStep {
        let (first, second) = (try operand(stage, 0), try operand(stage, 1))
        return SumStep(first, second, to: output(stage), withRelu: stage.withRelu, workers)
    }

    mutating func concatenation(_ stage: PlannedStage, _ axis: Int) throws(KernelError) -> any TrainingStep {
        let axis = axis < 0 ? axis + output(stage).shape.rank : axis
        return ConcatenationStep(try all(stage), axis: axis, to: output(stage), withRelu: stage.withRelu, workers)
    }
}
