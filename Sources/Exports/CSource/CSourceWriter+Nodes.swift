import Networks
import Tensors

extension CSourceWriter {
    /// Adds the call that computes a node.
    mutating func add(_ node: Node) throws(ExportError) {
        guard let output = node.outputs.first, let input = node.inputs.first else { throw refusal(node, "without inputs or outputs") }
        steps.append("/* \(Self.plain(node.name)): \(node.operation.name), \(Self.text(shapes[output])). */")
        switch node.operation {
        case .convolution(let convolution): try add(convolution, node)
        case .gemm(let gemm): try add(gemm, node)
        case .matrixMultiplication: try addDense(node, isTransposed: true, bias: nil)
        case .maxPool(let pooling): try add(pooling, node)
        case .add: try addSum(node)
        case .relu:
            kernels.insert(.relu)
            steps.append("relu(\(place(input)), \(place(output)), \(count(output)));")
        case .reshape, .flatten, .identity, .dropout:
            guard network.parameters[input] == nil, shapes[input]?.rowCount == shapes[output]?.rowCount else {
                throw refusal(node, "over several examples")
            }
        default: throw ExportError.operatorWithoutC(node: node.name, operation: node.operation.name, reason: nil)
        }
        if output == network.output { steps.append("memcpy(logits, \(place(output)), \(count(output)) * sizeof *logits);") }
    }

    private mutating func add(_ convolution: Convolution, _ node: Node) throws(ExportError) {
        guard let input = shapes[node.inputs[0]], let output = shapes[node.outputs[0]], input.rank == 4, convolution.kernel.count == 2
        else {
            throw refusal(node, "but over height and width")
        }
        let weights = try placeOfWeights(try parameter(node, 1))
        let bias = try bias(node, count: output[1])
        let window = addWindow(
            input, output, groups: convolution.groups, kernel: convolution.kernel, strides: convolution.strides,
            dilations: convolution.dilations, pads: convolution.pads)
        kernels.insert(.convolve)
        steps.append("convolve(&w\(weights), \(bias), \(place(node.inputs[0])), \(place(node.outputs[0])), &\(window));")
    }

    private mutating func add(_ pooling: Pooling, _ node: Node) throws(ExportError) {
        guard let input = shapes[node.inputs[0]], let output = shapes[node.outputs[0]], input.rank == 4, pooling.kernel.count == 2 else {
            throw refusal(node, "but over height and width")
        }
        let window = addWindow(
            input, output, groups: 1, kernel: pooling.kernel, strides: pooling.strides, dilations: pooling.dilations, pads: pooling.pads)
        kernels.insert(.maxPool)
        steps.append("max_pool(\(place(node.inputs[0])), \(place(node.outputs[0])), &\(window));")
    }

    private mutating func add(_ gemm: Gemm, _ node: Node) throws(ExportError) {
        guard gemm.alpha == 1, gemm.beta == 1, !gemm.transposeA else { throw refusal(node, "with factors or transposed examples") }
        let bias = try bias(node, count: shapes[node.outputs[0]]?.rowCount ?? 0)
        try addDense(node, isTransposed: !gemm.transposeB, bias: bias)
    }

    private mutating func addDense(_ node: Node, isTransposed: Bool, bias: String?) throws(ExportError) {
        guard let input = shapes[node.inputs[0]], let output = shapes[node.outputs[0]], input.rank == 2,
            network.parameters[node.inputs[0]] == nil
        else { throw refusal(node, "of anything but a vector an example") }
        let weights = try placeOfWeights(try parameter(node, 1))
        let kernel: CKernel = isTransposed ? .denseByInput : .dense
        kernels.insert(kernel)
        let function = isTransposed ? "dense_by_input" : "dense"
        let rows = isTransposed ? input.rowCount : output.rowCount
        steps.append("\(function)(&w\(weights), \(bias ?? "NULL"), \(place(node.inputs[0])), \(place(node.outputs[0])), \(rows));")
    }

    /// Two activations of one shape, or an activation and a value for each channel, unit or element.
    private mutating func addSum(_ node: Node) throws(ExportError) {
        guard node.inputs.count == 2, let output = shapes[node.outputs[0]] else { throw refusal(node, "of these inputs") }
        let constants = node.inputs.filter { network.parameters[$0] != nil }
        let others = node.inputs.filter { network.parameters[$0] == nil }
        let places = others.map(place)
        if others.count == 2, others.allSatisfy({ shapes[$0] == output }) {
            kernels.insert(.add)
            return steps.append("add(\(places[0]), \(places[1]), \(place(node.outputs[0])), \(output.rowCount));")
        }
        guard others.count == 1, let name = constants.first, let parameter = network.parameters[name], shapes[others[0]] == output else {
            throw refusal(node, "that broadcasts activations")
        }
        guard let channels = Self.channels(of: parameter.shape, in: output) else {
            throw refusal(node, "that broadcasts [\(parameter.shape)] so")
        }
        let vector = try placeOfVector(parameter)
        kernels.insert(.addVector)
        steps.append("add_vector(\(places[0]), v\(vector), \(place(node.outputs[0])), \(channels), \(output.rowCount / max(1, channels)));")
    }

    /// How many values of the parameter stand for consecutive pieces of an example; nil where it is spread otherwise.
    private static func channels(of parameter: Shape, in output: Shape) -> Int? {
        let example = Array(output.dimensions.dropFirst())
        var own = parameter.dimensions
        while own.count > example.count, own.first == 1 { own.removeFirst() }
        guard own.count <= example.count else { return nil }
        own = Array(repeating: 1, count: example.count - own.count) + own
        // Equal up to some axis, 1 after it.
        let equal = zip(own, example).prefix { $0 == $1 }.count
        guard own[equal...].allSatisfy({ $0 == 1 }) else { return nil }
        return own.reduce(1, *)
    }

    private mutating func addWindow(
        _ input: Shape, _ output: Shape, groups: Int, kernel: [Int], strides: [Int], dilations: [Int], pads: [Int]
    ) -> String {
        let numbers =
            [input[1], input[2], input[3], output[1], output[2], output[3], groups] + kernel + strides + dilations + pads.prefix(2)
        let name = "window\(windows.count)"
        windows.append("static const struct window \(name) = {\(numbers.map(String.init).joined(separator: ", "))};")
        return name
    }

    private mutating func bias(_ node: Node, count: Int) throws(ExportError) -> String {
        guard node.inputs.count > 2, !node.inputs[2].isEmpty else { return "NULL" }
        let bias = try parameter(node, 2)
        guard bias.count == count else { throw refusal(node, "with a bias [\(bias.shape)]") }
        return "v\(try placeOfVector(bias))"
    }

    private func parameter(_ node: Node, _ position: Int) throws(ExportError) -> Parameter {
        guard node.inputs.indices.contains(position), let parameter = network.parameters[node.inputs[position]] else {
            throw refusal(node, "with weights that the graph computes")
        }
        return parameter
    }

    private func refusal(_ node: Node, _ reason: String) -> ExportError {
        .operatorWithoutC(node: node.name, operation: node.operation.name, reason: reason)
    }

    /// Where a value lies.
    private func place(_ value: String) -> String {
        guard let offset = buffers.offsets[value] ?? nil else { return "input" }
        return offset == 0 ? "arena" : "arena + \(offset)"
    }

    private func count(_ value: String) -> Int { shapes[value]?.rowCount ?? 0 }

    private static func text(_ shape: Shape?) -> String {
        (shape?.dimensions.dropFirst() ?? []).map(String.init).joined(separator: "x")
    }
}
