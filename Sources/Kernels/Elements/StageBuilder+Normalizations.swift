import CKernels
import Networks
import Tensors

extension StageBuilder {
    /// Rows of numbers, each normalized by its own mean and deviation.
    private mutating func buildNormalized(
        _ stage: PlannedStage, size: Int, plane: Int, channels: Int, _ epsilon: Float
    ) throws(KernelError) {
        let shape = stage.operands[0].shape
        guard shape.count > 0, stage.operands.dropFirst().allSatisfy({ $0.shape.count == channels }) else { return try buildPlain(stage) }
        let from = try source(stage.operands[0], plain: true)
        let scale = try source(stage.operands[1], plain: true)
        let shift = stage.operands.count > 2 ? try source(stage.operands[2], plain: true) : nil
        let memory = try destination(.strided(shape))
        addRanges("normalize", count: shape.count / size, size: size) { first, last in
            guard let x = from.floats, let y = memory.floats, let factors = scale.floats else { return }
            var settings = pare_row_normalization(
                size: size, plane: plane, channels: channels, epsilon: epsilon, scale: factors, shift: shift?.floats)
            pare_normalize_rows(&settings, x, y, first, last)
        }
        try addActivation(to: memory, stage)
    }

    /// Over the axes from `axis` on.
    mutating func buildRowNormalization(_ stage: PlannedStage, axis: Int, _ epsilon: Float) throws(KernelError) {
        let shape = stage.operands[0].shape
        let size = shape.dimensions[(axis < 0 ? axis + shape.rank : axis)...].reduce(1, *)
        try buildNormalized(stage, size: size, plane: 1, channels: size, epsilon)
    }

    /// Over groups of channels and all pixels.
    mutating func buildGroupNormalization(_ stage: PlannedStage, groups: Int, _ epsilon: Float) throws(KernelError) {
        let shape = stage.operands[0].shape
        let plane = shape.dimensions[2...].reduce(1, *)
        guard groups > 0, shape[1] % groups == 0 else { return try buildPlain(stage) }
        try buildNormalized(stage, size: shape[1] / groups * plane, plane: plane, channels: shape[1], epsilon)
    }

    mutating func buildResponses(_ stage: PlannedStage, _ settings: ResponseNormalization) throws(KernelError) {
        let shape = stage.operands[0].shape
        guard shape.count > 0, settings.size > 0 else { return try buildPlain(stage) }
        let from = try source(stage.operands[0], plain: true)
        let memory = try destination(.strided(shape))
        let kernel = pare_response(
            channels: shape[1], plane: shape.dimensions[2...].reduce(1, *), size: settings.size, alpha: settings.alpha, beta: settings.beta,
            bias: settings.bias)
        addRanges("responses", count: shape[0], size: shape.rowCount * settings.size) { first, last in
            guard let x = from.floats, let y = memory.floats else { return }
            withUnsafePointer(to: kernel) { pare_normalize_responses($0, x, y, first, last) }
        }
        try addActivation(to: memory, stage)
    }
}
