import Foundation
import Networks
import Tensors

extension ReferenceTrainingKernels {
    /// Sum, mean, maximum or minimum along axes; shape is what is left, with or without axes of extent 1.
    static func reduced(_ x: DoubleTensor, _ reduction: Reduction, to shape: Shape) -> DoubleTensor {
        var result = DoubleTensor(zeros: shape)
        let groups = groups(x.shape, reduction.axes)
        for (place, indices) in groups.enumerated() { result.values[place] = reduction.function(indices.map { x.values[$0] }) }
        return result
    }

    /// The first of equal maxima or minima gets the gradient.
    static func reducedGradient(_ x: DoubleTensor, _ reduction: Reduction, _ gradient: DoubleTensor) -> DoubleTensor {
        var result = DoubleTensor(zeros: x.shape)
        for (place, indices) in groups(x.shape, reduction.axes).enumerated() {
            let slopes = reduction.function.slopes(indices.map { x.values[$0] })
            for (index, slope) in zip(indices, slopes) { result.values[index] = slope * gradient.values[place] }
        }
        return result
    }

    /// The elements that become each one of the result.
    private static func groups(_ input: Shape, _ axes: [Int]) -> [[Int]] {
        let kept = input.dimensions.indices.filter { !axes.contains($0) }
        var groups = [[Int]](repeating: [], count: kept.reduce(1) { $0 * input[$1] })
        for index in 0..<input.count {
            let position = input.position(of: index)
            groups[kept.reduce(0) { $0 * input[$1] + position[$1] }].append(index)
        }
        return groups
    }

    static func logSoftmax(_ x: DoubleTensor, axis: Int) -> DoubleTensor { softmax(x, axis: axis).map { log($0) } }

    /// ∂x = ∂y − softmax(x) · Σ ∂y along the axis.
    static func logSoftmaxGradient(_ x: DoubleTensor, axis: Int, _ gradient: DoubleTensor) -> DoubleTensor {
        let axis = axis < 0 ? axis + x.shape.rank : axis
        let sums = reduced(gradient, Reduction(function: .sum, axes: [axis], keepsAxes: true), to: kept(x.shape, axis))
        let spread = sums.shape.broadcastIndices(in: x.shape)
        let parts = softmax(x, axis: axis)
        return DoubleTensor(
            shape: x.shape, values: x.values.indices.map { gradient.values[$0] - parts.values[$0] * sums.values[spread[$0]] })
    }

    private static func kept(_ shape: Shape, _ axis: Int) -> Shape {
        Shape(shape.dimensions.enumerated().map { $0 == axis ? 1 : $1 })
    }

    /// scale · (x − mean) / sqrt(variance + epsilon) + shift over rows.
    static func rowNormalization(_ inputs: [DoubleTensor], _ rows: NormalizedRows) -> DoubleTensor {
        var result = inputs[0]
        for start in stride(from: 0, to: inputs[0].values.count, by: max(rows.width, 1)) {
            let (normalized, _) = normalized(inputs[0], start, rows.width, rows.epsilon)
            for (index, value) in normalized.enumerated() {
                let place = rows.parameter(start + index)
                result.values[start + index] = inputs[1].values[place] * value + (inputs.count > 2 ? inputs[2].values[place] : 0)
            }
        }
        return result
    }

    static func rowNormalizationGradients(_ inputs: [DoubleTensor], _ rows: NormalizedRows, _ gradient: DoubleTensor) -> [DoubleTensor?] {
        var results = inputs.map { DoubleTensor(zeros: $0.shape) }
        let width = rows.width
        for start in stride(from: 0, to: inputs[0].values.count, by: max(width, 1)) {
            let (normalized, deviation) = normalized(inputs[0], start, width, rows.epsilon)
            let slopes = (0..<width).map { gradient.values[start + $0] * inputs[1].values[rows.parameter(start + $0)] }
            let mean = slopes.reduce(0, +) / Double(width)
            let product = zip(slopes, normalized).reduce(0) { $0 + $1.0 * $1.1 } / Double(width)
            for index in 0..<width {
                let place = rows.parameter(start + index)
                results[0].values[start + index] = (slopes[index] - mean - normalized[index] * product) / deviation
                results[1].values[place] += gradient.values[start + index] * normalized[index]
                if inputs.count > 2 { results[2].values[place] += gradient.values[start + index] }
            }
        }
        return results
    }

    private static func normalized(_ x: DoubleTensor, _ start: Int, _ count: Int, _ epsilon: Float) -> ([Double], Double) {
        let values = x.values[start..<start + count]
        let mean = values.reduce(0, +) / Double(count)
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count)
        let deviation = (variance + Double(epsilon)).squareRoot()
        return (values.map { ($0 - mean) / deviation }, deviation)
    }

    /// A window over one axis [N, C, L] as one over images [N, C, 1, L]; nil for all others.
    static func raised(_ call: Call) -> Call? {
        if case .reduction = call.operation { return nil }
        let operands = call.inputs.enumerated().map { Operand.value($0, shape: $1.shape) }
        let raised = RaisedWindow(call.operation, operands, call.outputShape)
        guard raised.output != call.outputShape else { return nil }
        let inputs = zip(call.inputs, raised.operands).map { $0.reshaped($1.shape) }
        return Call(operation: raised.operation, inputs: inputs, outputShape: raised.output, mask: call.mask)
    }
}
