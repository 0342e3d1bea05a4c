import Networks
import Tensors

/// A network forward and backward in Double, node by node: what ``ReferenceTrainingExecutor`` runs, and what finite differences are taken of.
///
/// Forward is that of training: normalizations use the statistics of the batch and move the stored ones by a tenth, Dropout drops.
public final class ReferenceTrainingGraph {
    public let batchSize: Int
    /// Parameters with a gradient, in the order of the network.
    public let trainedParameters: [String]
    /// Mean and variance of normalizations.
    public let statistics: [String]
    /// The batch [batchSize, C, H, W].
    public var input: DoubleTensor
    /// All parameters by name, statistics included.
    public var parameters: [String: DoubleTensor]
    /// ∂loss/∂logits, to be set before the first backward stage.
    public var logitsGradient: DoubleTensor
    /// ∂loss/∂value by name, for parameters, activations and the input; complete after the last backward stage.
    public private(set) var gradients: [String: DoubleTensor] = [:]

    /// What part of a moving statistic each batch replaces.
    public static let momentum = 0.1

    private let network: Network
    private let shapes: [String: Shape]
    private let needed: [Int]
    private let output: String
    private var values: [String: DoubleTensor] = [:]
    private var seed: UInt64 = 0

    /// Throws where a node can't be trained or shapes do not fit.
    public init(network: Network, batchSize: Int) throws(KernelError) {
        do throws(ShapeError) {
            shapes = try network.shapes(batch: batchSize)
        } catch {
            if let node = network.blockingNodes.first, case .unsupported(let operation) = node.operation {
                throw .unsupported(node: node.name, operation: operation.name, reason: operation.reason)
            }
            throw .shape(node: error.node, expected: error.expected, actual: error.actual)
        }
        output = network.logits(shapes, ofPositions: true).value
        needed = network.nodesNeeded(for: output)
        let flow = try network.checkedFlow(of: needed, to: output, shapes)
        self.network = network
        self.batchSize = batchSize
        trainedParameters = flow.trained
        statistics = flow.statistics
        parameters = network.parameters.reduce(into: [:]) { $0[$1.key] = DoubleTensor($1.value.values) }
        input = DoubleTensor(zeros: shapes[network.input] ?? [])
        logitsGradient = DoubleTensor(zeros: shapes[output] ?? [])
    }

    /// Logits of one example.
    public var classCount: Int { batchSize == 0 ? 0 : logitsGradient.shape.count / batchSize }

    /// Stages of each direction: one for each node that the logits depend on.
    public var stageCount: Int { needed.count }

    /// What a Softmax at the end would read.
    public var logits: DoubleTensor { value(output) }

    /// Runs a node forward; `seed` names the batch for Dropout.
    public func runForward(stage: Int, seed: UInt64) {
        if stage == 0 {
            values = [network.input: input]
            self.seed = seed
        }
        let node = network.nodes[needed[stage]]
        if let name = node.outputs.first { values[name] = ReferenceTrainingKernels.forward(call(needed[stage])) }
        if case .batchNormalization = node.operation { moveStatistics(node) }
    }

    /// Runs the backward pass of a node, from the last one on.
    public func runBackward(stage: Int) {
        if stage == 0 { gradients = [output: logitsGradient] }
        let index = needed[needed.count - 1 - stage]
        let node = network.nodes[index]
        guard let name = node.outputs.first, let gradient = gradients[name] else { return }
        let results = ReferenceTrainingKernels.backward(call(index), output: value(name), gradient: gradient)
        for (input, result) in zip(node.inputs.filter { !$0.isEmpty }, results) {
            guard let result else { continue }
            gradients[input, default: DoubleTensor(zeros: result.shape)].add(result)
        }
    }

    private func value(_ name: String) -> DoubleTensor {
        if name == network.input { return input }
        return values[name] ?? parameters[name] ?? DoubleTensor(zeros: shapes[name] ?? [])
    }

    private func call(_ index: Int) -> ReferenceTrainingKernels.Call {
        let node = network.nodes[index]
        var ratio: Float = 0
        if case .dropout(let part) = node.operation { ratio = part }
        return ReferenceTrainingKernels.Call(
            operation: node.operation, inputs: node.inputs.filter { !$0.isEmpty }.map(value),
            outputShape: node.outputs.first.flatMap { shapes[$0] } ?? [], mask: DropoutMask(seed: seed, node: index, ratio: ratio))
    }

    /// stored ← (1 − momentum) · stored + momentum · the batch's, the variance unbiased.
    private func moveStatistics(_ node: Node) {
        let found = BatchStatistics(value(node.inputs[0]))
        for (name, new) in zip(node.inputs.dropFirst(3), [found.mean, found.unbiasedVariance]) {
            guard let old = parameters[name] else { continue }
            let moved = zip(old.values, new).map { (1 - Self.momentum) * $0 + Self.momentum * $1 }
            parameters[name] = DoubleTensor(shape: old.shape, values: moved)
        }
    }
}
