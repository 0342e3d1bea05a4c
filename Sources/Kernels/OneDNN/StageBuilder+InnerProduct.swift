import COneDNN
import Networks
import Tensors

extension StageBuilder {
    /// [N, …] · weights [M, …] + bias [M], Relu fused. Images that were flattened are read as they lie, by weights in the same order.
    ///
    /// Where it is fast it is done as a convolution by one pixel, see ``pointwise(_:_:_:)``.
    mutating func buildInnerProduct(_ stage: PlannedStage, _ operand: Operand, _ layer: LinearLayer) throws(KernelError) {
        if choice.integers.layers.contains(index) { return try buildIntegerProduct(stage, operand, layer) }
        if choice.usesLanes(index) { return try buildSparseProduct(stage, operand, layer) }
        if KernelLibrary.instructionSet == "AVX2", try pointwise(stage, operand, layer) { return }
        let images = imagesBehind(operand)
        if let images, try innerProduct(stage, images, layer, orSlow: false) { return }
        _ = try innerProduct(stage, operand, layer, orSlow: true)
    }

    /// The images [N, C, H, W] that a flattened operand [N, C · H · W] was, when they do not lie row-major.
    private func imagesBehind(_ operand: Operand) -> Operand? {
        guard case .value(let value, let shape) = operand, !isPlain[value], !liesInLanes[value] else { return nil }
        let made = plan.values[value].shape
        guard made.rank == 4, shape.rank == 2, made[0] == shape[0] else { return nil }
        return .value(value, shape: made)
    }

    /// False, and nothing built, where oneDNN has but its plain reference for it and `orSlow` is false.
    private mutating func innerProduct(
        _ stage: PlannedStage, _ operand: Operand, _ layer: LinearLayer, orSlow: Bool
    ) throws(KernelError) -> Bool {
        let source = try source(operand)
        let weightShape = Shape([layer.units] + operand.shape.dimensions.dropFirst())
        let (weights, output) = (try MemoryLayoutHandle.any(weightShape), try MemoryLayoutHandle.strided([operand.shape[0], layer.units]))
        let bias = layer.bias == nil ? nil : try MemoryLayoutHandle.strided([layer.units])
        var post = pare_post_operations(stage.activation)
        let engine = engine.handle
        let primitive = try create(stage.operation.name) {
            pare_inner_product_create(
                &$0, engine, PARE_INFERENCE, source.layout.handle, weights.handle, bias?.handle, output.handle, &post)
        }
        guard orSlow || !primitive.implementation.hasPrefix("ref") else { return false }
        try primitive.set(PARE_SOURCE, source)
        let stored = try MemoryLayoutHandle.strided(weightShape, strides: layer.strides(of: weightShape))
        let chosen = try primitive.layout(of: PARE_WEIGHTS)
        try primitive.set(PARE_WEIGHTS, try constant(layer.weights.name, from: stored, to: chosen, scale: layer.weightScale))
        try setBias(of: layer, for: primitive)
        let memory = try destination(output, rows: true)
        try primitive.set(PARE_DESTINATION, memory)
        current.steps.append(.primitive(primitive))
        return true
    }

    private mutating func setBias(of layer: LinearLayer, for primitive: Primitive) throws(KernelError) {
        guard let operand = layer.bias else { return }
        let row = try MemoryLayoutHandle.strided([layer.units])
        let repeats = operand.shape.count == layer.units ? 1 : layer.units
        let bias = try constant(operand.name, from: row, to: row, scale: layer.biasScale, repeats: repeats)
        try primitive.set(PARE_BIAS, bias)
    }

    /// [N, K] · weights [M, K] as a convolution of one image of N pixels with K channels: for AVX2 faster than oneDNN's matrix product, and
    /// the sum of one example has the same order wherever it stands in the batch. False, and nothing built, where oneDNN has no kernel for that.
    private mutating func pointwise(_ stage: PlannedStage, _ operand: Operand, _ layer: LinearLayer) throws(KernelError) -> Bool {
        let (rows, depth) = (operand.shape[0], operand.shape.rowCount)
        let images = imagesBehind(operand)
        guard case .value(let value, _) = operand, try images.map(isChannelsLast) ?? (isPlain[value] || liesInLanes[value])
        else { return false }
        let (input, output): (Shape, Shape) = ([1, depth, rows, 1], [1, layer.units, rows, 1])
        let from = try ImageOrder.channelsLast.layout(input)
        let to = try ImageOrder.channelsLast.layout(output)
        guard let primitive = try? pointwise(layer, from, to, stage.activation), primitive.implementation.contains("1x1")
        else { return false }
        if liesInLanes[value] {
            try primitive.set(PARE_SOURCE, try BoundMemory(from, in: engine, at: try source(operand, plain: true).data))
        } else {
            try primitive.set(PARE_SOURCE, try bind(value, at: index, from))
        }
        try setWeights(of: layer, for: primitive, readBy: images)
        try setBias(of: layer, for: primitive)
        let memory = try destination(to, rows: true)
        try primitive.set(PARE_DESTINATION, memory)
        current.steps.append(.primitive(primitive))
        return true
    }

    private func isChannelsLast(_ operand: Operand) throws(KernelError) -> Bool {
        guard case .value(let value, let shape) = operand else { return false }
        return layouts[value].equals(try ImageOrder.channelsLast.layout(shape))
    }

    private func pointwise(
        _ layer: LinearLayer, _ from: MemoryLayoutHandle, _ to: MemoryLayoutHandle, _ activation: UnaryFunction?
    ) throws(KernelError) -> Primitive {
        let weights = try MemoryLayoutHandle.any([layer.units, layer.depth, 1, 1])
        let bias = layer.bias == nil ? nil : try MemoryLayoutHandle.strided([layer.units])
        var window = pare_window(Convolution(kernel: [1, 1]))
        var post = pare_post_operations(activation)
        let engine = engine.handle
        return try create("Gemm") {
            pare_convolution_create(
                &$0, engine, PARE_INFERENCE, from.handle, weights.handle, bias?.handle, to.handle, &window, &post)
        }
    }

    /// The weights in the order in which the channels of flattened images lie.
    private mutating func setWeights(
        of layer: LinearLayer, for primitive: Primitive, readBy images: Operand?
    ) throws(KernelError) {
        let chosen = try primitive.layout(of: PARE_WEIGHTS)
        let flat: Shape = [layer.units, layer.depth, 1, 1]
        var (stored, detour) = (try MemoryLayoutHandle.strided(flat, strides: layer.strides(of: flat)), Constant.Detour?.none)
        if let images {
            let shape = images.shape.with(images: layer.units)
            stored = try .strided(shape, strides: layer.strides(of: shape))
            detour = Constant.Detour(first: try ImageOrder.channelsLast.layout(shape), second: try .strided(flat))
        }
        let weights = try constant(layer.weights.name, from: stored, by: detour, to: chosen, scale: layer.weightScale)
        try primitive.set(PARE_WEIGHTS, weights)
    }
}

/// Weights and bias of an inner product, as the file has them.
struct LinearLayer {
    /// [M, K], or [K, M] when transposed.
    var weights: Operand
    var isTransposed: Bool
    /// M.
    var units: Int
    /// K.
    var depth: Int { weights.shape.count / max(units, 1) }
    var weightScale: Float = 1
    var bias: Operand?
    var biasScale: Float = 1

    /// Steps through the stored weights along the axes of [M, …].
    func strides(of shape: Shape) -> [Int] {
        guard isTransposed else { return shape.rowMajorStrides }
        return [1] + shape.rowMajorStrides.dropFirst().map { $0 * units }
    }
}
