import Foundation
import Tensors

/// Each operation once more in plain Swift, as its definition reads: slow, with sums in Double; what constants are folded by, what runs where there
/// is no fast kernel, and what tests hold the fast ones against.
///
/// Shapes must fit, as ``Network/shapes(batch:)`` has checked.
public enum ReferenceKernels {
    /// The result [shape] of an operation; nil for one that Pare can't run. Inputs that are left out at the end are missing or nil.
    public static func evaluate(_ operation: Operation, _ inputs: [ReferenceTensor?], to shape: Shape) -> ReferenceTensor? {
        guard let x = inputs.first ?? nil else { return nil }
        func input(_ index: Int) -> ReferenceTensor? { index < inputs.count ? inputs[index] : nil }
        func all(_ range: ClosedRange<Int>) -> [ReferenceTensor]? {
            let given = range.compactMap(input)
            return given.count == range.count ? given : nil
        }
        switch operation {
        case .unary(let function): return unary(x, function)
        case .binary(let function): return input(1).map { binary(x, $0, function, to: shape) }
        case .variadic(let function): return variadic(inputs.compactMap { $0 }, function, to: shape)
        case .select: return select(inputs.compactMap { $0 }, to: shape)
        case .gemm(let settings): return input(1).map { gemm(x, $0, input(2), settings) }
        case .matrixMultiplication: return input(1).map { matrixMultiplication(x, $0, to: shape) }
        case .reduction(let reduction): return reduce(x, reduction, to: shape)
        case .extremePlace(let place): return extremePlace(x, place, to: shape)
        case .concatenation(let axis): return concatenation(inputs.compactMap { $0 }, axis: axis)
        case .resize(let resize): return resized(x, resize, to: shape)
        case .cast(let type): return cast(x, to: type)
        case .quantizeLinear(let code): return input(1).map { quantized(x, $0, input(2), code) }
        case .dequantizeLinear(let code): return input(1).map { dequantized(x, $0, input(2), code) }
        case .dynamicQuantization(let settings): return dynamicallyQuantized(x, settings, to: shape)
        case .activation(let quantizer): return activation(x, clip: input(1), quantizer)
        case .unsupported: return nil
        case .convolution(let settings): return input(1).map { convolution(x, $0, input(2), settings, to: shape) }
        case .transposedConvolution(let settings): return input(1).map { transposedConvolution(x, $0, input(2), settings, to: shape) }
        case .maxPool(let settings): return maxPool(x, settings, to: shape)
        case .averagePool(let settings): return averagePool(x, settings, to: shape)
        case .globalMaxPool: return globalMaxPool(x, to: shape)
        case .globalAveragePool: return globalAveragePool(x)
        case .softmax(let axis): return softmax(x, axis: axis)
        case .logSoftmax(let axis): return softmax(x, axis: axis, isLogarithm: true)
        case .responseNormalization(let settings): return responseNormalization(x, settings)
        case .layerNormalization(let axis, let epsilon):
            return input(1).map { layerNormalization(x, scale: $0, shift: input(2), axis: axis, epsilon: epsilon) }
        case .instanceNormalization(let epsilon):
            return all(1...2).map { groupNormalization(x, scale: $0[0], shift: $0[1], groups: x.shape[1], epsilon: epsilon) }
        case .groupNormalization(let groups, let epsilon):
            return all(1...2).map { groupNormalization(x, scale: $0[0], shift: $0[1], groups: groups, epsilon: epsilon) }
        case .batchNormalization(let epsilon):
            return all(1...4).map { batchNormalization(x, scale: $0[0], shift: $0[1], mean: $0[2], variance: $0[3], epsilon: epsilon) }
        case .identity, .dropout, .flatten, .reshape, .squeeze, .unsqueeze: return x.reshaped(shape)
        case .recurrence(let recurrence): return self.recurrence(inputs.compactMap { $0 }, recurrence, to: shape)
        case .placement(let placement): return placed(inputs.compactMap { $0 }, placement, to: shape)
        case .signal(let transform): return transformed(inputs.compactMap { $0 }, transform, to: shape)
        case .lookup: return input(1).map { lookedUp(x, $0, to: shape) }
        case .transpose, .slice, .gather, .expand, .tile, .pad, .depthToSpace, .spaceToDepth, .recurrencePart:
            return operation.elementMap(from: x.shape, to: shape).map { moved(x, by: $0, to: shape) }
        }
    }
}

extension ReferenceKernels {
    /// exp(x − max) / Σ exp(x − max) along an axis, or its logarithm.
    public static func softmax(_ x: ReferenceTensor, axis: Int, isLogarithm: Bool = false) -> ReferenceTensor {
        let axis = axis < 0 ? axis + x.shape.rank : axis
        let extent = x.shape[axis]
        let step = x.shape.dimensions[(axis + 1)...].reduce(1, *)
        var result = x
        for start in x.values.indices where (start / step) % extent == 0 {
            let indices = (0..<extent).map { start + $0 * step }
            let largest = indices.map { x.values[$0] }.max() ?? 0
            let differences = indices.map { Double(x.values[$0] - largest) }
            let sum = differences.reduce(0) { $0 + exp($1) }
            for (index, difference) in zip(indices, differences) {
                result.values[index] = Float(isLogarithm ? difference - log(sum) : exp(difference) / sum)
            }
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
}
