import COneDNN
import Networks
import Tensors

extension StageBuilder {
    /// Source [N, C, H, W], weights [C, M/groups, kH, kW] as they lie in the file; other ranks by the reference kernel.
    mutating func buildTransposedConvolution(_ stage: PlannedStage, _ settings: TransposedConvolution) throws(KernelError) {
        let (window, output) = (settings.window, plan.values[stage.output].shape)
        guard window.kernel.count == 2, stage.operands[0].shape.rank == 4, output.count > 0,
            case .parameter(let name, let stored) = stage.operands[1], stage.operands.dropFirst(2).allSatisfy({ !$0.name.isEmpty })
        else { return try buildPlain(stage) }
        let input = stage.operands[0].shape
        let wanted = TransposedWeights(stored, groups: window.groups)
        let bias = try stage.operands.count > 2 ? MemoryLayoutHandle.strided([output[1]]) : nil
        var placed = pare_window(window)
        placed.padding_after.0 -= Int64(settings.outputPads[0])
        placed.padding_after.1 -= Int64(settings.outputPads[1])
        let (engine, from, weights, to) = (
            engine.handle, try MemoryLayoutHandle.any(input), try MemoryLayoutHandle.any(wanted.shape), try MemoryLayoutHandle.any(output)
        )
        let created = try? create("ConvTranspose") {
            pare_deconvolution_create(&$0, engine, from.handle, weights.handle, bias?.handle, to.handle, &placed)
        }
        guard let primitive = created else { return try buildPlain(stage) }
        let source = try reordered(try source(stage.operands[0]), to: primitive.layout(of: PARE_SOURCE))
        try primitive.set(PARE_SOURCE, source)
        let layout = try MemoryLayoutHandle.strided(wanted.shape, strides: wanted.strides)
        try primitive.set(PARE_WEIGHTS, try constant(name, from: layout, to: primitive.layout(of: PARE_WEIGHTS)))
        if let bias { try primitive.set(PARE_BIAS, try constant(stage.operands[2].name, from: bias, to: bias)) }
        let made = try primitive.layout(of: PARE_DESTINATION)
        let isFilled = made.byteCount == output.count * 4
        let images = isFilled ? try destination(made) : try temporary(made)
        try primitive.set(PARE_DESTINATION, images)
        current.steps.append(.primitive(primitive))
        try addActivation(to: isFilled ? images : try unblocked(images, output), stage)
    }

    /// Images out of blocks that they do not fill, which all further stages would run through.
    private mutating func unblocked(_ images: BoundMemory, _ shape: Shape) throws(KernelError) -> BoundMemory {
        let order = shape[1] == 1 ? ImageOrder.rows : .channelsLast
        let memory = try destination(order.layout(shape))
        let (engine, from, to) = (engine.handle, images.layout.handle, memory.layout.handle)
        let primitive = try add("reorder") { pare_reorder_create(&$0, engine, from, to) }
        try primitive.set(PARE_SOURCE, images)
        try primitive.set(PARE_DESTINATION, memory)
        return memory
    }
}

/// Weights [C, M/groups, kH, kW] seen as oneDNN has them: [M, C, kH, kW], or [groups, M/groups, C/groups, kH, kW].
private struct TransposedWeights {
    let shape: Shape
    let strides: [Int]

    init(_ stored: Shape, groups: Int) {
        let (channels, filters, height, width) = (stored[0], stored[1], stored[2], stored[3])
        let (plane, row) = (height * width, filters * height * width)
        if groups == 1 {
            shape = [filters, channels, height, width]
            strides = [plane, row, width, 1]
        } else {
            shape = [groups, filters, channels / groups, height, width]
            strides = [channels / groups * row, plane, row, width, 1]
        }
    }
}
