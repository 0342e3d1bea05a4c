import Networks
import Tensors

/// Elements taken from or put at places, sums and orders along an axis, and a Relu: as their definition reads, in Double.
final class PlacementStep: TrainingStep {
    private let placement: Placement
    private let operands: [TrainedOperand]
    private let output: TrainedTensor
    private let withRelu: Bool
    private let workers: TrainingWorkers

    init(
        _ placement: Placement, _ operands: [TrainedOperand], to output: TrainedTensor, withRelu: Bool, _ workers: TrainingWorkers
    ) {
        (self.placement, self.operands, self.output) = (placement, operands, output)
        (self.withRelu, self.workers) = (withRelu, workers)
    }

    private var inputs: [PlacedTensor] {
        operands.map { operand in
            PlacedTensor(
                shape: operand.shape, values: UnsafeBufferPointer(start: operand.start, count: operand.shape.count).map(Double.init))
        }
    }

    func forward(seed: UInt64) throws(KernelError) {
        for (index, value) in placement.made(of: inputs, to: output.shape).enumerated() {
            output.start[index] = withRelu && value < 0 ? 0 : Float(value)
        }
    }

    func backward() throws(KernelError) {
        guard output.gradientStart != nil else { return }
        if withRelu { try maskGradients(output, workers) }
        let above = PlacedTensor(shape: output.shape, values: output.gradients.map(Double.init))
        let found = placement.gradients(inputs, above)
        leave(found.x, operands[0])
        if let updates = found.updates, operands.count > 2 { leave(updates, operands[2]) }
    }

    private func leave(_ values: [Double], _ operand: TrainedOperand) {
        guard let gradient = operand.gradient else { return }
        for (index, value) in values.enumerated() { gradient[index] = operand.accumulates ? gradient[index] + Float(value) : Float(value) }
    }
}

extension TrainingBuilder {
    mutating func placement(_ stage: PlannedStage, _ placement: Placement) throws(KernelError) -> any TrainingStep {
        PlacementStep(placement, try all(stage), to: output(stage), withRelu: stage.withRelu, workers)
    }
}
