import Networks
import Tensors

/// One step of running a network: a node together with what was fused into it (bias, Relu, the MaxPool of a convolution).
public struct ExecutionStage: Hashable, Sendable {
    /// The name of its first node.
    public var name: String
    /// Indices of the network's nodes that it covers.
    public var nodes: [Int]
    /// The layer's weight parameter that it reads, `conv2.weight`; nil for stages without weights.
    public var weight: String?
    /// Other parameters that it reads, which may be the weights of a layer before or behind it: a table that is the last layer's matrix too.
    public var otherParameters: [String]
    /// Bytes of all activations for one batch that are alive before this stage.
    public var boundaryByteCount: Int
    /// Multiply-adds for one example.
    public var multiplyAdds: Int

    public init(name: String, nodes: [Int], weight: String?, otherParameters: [String] = [], boundaryByteCount: Int, multiplyAdds: Int) {
        self.name = name
        self.nodes = nodes
        self.weight = weight
        self.otherParameters = otherParameters
        self.boundaryByteCount = boundaryByteCount
        self.multiplyAdds = multiplyAdds
    }
}

/// Runs a network forward, one batch of a fixed size at a time, stage by stage.
///
/// Owned by one thread. Activations between stages ("boundaries") may live in memory of the caller's, in whatever layout the
/// kernels chose, so that a later run can start at a stage in the middle. Boundary 0 is the input.
public protocol NetworkExecutor: AnyObject {
    /// Examples of one batch; a shorter one is padded by the caller.
    var batchSize: Int { get }
    var classCount: Int { get }
    var stages: [ExecutionStage] { get }

    /// Lends the input [batchSize, C, H, W], row-major, to be written before stage 0 runs.
    func withInput(_ body: (UnsafeMutableBufferPointer<Float>) -> Void)

    /// Lets the activations alive before `stage` (1 ≤ stage < stages.count) live in `memory` from now on: the stages that make them write there,
    /// and those that read them read there. 64-byte aligned, `stages[stage].boundaryByteCount` bytes; nil is the executor's own memory again.
    /// A refusal by the library is thrown by the next run.
    func attach(boundary stage: Int, to memory: UnsafeMutableRawPointer?)

    /// Runs one stage on what its boundary holds.
    func run(stage: Int) throws(KernelError)

    /// Lends the logits [batchSize, classCount], row-major, after the last stage: what a Softmax at the end of the network would read.
    func withLogits<Result>(_ body: (UnsafeBufferPointer<Float>) -> Result) throws(KernelError) -> Result

    /// Replaces the weights (and the bias) of a layer and reorders them for the kernels. Cost: O(weights).
    func setWeights(_ weights: Tensor, bias: Tensor?, of layer: Layer) throws(KernelError)

    /// Says what the weights of a layer are whole multiples of, one step or one for each output channel, before they are set; nil: of nothing.
    func setSteps(_ steps: [Float]?, of layer: Layer)

    /// Chooses kernels for the weights as they are now: to be called before a run from stage 0 or from a kept boundary, where weights with many zeros
    /// shall be run by lists of the others, and layers of whole numbers by integers. Says by stage how it is computed; without a call,
    /// in float32. A function of weights, steps, clips, batch, processor and `arithmetic` alone. What boundaries hold of another choice is void.
    func arrange(_ arithmetic: Arithmetic) throws(KernelError) -> [StageArithmetic]

    /// What the last choice made of each layer whose weights have steps, by name.
    var integerLayers: [LayerArithmetic] { get }

    /// Replaces any parameter of the network, such as those of a normalization; a name that no stage reads is ignored. Cost: O(values).
    func setParameter(_ values: Tensor, named name: String) throws(KernelError)
}

extension NetworkExecutor {
    public func setSteps(_ steps: [Float]?, of layer: Layer) {}

    public func arrange(_ arithmetic: Arithmetic) throws(KernelError) -> [StageArithmetic] { stages.map { _ in .dense } }

    public var integerLayers: [LayerArithmetic] { [] }

    /// Chooses without integers; by stage, whether it is run by lists of its weights, or stands between such stages.
    public func arrange() throws(KernelError) -> [Bool] { try arrange(.simulated).map { $0 == .lists } }
}

/// What went wrong while building or running kernels: facts, words are made elsewhere.
public enum KernelError: Error, Hashable, Sendable {
    /// The library refused: the operation, and its status by name.
    case library(operation: String, status: String)
    /// A node that can't be run.
    case unsupported(node: String, operation: String, reason: String)
    /// A value that should have become a whole number is a NaN: floats can go on with it.
    case notANumber(node: String)
    /// Shapes that do not fit.
    case shape(node: String, expected: String, actual: String)
    /// Examples that could not be read: a sentence with file and place.
    case examples(String)
}
