import CKernels
import Networks
import Tensors

extension StageBuilder {
    /// Codes of numbers or numbers of codes, with one scale or one for each index of an axis; other forms by the reference kernel.
    mutating func buildCode(_ stage: PlannedStage, _ code: LinearCode, quantizes: Bool) throws(KernelError) {
        let (shape, scales) = (stage.operands[0].shape, stage.operands[1].shape)
        guard let range = code.range ?? (quantizes ? nil : 0...0), code.block == nil, shape.count > 0,
            scales.count == 1 || (shape.rank > code.axis && scales.count == shape[code.axis])
        else { return try buildPlain(stage) }
        let from = scales.count == 1 ? try denseSource(stage.operands[0]) : try source(stage.operands[0], plain: true)
        let scale = try source(stage.operands[1], plain: true)
        let zero = stage.operands.count > 2 ? try source(stage.operands[2], plain: true) : nil
        let inner = scales.count == 1 ? 1 : shape.dimensions[(code.axis + 1)...].reduce(1, *)
        let memory = try destination(from.layout)
        addRanges("codes", count: from.layout.byteCount / 4) { first, last in
            guard let x = from.floats, let y = memory.floats, let steps = scale.floats else { return }
            var grid = pare_grid(
                scales: steps, zeros: zero?.floats, count: scales.count, inner: inner, lower: Float(range.lowerBound),
                upper: Float(range.upperBound))
            if quantizes { pare_linear_quantize(&grid, x, y, first, last) } else { pare_linear_dequantize(&grid, x, y, first, last) }
        }
        try addActivation(to: memory, stage)
    }

    /// Levels of the range that each example has.
    mutating func buildDynamicCode(_ stage: PlannedStage, _ settings: DynamicQuantization) throws(KernelError) {
        let (shape, output) = (stage.operands[0].shape, plan.values[stage.output].shape)
        guard shape.count > 0 else { return try buildPlain(stage) }
        let from = try source(stage.operands[0], plain: true)
        let memory = try destination(.strided(output))
        let step = settings.axis.map { shape.dimensions[$0...].reduce(1, *) } ?? shape.count
        let size = settings.axis.map { settings.rows * shape.dimensions[($0 + 1)...].reduce(1, *) } ?? shape.count
        let isNumber = settings.result == .scale || settings.result == .zeroPoint
        addRanges("codes by range", count: max(step / max(size, 1), 1), size: size * (shape.count / step)) { first, last in
            guard let x = from.floats, let y = memory.floats else { return }
            for example in first..<last {
                let to = y + example * (isNumber ? 1 : size)
                pare_quantize_by_range(settings.result.kernel, x + example * size, shape.count / step, step, size, to)
            }
        }
        try addActivation(to: memory, stage)
    }
}

extension DynamicQuantization.Result {
    fileprivate var kernel: pare_range_result {
        switch self {
        case .values: PARE_RANGE_VALUES
        case .codes: PARE_RANGE_CODES
        case .scale: PARE_RANGE_SCALE
        case .zeroPoint: PARE_RANGE_ZERO
        }
    }
}
