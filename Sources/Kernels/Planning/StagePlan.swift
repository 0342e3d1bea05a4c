import Networks
import Tensors

/// A tensor that a stage reads: something computed, or a parameter; a Reshape or Flatten on the way only changes `shape`.
enum Operand: Hashable {
    /// A computed value by index, read row-major under `shape`.
    case value(Int, shape: Shape)
    /// A parameter by name.
    case parameter(String, shape: Shape)

    var shape: Shape {
        switch self {
        case .value(_, let shape), .parameter(_, let shape): shape
        }
    }

    /// The same elements under another shape.
    func reshaped(_ shape: Shape) -> Operand {
        switch self {
        case .value(let index, _): .value(index, shape: shape)
        case .parameter(let name, _): .parameter(name, shape: shape)
        }
    }
}

/// The input or the result of a stage.
struct PlannedValue {
    /// With the batch axis.
    var shape: Shape
    /// The stage that makes it; −1 for the input.
    var producer: Int
    /// The last stage that reads it; the number of stages for the logits.
    var lastReader: Int

    /// The boundaries at which it is alive: it must be kept until its last reader has run.
    var boundaries: Range<Int> { producer + 1..<max(lastReader, producer + 1) + 1 }
}

/// One stage before kernels are chosen for it.
struct PlannedStage {
    var name: String
    /// The node whose operation it runs.
    var operation: Operation
    /// All nodes that it covers, in order.
    var nodes: [Int]
    var operands: [Operand]
    /// A parameter [M] that a fused Add gives a MatMul.
    var bias: Operand?
    /// A window maximum that alone reads a convolution, and the images [N, M, H, W] that it reads.
    var pooling: (settings: Pooling, images: Shape)?
    /// Whether negative results become 0.
    var withRelu = false
    /// Another function of each result, before the pooling; not for training.
    var fused: UnaryFunction?
    /// What is done to each result afterwards.
    var chain: [ChainStep] = []
    /// The value that it makes.
    var output: Int
    var weight: String?
    var multiplyAdds: Int

    /// The parameters that it reads beside its layer's weights.
    var otherParameters: [String] {
        (operands + [bias].compactMap { $0 }).compactMap { if case .parameter(let name, _) = $0, name != weight { name } else { nil } }
    }

    /// What is applied to each result.
    var activation: UnaryFunction? { withRelu ? .relu : fused }
}

/// A network cut into stages for one batch size: what is computed when, and how long each value is alive.
///
/// Identity, Dropout, Flatten, Reshape, Squeeze and Unsqueeze become other shapes of the same value, a Relu joins the stage whose result only it reads, so do
/// a MaxPool a convolution and the Add of a bias a MatMul, and a Softmax at the end is left out, for the logits are what it reads.
struct StagePlan {
    var values: [PlannedValue]
    var stages: [PlannedStage]
    /// The logits.
    var output: Operand
    var batchSize: Int

    /// Logits of one example.
    var classCount: Int { batchSize == 0 ? 0 : output.shape.count / batchSize }

    /// The values alive before each stage and after the last, by index, ascending. Cost: O(values · how long they live).
    var alive: [[Int]] {
        var alive = [[Int]](repeating: [], count: stages.count + 1)
        for (index, value) in values.enumerated() {
            for stage in value.boundaries.clamped(to: alive.indices) { alive[stage].append(index) }
        }
        return alive
    }
}
