import Networks
import Tensors

/// Functions of several operands with broadcasting.
extension ReferenceTrainingKernels {
    /// A function of the elements that meet.
    static func combined(_ inputs: [DoubleTensor], to shape: Shape, _ function: ([Double]) -> Double) -> DoubleTensor {
        let places = inputs.map { $0.shape.broadcastIndices(in: shape) }
        let values = (0..<shape.count).map { index in
            function(inputs.indices.map { inputs[$0].values[places[$0][index]] })
        }
        return DoubleTensor(shape: shape, values: values)
    }

    /// ∂loss/∂operand of each: the slopes of the function times ∂loss/∂result, summed where an operand was repeated.
    static func combinedGradients(
        _ inputs: [DoubleTensor], _ gradient: DoubleTensor, _ slopes: ([Double]) -> [Double]
    ) -> [DoubleTensor?] {
        let places = inputs.map { $0.shape.broadcastIndices(in: gradient.shape) }
        var results = inputs.map { DoubleTensor(zeros: $0.shape) }
        for (index, value) in gradient.values.enumerated() {
            let found = slopes(inputs.indices.map { inputs[$0].values[places[$0][index]] })
            for (place, slope) in found.enumerated() { results[place].values[places[place][index]] += slope * value }
        }
        return results
    }

    static func binaryGradients(_ inputs: [DoubleTensor], _ function: BinaryFunction, _ gradient: DoubleTensor) -> [DoubleTensor?] {
        combinedGradients(inputs, gradient) { values in
            let (first, second) = function.partials(values[0], values[1])
            return [first, second]
        }
    }

    /// The first of equal maxima or minima gets the gradient.
    static func variadicGradients(_ inputs: [DoubleTensor], _ function: VariadicFunction, _ gradient: DoubleTensor) -> [DoubleTensor?] {
        combinedGradients(inputs, gradient) { values in
            switch function {
            case .sum: return values.map { _ in 1 }
            case .mean: return values.map { _ in 1 / Double(values.count) }
            case .maximum, .minimum:
                let winner = values.firstIndex(of: function(values))
                return values.indices.map { $0 == winner ? 1 : 0 }
            }
        }
    }

    /// The condition has none.
    static func selectGradients(_ inputs: [DoubleTensor], _ gradient: DoubleTensor) -> [DoubleTensor?] {
        let found = combinedGradients(inputs, gradient) { $0[0] != 0 ? [0, 1, 0] : [0, 0, 1] }
        return [nil, found[1], found[2]]
    }
}

/// Codes of activations, straight through.
extension ReferenceTrainingKernels {
    /// saturated(round(x / scale) + zero point), ties to even.
    static func quantized(_ inputs: [DoubleTensor], _ code: LinearCode) -> DoubleTensor {
        let range = code.range ?? -Double.infinity...Double.infinity
        return coded(inputs, code) { value, scale, zero in
            min(max((value / scale).rounded(.toNearestOrEven) + zero, range.lowerBound), range.upperBound)
        }
    }

    /// 1 / scale where the code is inside its range, else 0 (Bengio and others, 2013).
    static func quantizedGradient(_ inputs: [DoubleTensor], _ code: LinearCode, _ gradient: DoubleTensor) -> DoubleTensor {
        let range = code.range ?? -Double.infinity...Double.infinity
        let slopes = coded(inputs, code) { value, scale, zero in
            range.contains((value / scale).rounded(.toNearestOrEven) + zero) ? 1 / scale : 0
        }
        return gradient.zip(slopes, *)
    }

    /// (code − zero point) · scale.
    static func dequantized(_ inputs: [DoubleTensor], _ code: LinearCode) -> DoubleTensor {
        coded(inputs, code) { ($0 - $2) * $1 }
    }

    static func dequantizedGradient(_ inputs: [DoubleTensor], _ code: LinearCode, _ gradient: DoubleTensor) -> DoubleTensor {
        gradient.zip(coded(inputs, code) { _, scale, _ in scale }, *)
    }

    private static func coded(_ inputs: [DoubleTensor], _ code: LinearCode, _ function: (Double, Double, Double) -> Double) -> DoubleTensor
    {
        let place = code.scalePlaces(inputs[1].shape, of: inputs[0].shape)
        let values = inputs[0].values.enumerated().map { index, value in
            function(value, inputs[1].values[place(index)], inputs.count > 2 ? inputs[2].values[place(index)] : 0)
        }
        return DoubleTensor(shape: inputs[0].shape, values: values)
    }
}

extension ReferenceTrainingKernels {
    /// Forward alone, in float32: for what no gradient passes.
    static func evaluated(_ call: Call) -> DoubleTensor {
        let inputs = call.inputs.map { ReferenceTensor(shape: $0.shape, values: $0.values.map(Float.init)) }
        let made = ReferenceKernels.evaluate(call.operation, inputs, to: call.outputShape)
        return made.map { DoubleTensor(shape: $0.shape, values: $0.values.map(Double.init)) } ?? DoubleTensor(zeros: call.outputShape)
    }
}

extension ReferenceTrainingKernels {
    /// The rows of a table that numbers name; NaN for what names none.
    static func lookedUp(_ inputs: [DoubleTensor], to shape: Shape) -> DoubleTensor {
        let rows = inputs[0].shape[0]
        let width = inputs[0].values.count / max(1, rows)
        let values = inputs[1].values.flatMap { number -> [Double] in
            let row = number < 0 ? number + Double(rows) : number
            guard row >= 0, row < Double(rows) else { return [Double](repeating: .nan, count: width) }
            return Array(inputs[0].values[Int(row) * width..<(Int(row) + 1) * width])
        }
        return DoubleTensor(shape: shape, values: values)
    }

    /// Each row's gradients summed over the places where it was looked up.
    static func lookupGradient(_ inputs: [DoubleTensor], _ gradient: DoubleTensor) -> DoubleTensor {
        var result = DoubleTensor(zeros: inputs[0].shape)
        let rows = inputs[0].shape[0]
        let width = inputs[0].values.count / max(1, rows)
        for (place, number) in inputs[1].values.enumerated() {
            let row = number < 0 ? number + Double(rows) : number
            guard row >= 0, row < Double(rows) else { continue }
            for index in 0..<width { result.values[Int(row) * width + index] += gradient.values[place * width + index] }
        }
        return result
    }

    static func placed(_ inputs: [DoubleTensor], _ placement: Placement, to shape: Shape) -> DoubleTensor {
        let inputs = inputs.map { PlacedTensor(shape: $0.shape, values: $0.values) }
        return DoubleTensor(shape: shape, values: placement.made(of: inputs, to: shape))
    }

    static func placementGradients(_ inputs: [DoubleTensor], _ placement: Placement, _ gradient: DoubleTensor) -> [DoubleTensor?] {
        let given = PlacedTensor(shape: gradient.shape, values: gradient.values)
        let found = placement.gradients(inputs.map { PlacedTensor(shape: $0.shape, values: $0.values) }, given)
        let updates = found.updates.map { DoubleTensor(shape: inputs[2].shape, values: $0) }
        return [DoubleTensor(shape: inputs[0].shape, values: found.x), nil, updates].prefix(inputs.count).map { $0 }
    }
}
