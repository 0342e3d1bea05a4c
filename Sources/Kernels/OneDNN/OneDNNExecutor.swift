import COneDNN
import Networks
import Tensors

/// Runs a network by oneDNN: primitives are built once, in the layouts that oneDNN prefers, with bias and Relu fused.
///
/// Stages are those of ``StagePlan``: a Softmax at the end is left out, so that the logits are what it reads. It is planned for the number of
/// threads that ``KernelLibrary/setThreads(_:)`` gave the thread that makes it. Running allocates nothing where all are
/// numbers.
///
/// Memory: all activations of one batch, and the parameters once more in the kernels' layouts.
///
/// oneDNN's Relu, Clip and window maximum take a NaN for the least number. A processor notes an operation that makes a NaN or compares one, so
/// after a stage where one did, the reference kernels say what becomes of them.
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
    /// The values of each parameter as they were given last.
    private var parameters: [String: Tensor] = [:]
    /// How each value lies.
    private let layouts: [MemoryLayoutHandle]
    /// By stage.
    private let losesNaN: [Bool]
    private let threads = pare_thread_count()
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
        layouts = builder.layouts
        losesNaN = plan.stages.map(\.losesNaN)
        memory = try ActivationMemory(plan, layouts: layouts, places: builder.places)
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
        _ = pare_take_invalid(1)
        var isSuspect = false
        for step in built[stage].steps {
            try step.run(in: engine)
            if losesNaN[stage], pare_take_invalid(threads) != 0 { isSuspect = true }
        }
        if isSuspect { try restoreNaN(stage) }
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
        parameters[name] = values
        for constant in constants[name] ?? [] { try constant.load(values) }
    }
}

extension OneDNNExecutor {
    /// Writes what the reference kernels make of examples that are no numbers or overflow; of other stages, NaN where they make one.
    private func restoreNaN(_ index: Int) throws(KernelError) {
        let stage = plan.stages[index]
        var inputs: [ReferenceTensor] = []
        for operand in stage.operands { inputs.append(try tensor(operand, at: index)) }
        var shape = plan.values[stage.output].shape
        let examples = stage.doubtful(inputs, of: shape)
        if let examples {
            guard !examples.isEmpty else { return }
            inputs[0] = inputs[0].rows(examples)
            shape = Shape([examples.count] + shape.dimensions.dropFirst())
        }
        var bias: ReferenceTensor?
        if let own = stage.bias { bias = try tensor(own, at: index) }
        let exact = try stage.result(of: inputs, bias: bias, to: shape)
        try withRows(of: stage.output, at: index + 1, writesBack: true) { rows in
            let size = exact.values.count / shape[0]
            for (place, value) in exact.values.enumerated() where value.isNaN || examples != nil {
                rows[(examples?[place / size] ?? place / size) * size + place % size] = value
            }
        }
    }

    private func tensor(_ operand: Operand, at boundary: Int) throws(KernelError) -> ReferenceTensor {
        switch operand {
        case .parameter(let name, let shape):
            return ReferenceTensor(shape: shape, values: parameters[name]?.floats ?? [Float](repeating: 0, count: shape.count))
        case .value(let value, let shape):
            return try withRows(of: value, at: boundary) { ReferenceTensor(shape: shape, values: Array($0)) }
        }
    }

    /// Lends a value row-major, and takes it back where it is changed.
    private func withRows<Result>(
        of value: Int, at boundary: Int, writesBack: Bool = false, _ body: (UnsafeMutableBufferPointer<Float>) -> Result
    ) throws(KernelError) -> Result {
        let shape = plan.values[value].shape
        let plain = try MemoryLayoutHandle.strided(shape)
        let buffer = AlignedBuffer(byteCount: plain.byteCount)
        let own = try BoundMemory(layouts[value], in: engine, at: memory.address(of: value, at: boundary))
        let rows = try BoundMemory(plain, in: engine, at: buffer.start)
        try reorder(own, to: rows)
        let result = body(UnsafeMutableBufferPointer(start: buffer.start.assumingMemoryBound(to: Float.self), count: shape.count))
        if writesBack { try reorder(rows, to: own) }
        return result
    }

    private func reorder(_ from: BoundMemory, to: BoundMemory) throws(KernelError) {
        var handle: OpaquePointer?
        try check(pare_reorder_create(&handle, engine.handle, from.layout.handle, to.layout.handle), "reorder a value")
        let primitive = Primitive(try made(handle, "reorder a value"))
        try primitive.set(PARE_SOURCE, from)
        try primitive.set(PARE_DESTINATION, to)
        try check(pare_primitive_execute(primitive.handle, engine.handle), "reorder a value")
    }
}

extension PlannedStage {
    /// Whether a kernel of it may take a NaN for a number.
    fileprivate var losesNaN: Bool {
        switch operation {
        case .unary(let function) where function.losesNaN: true
        case .variadic, .maxPool, .activation: true
        default: activation?.losesNaN ?? false || pooling != nil
        }
    }

    /// The examples of a product with parameters, [shape] in all, that are no numbers or so large that sums might be none; nil where examples do
    /// not stand for themselves, or a function makes NaN of numbers.
    fileprivate func doubtful(_ inputs: [ReferenceTensor], of shape: Shape) -> [Int]? {
        switch operation {
        case .convolution: break
        case .gemm(let settings) where !settings.transposeA: break
        default: return nil
        }
        guard fused != .squareRoot, inputs[0].shape[0] == shape[0],
            operands.indices.allSatisfy({ if case .value = operands[$0] { $0 == 0 } else { $0 > 0 } })
        else { return nil }
        let norm = inputs.dropFirst().reduce(1.0) { sum, input in input.values.reduce(sum) { $0 + Double(abs($1)) } }
        let size = inputs[0].values.count / max(shape[0], 1)
        return (0..<shape[0]).filter { example in
            !inputs[0].values[example * size..<(example + 1) * size].allSatisfy { Double(abs($0)) * norm < 1e37 }
        }
    }
}

extension UnaryFunction {
    /// Whether oneDNN's makes a bound of a NaN.
    fileprivate var losesNaN: Bool {
        switch self {
        case .relu, .clip, .hardSigmoid: true
        default: false
        }
    }
}

extension ReferenceTensor {
    fileprivate func rows(_ places: [Int]) -> ReferenceTensor {
        let size = values.count / max(shape[0], 1)
        return ReferenceTensor(
            shape: Shape([places.count] + shape.dimensions.dropFirst()),
            values: places.flatMap { values[$0 * size..<($0 + 1) * size] })
    }
}
