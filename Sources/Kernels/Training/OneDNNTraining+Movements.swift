import CKernels
import Networks
import Tensors

/// Elements moved by the tables of an ``ElementMap``, and a Relu. Backward, each adds its gradient to that of the element it came from; elements
/// that nothing came from have none.
final class MovementStep: TrainingStep {
    private let map: ElementMap
    private let input: TrainedOperand
    private let output: TrainedTensor
    private let withRelu: Bool
    private let workers: TrainingWorkers
    /// Rows of the result, and into how many groups they fall whose elements come from as many equal parts of the input, each from its own.
    private let (rows, groups): (Int, Int)

    init(_ map: ElementMap, _ input: TrainedOperand, to output: TrainedTensor, withRelu: Bool, _ workers: TrainingWorkers) {
        (self.map, self.input, self.output) = (map, input, output)
        (self.withRelu, self.workers) = (withRelu, workers)
        rows = map.count == 0 ? 0 : map.tables.dropLast().reduce(1) { $0 * $1.count }
        groups = map.keepsExamples(of: input.shape) ? input.shape[0] : 1
    }

    func forward(seed: UInt64) throws(KernelError) {
        let width = map.tables.last?.count ?? 1
        try workers.split(rows, size: width) { range in
            map.moveRows(range, from: input.start, to: output.start)
            if withRelu { pare_shift_rows(output.start + range.lowerBound * width, 1, range.count * width, nil, 1) }
        }
    }

    func backward() throws(KernelError) {
        guard let above = output.gradientStart, let gradient = input.gradient, groups > 0 else { return }
        if withRelu { try maskGradients(output, workers) }
        let (size, height) = (input.shape.count / groups, rows / groups)
        try workers.split(groups, size: max(size, output.shape.count / groups)) { range in
            if !input.accumulates { (gradient + range.lowerBound * size).update(repeating: 0, count: range.count * size) }
            map.addRows(range.lowerBound * height..<range.upperBound * height, from: above, to: gradient)
        }
    }
}

extension ElementMap {
    /// Whether the first table goes through the examples of the input [N, …] one by one, so that no two threads add to one element.
    fileprivate func keepsExamples(of shape: Shape) -> Bool {
        guard shape.rank > 1, tables.count > 1, let first = tables.first, first.count == shape[0] else { return false }
        let size = shape.count / max(shape[0], 1)
        let others = tables.dropFirst().reduce(0) { $0 + ($1.max() ?? 0) }
        return others < size && first.indices.allSatisfy { first[$0] == $0 * size }
    }
}

extension TrainingBuilder {
    /// nil where the operation does more than move elements.
    mutating func movement(_ stage: PlannedStage) throws(KernelError) -> (any TrainingStep)? {
        guard let map = stage.operation.elementMap(from: stage.operands[0].shape, to: output(stage).shape) else { return nil }
        let input = if case .value = stage.operands[0] { try operand(stage, 0) } else { try operand(stage, 0) }
        return MovementStep(map, input, to: output(stage), withRelu: stage.withRelu, workers)
    }
}
