import Foundation
import Tensors

extension ReferenceKernels {
    /// (x − mean) / sqrt(variance + epsilon) · scale + shift over the axes from `axis` on, the variance biased.
    public static func layerNormalization(
        _ x: ReferenceTensor, scale: ReferenceTensor, shift: ReferenceTensor?, axis: Int, epsilon: Float
    ) -> ReferenceTensor {
        let axis = axis < 0 ? axis + x.shape.rank : axis
        let row = Shape(Array(x.shape.dimensions[axis...]))
        let scales = moved(scale, by: .broadcast(from: scale.shape, to: row), to: row).values
        let shifts = shift.map { moved($0, by: .broadcast(from: $0.shape, to: row), to: row).values }
        var result = x
        for start in stride(from: 0, to: x.values.count, by: max(row.count, 1)) {
            let spread = Spread(x.values[start..<start + row.count], epsilon)
            for index in 0..<row.count {
                let value = spread.normalized(x.values[start + index]) * Double(scales[index])
                result.values[start + index] = Float(value + Double(shifts?[index] ?? 0))
            }
        }
        return result
    }

    /// The same over groups of channels, with scale and shift [C].
    public static func groupNormalization(
        _ x: ReferenceTensor, scale: ReferenceTensor, shift: ReferenceTensor, groups: Int, epsilon: Float
    ) -> ReferenceTensor {
        let channels = x.shape[1]
        let plane = x.shape.dimensions[2...].reduce(1, *)
        let size = channels / max(groups, 1) * plane
        var result = x
        for start in stride(from: 0, to: x.values.count, by: max(size, 1)) {
            let spread = Spread(x.values[start..<start + size], epsilon)
            for index in start..<start + size {
                let channel = index / plane % channels
                let value = spread.normalized(x.values[index]) * Double(scale.values[channel])
                result.values[index] = Float(value + Double(shift.values[channel]))
            }
        }
        return result
    }

    /// x / (bias + alpha / size · Σ x²)^beta over neighbouring channels.
    public static func responseNormalization(_ x: ReferenceTensor, _ settings: ResponseNormalization) -> ReferenceTensor {
        let channels = x.shape[1]
        let plane = x.shape.dimensions[2...].reduce(1, *)
        let (before, after) = ((settings.size - 1) / 2, settings.size / 2)
        let values = x.values.indices.map { index -> Float in
            let channel = index / plane % channels
            var sum = 0.0
            for other in max(0, channel - before)...min(channels - 1, channel + after) {
                let value = Double(x.values[index + (other - channel) * plane])
                sum += value * value
            }
            let base = Double(settings.bias) + Double(settings.alpha) / Double(settings.size) * sum
            return Float(Double(x.values[index]) / pow(base, Double(settings.beta)))
        }
        return ReferenceTensor(shape: x.shape, values: values)
    }

    /// Mean and deviation of some values.
    private struct Spread {
        let mean: Double
        let deviation: Double

        init(_ values: ArraySlice<Float>, _ epsilon: Float) {
            let count = Double(max(values.count, 1))
            let mean = values.reduce(0.0) { $0 + Double($1) } / count
            let variance = values.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / count
            self.mean = mean
            deviation = (variance + Double(epsilon)).squareRoot()
        }

        func normalized(_ value: Float) -> Double { (Double(value) - mean) / deviation }
    }
}
