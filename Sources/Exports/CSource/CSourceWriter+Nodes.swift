import Networks
import Tensors

extension CSourceWriter {
    /// Adds the call that computes a node.
    mutating func add(_ node: Node) throws(ExportError) {
        guard let output = node.outputs.first, node.inputs.first != nil else { throw refusal(node, "without inputs or outputs") }
        steps.append("/* \(Self.plain(node.name)): \(node.operation.name), \(Self.text(shapes[output])). */")
        switch node.operation {
        case .convolution(let convolution): try add(convolution, node)
        case .transposedConvolution(let convolution): try add(convolution, node)
        case .gemm(let gemm): try add(gemm, node)
        case .matrixMultiplication: try addProduct(node)
        case .maxPool(let pooling): try addPool(pooling, node, .maxPool, "")
        case .averagePool(let pooling): try addAverage(pooling, node)
        case .globalAveragePool: try addReduction(.mean, axes: Array(2..<max(2, rank(node))), node)
        case .globalMaxPool: try addReduction(.maximum, axes: Array(2..<max(2, rank(node))), node)
        case .reduction(let reduction): try addReduction(reduction.function, axes: reduction.axes, node)
        case .unary(let function): try add(function, node)
        case .activation(.sign): try unary(node, (CFunction.sign, []))
        case .binary(.power): try addPower(node)
        case .binary(let function): try addPairs(CFunction.of(function), node)
        case .variadic(let function): try addPairs(CFunction.of(function), node)
        case .softmax(let axis): try addSoftmax(.softmax, axis, node)
        case .logSoftmax(let axis): try addSoftmax(.logSoftmax, axis, node)
        case .batchNormalization(let epsilon): try addBatchNormalization(epsilon, node)
        case .layerNormalization(let axis, let epsilon): try addLayerNormalization(axis, epsilon, node)
        case .instanceNormalization(let epsilon): try addGroupNormalization(groups: nil, epsilon, node)
        case .groupNormalization(let groups, let epsilon): try addGroupNormalization(groups: groups, epsilon, node)
        case .quantizeLinear(let code), .dequantizeLinear(let code): try addCode(code, node)
        case .recurrence(let recurrence): try add(recurrence, node)
        case .recurrencePart(let part): try add(part, node)
        case .concatenation(let axis): try addConcatenation(axis, node)
        case .lookup: try addLookup(node)
        case .reshape, .flatten, .squeeze, .unsqueeze, .identity, .dropout: try addView(node)
        case .transpose, .slice, .gather, .expand, .tile, .pad, .depthToSpace, .spaceToDepth, .resize: try addMove(node)
        default: throw refusal(node, nil)
        }
        if output == network.output { copyOutput() }
    }

    /// Hands the caller the output.
    mutating func copyOutput() {
        steps.append("memcpy(output, \(place(network.output)), \(count(network.output)) * sizeof *output);")
    }

    private mutating func addView(_ node: Node) throws(ExportError) {
        guard network.parameters[node.inputs[0]] == nil else { throw refusal(node, "of constants") }
    }

    private mutating func addLookup(_ node: Node) throws(ExportError) {
        let table = try parameter(node, 0)
        guard table.shape.rank > 0, table.count > 0 else { throw refusal(node, "of a table [\(table.shape)]") }
        let sizes = [count(node.inputs[1]), table.shape[0], table.shape.rowCount].map { "\($0)" }
        call(.tableRows, [try operand(node.inputs[0]), try operand(node.inputs[1]), place(node.outputs[0])] + sizes)
    }

    private mutating func add(_ gemm: Gemm, _ node: Node) throws(ExportError) {
        guard gemm.alpha == 1, gemm.beta == 1, !gemm.transposeA else { throw refusal(node, "with factors or transposed examples") }
        let bias = try bias(node, count: shapes[node.outputs[0]]?.rowCount ?? 0)
        try addDense(node, isTransposed: !gemm.transposeB, bias: bias)
    }

    private mutating func addProduct(_ node: Node) throws(ExportError) {
        if network.parameters[node.inputs[1]] != nil { return try addDense(node, isTransposed: true, bias: nil) }
        guard let a = shapes[node.inputs[0]], let b = shapes[node.inputs[1]], a.rank >= 2, a.rank == b.rank,
            a.dimensions.dropLast(2) == b.dimensions.dropLast(2), network.parameters[node.inputs[0]] == nil
        else { throw refusal(node, "whose leading axes broadcast, or whose weights stand on the left") }
        let (inner, columns) = (b[b.rank - 2], b[b.rank - 1])
        let sizes = [a.dimensions.dropLast(2).reduce(1, *), a[a.rank - 2], inner, columns]
        call(.multiplyMatrices, node.inputs.map(place) + [place(node.outputs[0])] + sizes.map(String.init))
    }

    private mutating func addDense(_ node: Node, isTransposed: Bool, bias: String?) throws(ExportError) {
        let weights = try parameter(node, 1)
        guard let input = shapes[node.inputs[0]], let output = shapes[node.outputs[0]], weights.shape.rank == 2,
            network.parameters[node.inputs[0]] == nil, let units = output.dimensions.last, let inputs = input.dimensions.last
        else { throw refusal(node, "with weights [\(weights.shape)], or of constants") }
        let place = try placeOfWeights(weights)
        call(
            isTransposed ? .denseByInput : .dense,
            ["&w\(place)", bias ?? "NULL", self.place(node.inputs[0]), self.place(node.outputs[0])]
                + (isTransposed ? [inputs] : [units, inputs]).map(String.init) + ["\(input.count / max(1, inputs))"])
    }

    private mutating func add(_ function: UnaryFunction, _ node: Node) throws(ExportError) {
        guard let found = CFunction.of(function) else { throw refusal(node, nil) }
        try unary(node, found)
    }

    mutating func unary(_ node: Node, _ found: (function: CFunction, constants: [Float])) throws(ExportError) {
        let output = node.outputs[0]
        call(found.function, [try operand(node.inputs[0]), place(output), "\(count(output))"] + found.constants.map(Self.number))
    }

    private mutating func addSoftmax(_ function: CFunction, _ axis: Int, _ node: Node) throws(ExportError) {
        guard let shape = shapes[node.inputs[0]] else { throw refusal(node, "of an unknown shape") }
        let axis = axis < 0 ? axis + shape.rank : axis
        call(function, [try operand(node.inputs[0]), place(node.outputs[0])] + Self.pieces(shape, axis..<axis + 1).map(String.init))
    }
}

// What the parts of the writer share.
extension CSourceWriter {
    /// Adds a call, and the function where it is new.
    mutating func call(_ function: CFunction, _ arguments: [String]) {
        functions.insert(function)
        steps.append("\(function.name)(\(arguments.joined(separator: ", ")));")
    }

    /// Where a node finds a value: a parameter is written as floats at the first call.
    mutating func operand(_ value: String) throws(ExportError) -> String {
        if let parameter = network.parameters[value] { return "v\(try placeOfVector(parameter))" }
        return place(value)
    }

    mutating func bias(_ node: Node, count: Int) throws(ExportError) -> String {
        guard node.inputs.count > 2, !node.inputs[2].isEmpty else { return "NULL" }
        let bias = try parameter(node, 2)
        guard bias.count == count else { throw refusal(node, "with a bias [\(bias.shape)]") }
        return "v\(try placeOfVector(bias))"
    }

    func parameter(_ node: Node, _ position: Int) throws(ExportError) -> Parameter {
        guard node.inputs.indices.contains(position), let parameter = network.parameters[node.inputs[position]] else {
            throw refusal(node, "with weights that the graph computes")
        }
        return parameter
    }

    func refusal(_ node: Node, _ reason: String?) -> ExportError {
        .operatorWithoutC(node: node.name, operation: node.operation.name, reason: reason)
    }

    /// Where a value lies.
    func place(_ value: String) -> String {
        guard let offset = buffers.offsets[value] ?? nil else { return "input" }
        return offset == 0 ? "arena" : "arena + \(offset)"
    }

    func count(_ value: String) -> Int { shapes[value]?.count ?? 0 }

    func rank(_ node: Node) -> Int { shapes[node.inputs[0]]?.rank ?? 0 }

    /// Elements before, along and behind neighbouring axes.
    static func pieces(_ shape: Shape, _ axes: Range<Int>) -> [Int] {
        let dimensions = shape.dimensions
        return [dimensions[..<axes.lowerBound], dimensions[axes], dimensions[axes.upperBound...]].map { $0.reduce(1, *) }
    }

    /// A float as C has it; what is infinite becomes the largest float.
    static func number(_ value: Float) -> String {
        "\(min(max(value, -Float.greatestFiniteMagnitude), Float.greatestFiniteMagnitude))f"
    }

    static func text(_ shape: Shape?) -> String {
        (shape?.dimensions.dropFirst() ?? []).map(String.init).joined(separator: "x")
    }
}
