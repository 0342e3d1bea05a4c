import COneDNN
import Networks
import Tensors

extension StageBuilder {
    /// Bytes of convolved images that one thread keeps before it pools them: half of a usual second-level cache.
    static let pooledBytes = 256 * 1024

    /// Source [N, C, H, W] · weights [M, C/groups, kH, kW] + bias [M], Relu fused; then the window maximum, where one was fused.
    mutating func buildConvolution(_ stage: PlannedStage, _ settings: Convolution) throws(KernelError) {
        let layer = try ConvolutionLayer(stage, settings, output: stage.pooling?.images ?? plan.values[stage.output].shape)
        if choice.integers.layers.contains(index) { return try buildIntegerConvolution(layer, stage) }
        if choice.usesLanes(index) { return try buildSparseConvolution(layer, stage) }
        if let pooling = stage.pooling {
            if try buildPlanes(layer, pooling.settings) { return }
            if try buildPooled(layer, pooling.settings) { return }
            let primitive = try convolve(layer)
            let images = try temporary(primitive.layout(of: PARE_DESTINATION))
            try primitive.set(PARE_DESTINATION, images)
            _ = try pool(pooling.settings, PARE_MAXIMUM, images, layer.output)
        } else {
            let primitive = try convolve(layer)
            try primitive.set(PARE_DESTINATION, try destination(primitive.layout(of: PARE_DESTINATION)))
        }
    }

    /// The convolution of a whole batch, complete but for its destination.
    private mutating func convolve(_ layer: ConvolutionLayer) throws(KernelError) -> Primitive {
        let primitive = try convolution(layer, images: layer.output[0])
        try primitive.set(PARE_SOURCE, try reordered(try source(layer.source), to: primitive.layout(of: PARE_SOURCE)))
        try setWeights(of: layer, for: [primitive])
        current.steps.append(.primitive(primitive))
        return primitive
    }

    /// A convolution in the order that is fastest: for AVX2 channels last or in blocks of 8, as ``BlockPlanner`` chooses for whole chains, for others, and for
    /// groups of several channels, oneDNN's choice.
    private func convolution(_ layer: ConvolutionLayer, images: Int) throws(KernelError) -> Primitive {
        let (source, output) = (layer.source.shape.with(images: images), layer.output.with(images: images))
        let isDepthwise = layer.settings.isDepthwise(source, output)
        if KernelLibrary.instructionSet == "AVX2", layer.settings.groups == 1 || isDepthwise {
            let order = usesBlocks ? ImageOrder.blocks(8) : .channelsLast
            let primitive = try? convolution(layer, try order.layout(source), try order.layout(output))
            // Depthwise only by its own kernel: by matrix products it is slow.
            if let primitive, isDepthwise ? primitive.implementation.contains("dw") : !primitive.implementation.hasPrefix("ref") {
                return primitive
            }
        }
        return try convolution(layer, .any(source), .any(output))
    }

    private func convolution(
        _ layer: ConvolutionLayer, _ from: MemoryLayoutHandle, _ to: MemoryLayoutHandle
    ) throws(KernelError) -> Primitive {
        let weights = try MemoryLayoutHandle.any(layer.weightShape)
        let bias = layer.bias == nil ? nil : try MemoryLayoutHandle.strided([layer.output[1]])
        var window = pare_window(layer.settings)
        var post = pare_post_operations(layer.activation)
        let engine = engine.handle
        return try create("Conv") {
            pare_convolution_create(
                &$0, engine, PARE_INFERENCE, from.handle, weights.handle, bias?.handle, to.handle, &window, &post)
        }
    }

    /// Gives equal primitives one copy of the parameters.
    private mutating func setWeights(of layer: ConvolutionLayer, for primitives: [Primitive]) throws(KernelError) {
        let chosen = try primitives[0].layout(of: PARE_WEIGHTS)
        let weights = try constant(layer.weights, from: .strided(layer.weightShape), to: chosen)
        for primitive in primitives { try primitive.set(PARE_WEIGHTS, weights) }
        guard let name = layer.bias else { return }
        let row = try MemoryLayoutHandle.strided([layer.output[1]])
        let bias = try constant(name, from: row, to: row)
        for primitive in primitives { try primitive.set(PARE_BIAS, bias) }
    }

    /// Convolution and maximum by groups of images. False, and nothing built, where channels do not lie side by side.
    private mutating func buildPooled(_ layer: ConvolutionLayer, _ pooling: Pooling) throws(KernelError) -> Bool {
        let batch = layer.output[0]
        let output = plan.values[plan.stages[index].output].shape
        let images = (1...max(batch, 1)).last { batch % $0 == 0 && $0 * layer.output.rowCount * 4 <= Self.pooledBytes } ?? 1
        let primitives = try singleThreaded(layer, images: images)
        let part = layer.output.with(images: images)
        guard let order = try ImageOrder(of: primitives[0].layout(of: PARE_DESTINATION), part),
            let lanes = order.lanes(channels: part[1]),
            let read = try ImageOrder(of: primitives[0].layout(of: PARE_SOURCE), layer.source.shape.with(images: images))
        else { return false }
        let source = try reordered(try source(layer.source), to: read.layout(layer.source.shape))
        try setWeights(of: layer, for: primitives)
        var workers: [PooledConvolution.Worker] = []
        for primitive in primitives { workers.append(try worker(primitive)) }
        let maximum = LaneMaximum(pooling, part, output.with(images: images), lanes: lanes)
        let memory = try destination(order.layout(output))
        current.steps.append(
            .pooledConvolution(
                PooledConvolution(workers, maximum, groups: batch / images, from: source, to: memory, in: engine)))
        return true
    }

    /// One primitive a thread, each planned to run on that thread alone.
    private func singleThreaded(_ layer: ConvolutionLayer, images: Int) throws(KernelError) -> [Primitive] {
        let threads = pare_thread_count()
        pare_set_thread_count(1)
        defer { pare_set_thread_count(threads) }
        var primitives: [Primitive] = []
        for _ in 0..<max(threads, 1) { primitives.append(try convolution(layer, images: images)) }
        return primitives
    }

    private func worker(_ primitive: Primitive) throws(KernelError) -> PooledConvolution.Worker {
        let layout = try primitive.layout(of: PARE_DESTINATION)
        let buffer = AlignedBuffer(byteCount: layout.byteCount)
        let source = try BoundMemory(try primitive.layout(of: PARE_SOURCE), in: engine)
        try primitive.set(PARE_SOURCE, source)
        try primitive.set(PARE_DESTINATION, try BoundMemory(layout, in: engine, at: buffer.start))
        return PooledConvolution.Worker(convolution: primitive, source: source, middle: buffer)
    }
}

/// A convolution of the plan with its operands told apart.
struct ConvolutionLayer {
    let settings: Convolution
    let source: Operand
    let weights: String
    /// [M, C, kH, kW], or [groups, M/groups, C/groups, kH, kW].
    let weightShape: Shape
    let bias: String?
    let activation: UnaryFunction?
    /// [N, M, H', W'].
    let output: Shape

    /// Throws where weights or bias are computed.
    init(_ stage: PlannedStage, _ settings: Convolution, output: Shape) throws(KernelError) {
        guard case .parameter(let weights, let shape) = stage.operands[1] else {
            throw .unsupported(node: stage.name, operation: "Conv", reason: "its weights are computed")
        }
        if stage.operands.count > 2, case .value = stage.operands[2] {
            throw .unsupported(node: stage.name, operation: "Conv", reason: "its bias is computed")
        }
        self.settings = settings
        source = stage.operands[0]
        self.weights = weights
        weightShape = settings.groups == 1 ? shape : shape.grouped(settings.groups)
        bias = stage.operands.count > 2 ? stage.operands[2].name : nil
        activation = stage.activation
        self.output = output
    }
}

extension Shape {
    /// Weights [M, C/groups, …] as [groups, M/groups, C/groups, …].
    func grouped(_ groups: Int) -> Shape { Shape([groups, self[0] / groups] + dimensions[1...]) }

    /// The same for another number of examples.
    func with(images: Int) -> Shape { Shape([images] + dimensions.dropFirst()) }
}
