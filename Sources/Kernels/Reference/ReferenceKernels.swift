import Foundation
import Networks
import Tensors

/// Each operation once more in plain Swift, as its definition reads: slow, with sums in Double, for tests to hold the fast kernels against.
///
/// Shapes must fit, as ``Network/shapes(batch:)`` has checked.
public enum ReferenceKernels {
    /// max(x, 0); NaN stays NaN.
    public static func relu(_ x: ReferenceTensor) -> ReferenceTensor {
        ReferenceTensor(shape: x.shape, values: x.values.map { $0 < 0 ? 0 : $0 })
    }

    /// a + b with broadcasting to `shape`.
    public static func add(_ a: ReferenceTensor, _ b: ReferenceTensor, to shape: Shape) -> ReferenceTensor {
        let values = (0..<shape.count).map { index in
            let position = shape.position(of: index)
            return a.values[a.index(broadcastAt: position)] + b.values[b.index(broadcastAt: position)]
        }
        return ReferenceTensor(shape: shape, values: values)
    }

    /// exp(x − max) / Σ exp(x − max) along an axis.
    public static func softmax(_ x: ReferenceTensor, axis: Int) -> ReferenceTensor {
        let axis = axis < 0 ? axis + x.shape.rank : axis
        let extent = x.shape[axis]
        let step = x.shape.dimensions[(axis + 1)...].reduce(1, *)
        var result = x
        for start in x.values.indices where (start / step) % extent == 0 {
            let indices = (0..<extent).map { start + $0 * step }
            let largest = indices.map { x.values[$0] }.max() ?? 0
            let powers = indices.map { exp(Double(x.values[$0] - largest)) }
            let sum = powers.reduce(0, +)
            for (index, power) in zip(indices, powers) { result.values[index] = Float(power / sum) }
        }
        return result
    }

    /// scale · (x − mean) / sqrt(variance + epsilon) + shift, with statistics [C] for axis 1.
    public static func batchNormalization(
        _ x: ReferenceTensor, scale: ReferenceTensor, shift: ReferenceTensor, mean: ReferenceTensor,
        variance: ReferenceTensor, epsilon: Float
    ) -> ReferenceTensor {
        let step = x.shape.dimensions.dropFirst(2).reduce(1, *)
        let values = x.values.enumerated().map { index, value in
            let channel = index / step % x.shape[1]
            let deviation = (Double(variance.values[channel]) + Double(epsilon)).squareRoot()
            let centred = Double(value) - Double(mean.values[channel])
            return Float(Double(scale.values[channel]) * centred / deviation + Double(shift.values[channel]))
        }
        return ReferenceTensor(shape: x.shape, values: values)
    }

    /// The inputs one after another along an axis.
    public static func concatenation(_ inputs: [ReferenceTensor], axis: Int) -> ReferenceTensor {
        let rank = inputs[0].shape.rank
        let axis = axis < 0 ? axis + rank : axis
        var shape = inputs[0].shape
        shape[axis] = inputs.reduce(0) { $0 + $1.shape[axis] }
        let outer = shape.dimensions[..<axis].reduce(1, *)
        var values: [Float] = []
        values.reserveCapacity(shape.count)
        for row in 0..<outer {
            for input in inputs {
                let size = input.values.count / max(outer, 1)
                values += input.values[row * size..<(row + 1) * size]
            }
        }
        return ReferenceTensor(shape: shape, values: values)
    }
}
