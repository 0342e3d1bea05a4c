import Tensors

extension ReferenceKernels {
    /// saturated(round(x / scale) + zero point), ties to even.
    public static func quantized(
        _ x: ReferenceTensor, _ scale: ReferenceTensor, _ zeroPoint: ReferenceTensor?, _ code: LinearCode
    ) -> ReferenceTensor {
        let range = code.type.wholeRange ?? -Double.infinity...Double.infinity
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
        let isPerAxis = scale.values.count > 1
        let step = isPerAxis ? x.shape.dimensions[(code.axis + 1)...].reduce(1, *) : 1
        let values = x.values.indices.map { function(x.values[$0], isPerAxis ? $0 / step % scale.values.count : 0) }
        return ReferenceTensor(shape: x.shape, values: values)
    }
}
