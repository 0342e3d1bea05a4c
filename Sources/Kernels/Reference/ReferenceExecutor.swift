import Networks
import Tensors

/// Runs a network by the reference kernels, in the same stages as ``OneDNNExecutor``: slow, for tests.
public final class ReferenceExecutor: NetworkExecutor {
    public let batchSize: Int
    public let classCount: Int
    public let stages: [ExecutionStage]

    private let plan: StagePlan
    /// The values alive at each boundary.
    private let alive: [[Int]]
    private var parameters: [String: ReferenceTensor]
    private var values: [ReferenceTensor]
    private var attached: [UnsafeMutableRawPointer?]

    /// Throws where a node can't be run or shapes do not fit.
    public init(network: Network, batchSize: Int) throws(KernelError) {
        let plan = try StagePlanner.plan(network, batchSize: batchSize)
        self.plan = plan
        self.batchSize = batchSize
        classCount = plan.classCount
        parameters = network.parameters.reduce(into: [:]) { $0[$1.key] = ReferenceTensor($1.value.values) }
        values = plan.values.map { ReferenceTensor(shape: $0.shape, values: [Float](repeating: 0, count: $0.shape.count)) }
        attached = Array(repeating: nil, count: plan.stages.count + 1)
        let alive = plan.alive
        self.alive = alive
        stages = plan.stages.enumerated().map { index, stage in
            let bytes = alive[index].reduce(0) { $0 + (plan.values[$1].shape.count * 4).rounded(up: 64) }
            return ExecutionStage(
                name: stage.name, nodes: stage.nodes, weight: stage.weight, otherParameters: stage.otherParameters,
                boundaryByteCount: bytes,
                multiplyAdds: stage.multiplyAdds)
        }
    }

    public func withInput(_ body: (UnsafeMutableBufferPointer<Float>) -> Void) {
        values[0].values.withUnsafeMutableBufferPointer { body($0) }
    }

    public func attach(boundary stage: Int, to memory: UnsafeMutableRawPointer?) { attached[stage] = memory }

    public func run(stage: Int) throws(KernelError) {
        if let memory = attached[stage], stage > 0 { load(boundary: stage, from: memory) }
        let planned = plan.stages[stage]
        values[planned.output] = try planned.result(
            of: planned.operands.map(tensor), bias: planned.bias.map(tensor), to: plan.values[planned.output].shape, parameter: tensor)
        if let memory = attached[stage + 1] { store(boundary: stage + 1, to: memory) }
    }

    public func withLogits<Result>(_ body: (UnsafeBufferPointer<Float>) -> Result) throws(KernelError) -> Result {
        tensor(plan.output).values.withUnsafeBufferPointer(body)
    }

    public func setWeights(_ weights: Tensor, bias: Tensor?, of layer: Layer) throws(KernelError) {
        guard weights.shape.count == layer.shape.count else {
            throw .shape(node: layer.name, expected: "[\(layer.shape)]", actual: "[\(weights.shape)]")
        }
        parameters[layer.weight]?.values = weights.floats
        if let bias, let name = layer.bias { parameters[name]?.values = bias.floats }
    }

    public func setParameter(_ values: Tensor, named name: String) throws(KernelError) {
        if parameters[name] != nil { parameters[name]?.values = values.floats }
    }

    private func tensor(_ operand: Operand) -> ReferenceTensor {
        switch operand {
        case .value(let value, let shape): values[value].reshaped(shape)
        case .parameter(let name, let shape):
            parameters[name]?.reshaped(shape) ?? ReferenceTensor(shape: shape, values: [Float](repeating: 0, count: shape.count))
        }
    }

    private func load(boundary: Int, from memory: UnsafeMutableRawPointer) {
        var address = memory
        for value in alive[boundary] {
            let count = values[value].values.count
            let floats = UnsafeBufferPointer(start: address.assumingMemoryBound(to: Float.self), count: count)
            values[value].values = Array(floats)
            address += (count * 4).rounded(up: 64)
        }
    }

    private func store(boundary: Int, to memory: UnsafeMutableRawPointer) {
        var address = memory
        for value in alive[boundary] {
            let bytes = values[value].values.count * 4
            values[value].values.withUnsafeBytes { source in
                if let start = source.baseAddress { address.copyMemory(from: start, byteCount: bytes) }
            }
            address += bytes.rounded(up: 64)
        }
    }
}

extension PlannedStage {
    /// What it makes of its operands by the reference kernels, [shape]; `parameter` has the numbers of its chain.
    func result(
        of inputs: [ReferenceTensor], bias: ReferenceTensor?, to shape: Shape, parameter: (Operand) -> ReferenceTensor
    ) throws(KernelError) -> ReferenceTensor {
        var images = shape
        if let own = pooling?.images { images = Shape([shape[0]] + own.dimensions.dropFirst()) }
        guard var result = ReferenceKernels.evaluate(operation, inputs, to: images) else {
            throw .unsupported(node: name, operation: operation.name, reason: "it has no kernel")
        }
        if let bias { result = ReferenceKernels.add(result, bias, to: result.shape) }
        if let fused { result = ReferenceKernels.unary(result, fused) }
        if let pooling { result = ReferenceKernels.maxPool(result, pooling.settings, to: shape) }
        if withRelu { result = ReferenceKernels.relu(result) }
        for step in chain { result = step.result(of: result, parameter) }
        return result
    }
}
