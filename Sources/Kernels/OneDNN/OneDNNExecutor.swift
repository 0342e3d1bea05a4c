import Networks
import Tensors

/// Runs a network by oneDNN: primitives are built once, in the layouts that oneDNN prefers, with bias and Relu fused.
///
/// Stages are those of ``StagePlan``: a Softmax at the end is left out, so that the logits are what it reads. It is planned for the number of
/// threads that ``KernelLibrary/setThreads(_:)`` gave the thread that makes it. Running allocates nothing.
///
/// Memory: all activations of one batch, and the parameters once more in the kernels' layouts.
public final class OneDNNExecutor: NetworkExecutor {
    public let batchSize: Int
    public let classCount: Int
    public let stages: [ExecutionStage]

    private let engine: ProcessorEngine
    private let plan: StagePlan
    private let built: [BuiltStage]
    private let memory: ActivationMemory
    /// Brings the logits into rows where the last kernel left them otherwise.
    private let final: BuiltStage
    private let logits: BoundMemory
    /// What kernels read of each parameter.
    private let constants: [String: [Constant]]
    /// Why memory could not be attached.
    private var refusal: KernelError?

    /// Builds kernels for batches of `batchSize` examples.
    ///
    /// Throws ``KernelError/unsupported(node:operation:reason:)`` at the first node that can't be run, ``KernelError/shape(node:expected:actual:)``
    /// where shapes do not fit, ``KernelError/library(operation:status:)`` where oneDNN refuses.
    public init(network: Network, batchSize: Int) throws(KernelError) {
        engine = try ProcessorEngine()
        plan = try StagePlanner.plan(network, batchSize: batchSize)
        var builder = try StageBuilder(plan, engine: engine)
        try builder.build()
        (logits, final) = try builder.buildLogits()
        built = builder.built
        constants = Dictionary(grouping: (built + [final]).flatMap(\.constants), by: \.name)
        memory = try ActivationMemory(plan, layouts: builder.layouts, places: builder.places)
        self.batchSize = batchSize
        classCount = plan.classCount
        stages = plan.stages.enumerated().map { [memory] index, stage in
            ExecutionStage(
                name: stage.name, nodes: stage.nodes, weight: stage.weight, boundaryByteCount: memory.byteCount(at: index),
                multiplyAdds: stage.multiplyAdds)
        }
        for parameter in network.parameters.values { try load(parameter.values, as: parameter.name) }
    }

    public func withInput(_ body: (UnsafeMutableBufferPointer<Float>) -> Void) {
        let input = memory.address(of: 0, at: 0).assumingMemoryBound(to: Float.self)
        body(UnsafeMutableBufferPointer(start: input, count: plan.values[0].shape.count))
    }

    public func attach(boundary stage: Int, to memory: UnsafeMutableRawPointer?) {
        do throws(KernelError) {
            try self.memory.attach(boundary: stage, to: memory)
        } catch {
            refusal = error
        }
    }

    public func run(stage: Int) throws(KernelError) {
        if let refusal { throw refusal }
        for step in built[stage].steps { try step.run(in: engine) }
        memory.carry(past: stage)
    }

    public func withLogits<Result>(_ body: (UnsafeBufferPointer<Float>) -> Result) throws(KernelError) -> Result {
        for step in final.steps { try step.run(in: engine) }
        let count = plan.output.shape.count
        guard let start = logits.data?.assumingMemoryBound(to: Float.self) else {
            throw .library(operation: "lend the logits", status: "no memory")
        }
        return body(UnsafeBufferPointer(start: start, count: count))
    }

    public func setWeights(_ weights: Tensor, bias: Tensor?, of layer: Layer) throws(KernelError) {
        guard weights.shape.count == layer.shape.count else {
            throw .shape(node: layer.name, expected: "[\(layer.shape)]", actual: "[\(weights.shape)]")
        }
        try load(weights, as: layer.weight)
        if let bias, let name = layer.bias { try load(bias, as: name) }
    }

    public func setParameter(_ values: Tensor, named name: String) throws(KernelError) { try load(values, as: name) }

    /// The kernels that oneDNN chose, by stage: for messages and tests.
    package var implementations: [String] {
        built.map { stage in stage.steps.map(\.implementation).joined(separator: " + ") }
    }

    private func load(_ values: Tensor, as name: String) throws(KernelError) {
        for constant in constants[name] ?? [] { try constant.load(values) }
    }
}
