import Compression
import Networks
import Tensors

extension IntegerReader {
    mutating func open(_ node: Node, _ settings: Convolution) throws(ExportError) {
        let (input, output) = (shape(node.inputs[0]), shape(node.outputs[0]))
        guard let fields = CSourceWriter.window(input, output, Pooling(settings), groups: settings.groups) else {
            throw refusal(node, "over \(settings.kernel.count) axes")
        }
        try openLayer(node, .convolution(fields), channels: output[1], isTransposed: false)
    }

    mutating func open(_ node: Node, _ gemm: Gemm) throws(ExportError) {
        guard gemm.alpha == 1, gemm.beta == 1, !gemm.transposeA else { throw refusal(node, "with factors or transposed examples") }
        try openDense(node, isTransposed: !gemm.transposeB)
    }

    mutating func openDense(_ node: Node, isTransposed: Bool) throws(ExportError) {
        let (input, output) = (shape(node.inputs[0]), shape(node.outputs[0]))
        guard let inputs = input.dimensions.last, let units = output.dimensions.last, inputs > 0, shape(node.inputs[1]).rank == 2 else {
            throw refusal(node, "with weights [\(shape(node.inputs[1]))]")
        }
        let form = IntegerLayer.Form.dense(units: units, inputs: inputs, positions: input.count / inputs)
        try openLayer(node, form, channels: units, isTransposed: isTransposed)
    }

    private mutating func openLayer(
        _ node: Node, _ form: IntegerLayer.Form, channels: Int, isTransposed: Bool
    ) throws(ExportError) {
        let input = try exact(node, 0)
        guard let parameter = network.parameters[node.inputs[1]] else { throw refusal(node, "with weights that the graph computes") }
        let (levels, scales) = try levels(of: parameter, node, channels: channels, isTransposed: isTransposed)
        var bias = [Float](repeating: 0, count: channels)
        if node.inputs.count > 2, !node.inputs[2].isEmpty {
            guard let values = network.parameters[node.inputs[2]]?.values.floats, values.count == channels else {
                throw refusal(node, "with a bias that is not one number a channel")
            }
            bias = values
        }
        let weights = isTransposed ? Self.transposed(levels, columns: channels) : levels
        let product = Product(input: input, form: form, weights: weights, scales: scales, bias: bias, name: parameter.name)
        open(node, .layer(product))
    }

    private static func transposed(_ levels: [Int8], columns: Int) -> [Int8] {
        let rows = levels.count / max(1, columns)
        return levels.indices.map { levels[$0 % rows * columns + $0 / rows] }
    }

    /// The weights as whole multiples of one scale, or of one for each channel.
    private func levels(
        of parameter: Parameter, _ node: Node, channels: Int, isTransposed: Bool
    ) throws(ExportError) -> (levels: [Int8], scales: [Float]) {
        var (numbers, scales): ([Int], [Float]) = ([], [])
        if let stored = stored[parameter.name], case .grid(let steps, _) = stored.values {
            (numbers, scales) = (stored.levels.map(Int.init), steps)
        } else if let steps = parameter.origin?.steps, !steps.isEmpty {
            scales = steps
            let values = parameter.values.floats
            let row = values.count / max(1, channels)
            numbers = values.indices.map { place in
                let scale = steps[steps.count == 1 ? 0 : min(steps.count - 1, isTransposed ? place % channels : place / max(1, row))]
                let level = (values[place] / scale).rounded(.toNearestOrEven)
                return level * scale == values[place] && abs(level) < 1e6 ? Int(level) : Int.max
            }
        } else {
            throw refusal(node, "with weights '\(parameter.name)' on no grid of 8 bits (in a plan: linear, 8 bits or fewer)")
        }
        guard scales.count == 1 || scales.count == channels else {
            throw refusal(node, "with \(scales.count) scales for \(channels) channels of '\(parameter.name)'")
        }
        guard let worst = numbers.max(by: { $0.magnitude < $1.magnitude }) else { throw refusal(node, "without weights") }
        guard worst != Int.max, numbers.allSatisfy({ (-128...127).contains($0) }) else {
            throw refusal(
                node, "with weights '\(parameter.name)' that are no symmetric int8: beside a zero point, or of more bits")
        }
        return (numbers.map { Int8($0) }, scales)
    }

    /// The step of a layer, once the scale of its results is known.
    func layer(
        _ product: Product, _ node: Node, scale: Double, zeroPoint: Int, range: ClosedRange<Int>
    ) throws(ExportError) -> IntegerLayer {
        let from = result.values[product.input]
        let channels = product.bias.count
        let row = product.weights.count / max(1, channels)
        var (bias, rescalings): ([Int32], [Rescaling]) = ([], [])
        for channel in 0..<channels {
            let unit = Double(from.scale) * Double(product.scales[product.scales.count == 1 ? 0 : channel])
            let steps = unit > 0 ? (Double(product.bias[channel]) / unit).rounded(.toNearestOrEven) : 0
            let weights = product.weights[channel * row..<(channel + 1) * row]
            let largest = weights.reduce(0) { $0 + Int($1.magnitude) } * 255
            guard abs(steps) + Double(largest) < 0x1p31 else { throw refusal(node, "whose sums leave 32 bits (channel \(channel))") }
            // A channel of nothing but zeros may have any scale.
            let factor = unit > 0 ? unit / scale : 0x1p-40
            guard (abs(steps) + Double(largest)) * factor < 0x1p31 - 256, let rescaling = Rescaling(factor) else {
                throw refusal(node, "whose results have a scale of \(scale), far finer than its sums")
            }
            bias.append(Int32(steps))
            rescalings.append(rescaling)
        }
        return IntegerLayer(
            form: product.form, weights: product.weights, bias: bias, rescalings: rescalings,
            zeros: IntegerZeros(input: from.zeroPoint, output: zeroPoint), range: range)
    }

    /// The last layer's sums, of 32 bits: those of the coarsest channel as they are, the others in its unit.
    mutating func endWide(_ open: Open) throws(ExportError) {
        guard case .layer(let product) = open.work, open.functions.isEmpty, open.bounds == -Double.infinity...Double.infinity else {
            throw refusal(open.node, "at the end that nothing quantizes")
        }
        let unit = Double(result.values[product.input].scale) * Double(product.scales.max() ?? 0)
        guard unit > 0 else { throw refusal(open.node, "of nothing but zeros at the end") }
        let layer = try layer(product, open.node, scale: unit, zeroPoint: 0, range: Int(Int32.min)...Int(Int32.max))
        result.weights.append(product.name)
        result.output = add(.layer(layer), open.node, [product.input], count: open.count, scale: Float(unit), zeroPoint: 0)
        result.isWide = true
    }
}
