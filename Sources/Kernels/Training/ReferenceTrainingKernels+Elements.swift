import Foundation
import Networks
import Tensors

extension ReferenceTrainingKernels {
    /// The gradient of a tensor that was repeated: sums over the axes along which it was.
    static func summed(_ gradient: DoubleTensor, to shape: Shape) -> DoubleTensor {
        var result = DoubleTensor(zeros: shape)
        for (index, target) in shape.broadcastIndices(in: gradient.shape).enumerated() { result.values[target] += gradient.values[index] }
        return result
    }

    /// What the mask keeps, divided by the part that is kept; the same for values and gradients.
    static func dropped(_ x: DoubleTensor, _ mask: DropoutMask) -> DoubleTensor {
        let values = x.values.enumerated().map { mask.keeps($0) ? $1 / (1 - Double(mask.ratio)) : 0 }
        return DoubleTensor(shape: x.shape, values: values)
    }

    static func softmax(_ x: DoubleTensor, axis: Int) -> DoubleTensor {
        var result = x
        forEachRow(x.shape, axis) { indices in
            let largest = indices.map { x.values[$0] }.max() ?? 0
            let sum = indices.reduce(0) { $0 + exp(x.values[$1] - largest) }
            for index in indices { result.values[index] = exp(x.values[index] - largest) / sum }
        }
        return result
    }

    /// ∂x = y · (∂y − Σ y · ∂y) along the axis.
    static func softmaxGradient(_ y: DoubleTensor, axis: Int, _ gradient: DoubleTensor) -> DoubleTensor {
        var result = gradient
        forEachRow(y.shape, axis) { indices in
            let sum = indices.reduce(0) { $0 + y.values[$1] * gradient.values[$1] }
            for index in indices { result.values[index] = y.values[index] * (gradient.values[index] - sum) }
        }
        return result
    }

    /// The elements where a map says.
    static func moved(_ x: DoubleTensor, by map: ElementMap, to shape: Shape) -> DoubleTensor {
        var result = DoubleTensor(zeros: shape)
        map.forEach { place, source in result.values[place] = source.map { x.values[$0] } ?? Double(map.fill) }
        return result
    }

    /// ∂x of moved elements: each one's gradients summed over the places where it stands, 0 where it stands nowhere.
    static func movedBack(_ gradient: DoubleTensor, by map: ElementMap, to shape: Shape) -> DoubleTensor {
        var result = DoubleTensor(zeros: shape)
        map.forEach { place, source in if let source { result.values[source] += gradient.values[place] } }
        return result
    }

    private static func forEachRow(_ shape: Shape, _ axis: Int, _ body: ([Int]) -> Void) {
        let axis = axis < 0 ? axis + shape.rank : axis
        let step = shape.dimensions[(axis + 1)...].reduce(1, *)
        for start in 0..<shape.count where start / step % shape[axis] == 0 { body((0..<shape[axis]).map { start + $0 * step }) }
    }

    static func concatenation(_ inputs: [DoubleTensor], axis: Int, to shape: Shape) -> DoubleTensor {
        var result = DoubleTensor(zeros: shape)
        forEachPart(inputs, axis, shape) { input, index, target in result.values[target] = inputs[input].values[index] }
        return result
    }

    static func concatenationGradients(_ inputs: [DoubleTensor], axis: Int, _ gradient: DoubleTensor) -> [DoubleTensor?] {
        var results = inputs.map { DoubleTensor(zeros: $0.shape) }
        forEachPart(inputs, axis, gradient.shape) { input, index, target in results[input].values[index] = gradient.values[target] }
        return results
    }

    /// Calls `body` with each input, each of its elements, and where that stands in the result.
    private static func forEachPart(
        _ inputs: [DoubleTensor], _ axis: Int, _ shape: Shape, _ body: (_ input: Int, _ index: Int, _ target: Int) -> Void
    ) {
        let axis = axis < 0 ? axis + shape.rank : axis
        let row = shape.dimensions[axis...].reduce(1, *)
        var offset = 0
        for (position, input) in inputs.enumerated() {
            let part = input.shape.dimensions[axis...].reduce(1, *)
            for index in input.values.indices { body(position, index, index / part * row + offset + index % part) }
            offset += part
        }
    }
}
