import Networks
import Tensors

extension IntegerReader {
    /// A function of codes becomes a table; behind a layer only bounds can follow.
    mutating func apply(_ node: Node, _ function: UnaryFunction) throws(ExportError) {
        switch forms[node.inputs[0]] {
        case .exact(let value):
            var open = Open(node: node, work: .function(value), count: shape(node.outputs[0]).count)
            open.functions = [{ function($0) }]
            forms[node.outputs[0]] = .open(open)
        case .open(var open):
            if case .function = open.work {
                open.functions.append { function($0) }
            } else {
                try bound(&open, function, node)
            }
            forms[node.outputs[0]] = .open(open)
        case .raw: throw refusal(node, "of the network's input, which nothing quantizes")
        case .codes, nil: throw refusal(node, "of codes or constants")
        }
    }

    private func bound(_ open: inout Open, _ function: UnaryFunction, _ node: Node) throws(ExportError) {
        let (low, high) = (open.bounds.lowerBound, open.bounds.upperBound)
        switch function {
        case .relu: open.bounds = max(low, 0)...max(high, 0)
        case .clip(let lower, let upper):
            let (lower, upper) = (Double(lower), Double(max(lower, upper)))
            open.bounds = min(max(low, lower), upper)...min(max(high, lower), upper)
        default: throw refusal(node, "of values that nothing quantizes, those of '\(open.node.name)'")
        }
    }

    mutating func apply(_ node: Node, _ function: BinaryFunction) throws(ExportError) {
        let constants = node.inputs.compactMap { network.parameters[$0] }
        if constants.count == 1 { return try apply(node, function, constants[0], isFirst: network.parameters[node.inputs[0]] != nil) }
        let values = (try exact(node, 0), try exact(node, 1))
        guard let steps = CSourceWriter.pairSteps(shape(node.inputs[0]), shape(node.inputs[1]), shape(node.outputs[0])) else {
            throw refusal(node, "that broadcasts over more than four axes")
        }
        switch function {
        case .add, .subtract: open(node, .sum(values.0, values.1, steps, isDifference: function == .subtract))
        case .multiply: open(node, .product(values.0, values.1, steps))
        default: throw refusal(node, "in integers")
        }
    }

    /// With a constant: the bias of an open layer, or one number, which makes a function of one number.
    private mutating func apply(
        _ node: Node, _ function: BinaryFunction, _ constant: Parameter, isFirst: Bool
    ) throws(ExportError) {
        let other = node.inputs[isFirst ? 1 : 0]
        if function == .add, case .open(var open) = forms[other], case .layer(var product) = open.work, open.functions.isEmpty,
            open.bounds == -Double.infinity...Double.infinity, isBias(constant.shape, of: product, shape(other))
        {
            let values = constant.values.floats
            product.bias = product.bias.indices.map { product.bias[$0] + values[values.count == 1 ? 0 : $0] }
            open.work = .layer(product)
            forms[node.outputs[0]] = .open(open)
            return
        }
        guard constant.count == 1, let number = constant.values.floats.first.map(Double.init) else {
            return try scale(node, function, constant, isFirst: isFirst)
        }
        let value = try exact(node, isFirst ? 1 : 0)
        var open = Open(node: node, work: .function(value), count: shape(node.outputs[0]).count)
        open.functions = [{ isFirst ? function(number, $0) : function($0, number) }]
        forms[node.outputs[0]] = .open(open)
    }

    /// With a constant for each element, channel or the like.
    private mutating func scale(_ node: Node, _ function: BinaryFunction, _ constant: Parameter, isFirst: Bool) throws(ExportError) {
        let numbers = constant.values.floats.map(Double.init)
        let ones = [Double](repeating: 1, count: numbers.count)
        let zeros = ones.map { 0 * $0 }
        let terms: Terms? =
            switch function {
            case .add: Terms(factors: ones, offsets: numbers)
            case .subtract: Terms(factors: isFirst ? ones.map { -$0 } : ones, offsets: isFirst ? numbers : numbers.map { -$0 })
            case .multiply: Terms(factors: numbers, offsets: zeros)
            case .divide where !isFirst && !numbers.contains(0): Terms(factors: numbers.map { 1 / $0 }, offsets: zeros)
            case .leaky where !isFirst: Terms(factors: numbers, offsets: zeros, positive: 1)
            default: nil
            }
        guard let terms else { throw refusal(node, "with the constant '\(constant.name)' [\(constant.shape)] in integers") }
        try scale(node, isFirst ? 1 : 0, terms, shape: constant.shape)
    }

    /// A batch normalization that stands by itself: scale / √(variance + epsilon) of each channel, and what is left.
    mutating func normalize(_ node: Node, epsilon: Float) throws(ExportError) {
        let numbers = node.inputs.dropFirst().compactMap { network.parameters[$0]?.values.floats.map(Double.init) }
        guard numbers.count == 4 else { throw refusal(node, "with constants that the graph computes") }
        let factors = zip(numbers[0], numbers[3]).map { $0 / ($1 + Double(epsilon)).squareRoot() }
        let offsets = zip(factors, zip(numbers[1], numbers[2])).map { $1.0 - $0 * $1.1 }
        let rank = shape(node.inputs[0]).rank
        try scale(
            node, 0, Terms(factors: factors, offsets: offsets),
            shape: Shape([factors.count] + [Int](repeating: 1, count: max(0, rank - 2))))
    }

    private mutating func scale(_ node: Node, _ position: Int, _ terms: Terms, shape constants: Shape) throws(ExportError) {
        let value = try exact(node, position)
        guard let steps = CSourceWriter.pairSteps(shape(node.inputs[position]), constants, shape(node.outputs[0])) else {
            throw refusal(node, "that broadcasts over more than four axes")
        }
        open(node, .scaling(value, steps, terms))
    }

    /// Whether a constant has one number for each unit, or for each filter.
    private func isBias(_ constant: Shape, of product: Product, _ shape: Shape) -> Bool {
        let units = product.bias.count
        guard constant.count == units else { return false }
        let axis = if case .convolution = product.form { 1 } else { shape.rank - 1 }
        let place = constant.rank - (shape.rank - axis)
        return place >= 0 && constant[place] == units
    }
}
