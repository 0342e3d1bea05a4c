import CKernels
import Networks
import Tensors

/// The rows of a table that computed numbers name, as of an embedding, and a Relu.
final class LookupStep: TrainingStep {
    private let (table, numbers): (TrainedOperand, TrainedOperand)
    private let output: TrainedTensor
    private let withRelu: Bool
    private let workers: TrainingWorkers

    init(
        _ table: TrainedOperand, _ numbers: TrainedOperand, to output: TrainedTensor, withRelu: Bool, _ workers: TrainingWorkers
    ) {
        (self.table, self.numbers, self.output) = (table, numbers, output)
        (self.withRelu, self.workers) = (withRelu, workers)
    }

    func forward(seed: UInt64) throws(KernelError) {
        ReferenceKernels.lookUp(
            UnsafeBufferPointer(start: table.start, count: table.shape.count),
            UnsafeBufferPointer(start: numbers.start, count: numbers.shape.count), into: output.floats)
        if withRelu { pare_shift_rows(output.start, 1, output.shape.count, nil, 1) }
    }

    /// One row after another, for a row may be looked up more than once.
    func backward() throws(KernelError) {
        guard let above = output.gradientStart, let gradient = table.gradient else { return }
        if withRelu { try maskGradients(output, workers) }
        if !table.accumulates { gradient.update(repeating: 0, count: table.shape.count) }
        let width = output.shape.count / max(1, numbers.shape.count)
        let rows = Float(table.shape[0])
        for place in 0..<numbers.shape.count {
            let number = numbers.start[place]
            let row = number < 0 ? number + rows : number
            guard row >= 0, row < rows else { continue }
            pare_accumulate(above + place * width, width, 1, gradient + Int(row) * width)
        }
    }
}

extension TrainingBuilder {
    mutating func lookup(_ stage: PlannedStage) throws(KernelError) -> any TrainingStep {
        LookupStep(try operand(stage, 0), try operand(stage, 1), to: output(stage), withRelu: stage.withRelu, workers)
    }
}
