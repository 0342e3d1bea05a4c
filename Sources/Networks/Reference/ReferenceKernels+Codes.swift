import Tensors

extension ReferenceKernels {
    /// saturated(round(x / scale) + zero point), ties to even; of floats of 8 bits the nearest one to x / scale.
    public static func quantized(
        _ x: ReferenceTensor, _ scale: ReferenceTensor, _ zeroPoint: ReferenceTensor?, _ code: LinearCode
    ) -> ReferenceTensor {
        guard let range = code.range else { return coded(x, scale, code) { ($0 / scale.values[$1]).rounded(to: code.type) } }
        return coded(x, scale, code) { value, channel in
            let rounded = (value / scale.values[channel]).rounded(.toNearestOrEven)
            let sum = Double(rounded) + Double(zeroPoint?.values[channel] ?? 0)
            return Float(min(max(sum, range.lowerBound), range.upperBound))
        }
    }

    /// (code − zero point) · scale.
    public static func dequantized(
        _ x: ReferenceTensor, _ scale: ReferenceTensor, _ zeroPoint: ReferenceTensor?, _ code: LinearCode
    ) -> ReferenceTensor {
        coded(x, scale, code) { ($0 - (zeroPoint?.values[$1] ?? 0)) * scale.values[$1] }
    }

    private static func coded(
        _ x: ReferenceTensor, _ scale: ReferenceTensor, _ code: LinearCode, _ function: (Float, Int) -> Float
    ) -> ReferenceTensor {
        let place = code.scalePlaces(scale.shape, of: x.shape)
        return ReferenceTensor(shape: x.shape, values: x.values.indices.map { function(x.values[$0], place($0)) })
    }

    /// See ``DynamicQuantization``; NaN stays, and plays no part in the range. Cost: O(n).
    public static func dynamicallyQuantized(_ x: ReferenceTensor, _ settings: DynamicQuantization, to shape: Shape) -> ReferenceTensor {
        let step = settings.axis.map { x.shape.dimensions[($0 + 1)...].reduce(1, *) } ?? max(1, x.values.count)
        let extent = settings.axis.map { x.shape[$0] } ?? 1
        var ranges = [ExampleRange](repeating: ExampleRange(), count: max(1, extent / settings.rows))
        func example(_ index: Int) -> Int { index / step % extent / settings.rows }
        for (index, value) in x.values.enumerated() { ranges[example(index)].add(value) }
        let grids = ranges.map(\.grid)
        let values: [Float] =
            switch settings.result {
            case .scale: grids.map(\.scale)
            case .zeroPoint: grids.map(\.zeroPoint)
            case .codes: x.values.enumerated().map { grids[example($0)].code($1) }
            case .values:
                x.values.enumerated().map { index, value in
                    let grid = grids[example(index)]
                    return (grid.code(value) - grid.zeroPoint) * grid.scale
                }
            }
        return ReferenceTensor(shape: shape, values: values)
    }
}

/// The least and the largest value of an example, 0 among them.
private struct ExampleRange {
    private var least: Float = 0
    private var largest: Float = 0

    mutating func add(_ value: Float) { (least, largest) = (min(least, value), max(largest, value)) }

    var grid: (scale: Float, zeroPoint: Float, code: (Float) -> Float) {
        let scale = largest > least ? (largest - least) / 255 : 1
        let zeroPoint = min(max(-least / scale, 0), 255).rounded(.toNearestOrEven)
        return (scale, zeroPoint, { min(max(($0 / scale).rounded(.toNearestOrEven) + zeroPoint, 0), 255) })
    }
}
