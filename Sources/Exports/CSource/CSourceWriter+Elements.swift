import Networks
import Tensors

extension CSourceWriter {
    /// A power by a constant exponent.
    mutating func addPower(_ node: Node) throws(ExportError) {
        guard let exponent = network.parameters[node.inputs[1]], exponent.count == 1, let number = exponent.values.floats.first else {
            throw refusal(node, "by anything but one constant")
        }
        let found = CFunction.power(number)
        inlined.insert(exponent.name)
        try unary(node, (found, found.name == "powers" ? [number] : []))
    }

    /// A function of two operands, or of several, one after another.
    mutating func addPairs(_ function: CFunction?, _ node: Node) throws(ExportError) {
        guard let function, let output = shapes[node.outputs[0]] else { throw refusal(node, nil) }
        let target = place(node.outputs[0])
        let operands = node.inputs.map { shapes[$0] ?? [] }
        guard node.inputs.count > 1 else {
            return steps.append("memcpy(\(target), \(try operand(node.inputs[0])), \(output.count) * sizeof *arena);")
        }
        // What is not yet as large as the result can't be kept in its place.
        guard node.inputs.count == 2 || operands.allSatisfy({ $0 == output }) else { throw refusal(node, "of several that broadcast") }
        var (first, shape) = (try operand(node.inputs[0]), operands[0])
        for (name, other) in zip(node.inputs, operands).dropFirst() {
            guard let fields = Self.steps(shape, other, output) else { throw refusal(node, "that broadcasts [\(other)] with [\(shape)]") }
            function.needs.forEach { functions.insert($0) }
            let constant = addConstant("steps", fields)
            call(function, [first, try operand(name), target, constant])
            (first, shape) = (target, output)
        }
    }

    private static func steps(_ a: Shape, _ b: Shape, _ output: Shape) -> String? {
        pairSteps(a, b, output).map {
            [$0.counts, $0.a, $0.b].map { "{\($0.map(String.init).joined(separator: ", "))}" }.joined(separator: ", ")
        }
    }

    /// Counts of the result's axes, neighbours joined where both operands go on alike, and the steps of both.
    ///
    /// Nil where four axes are not enough.
    static func pairSteps(_ a: Shape, _ b: Shape, _ output: Shape) -> IntegerSteps? {
        func strides(_ shape: Shape) -> [Int] {
            let own = zip(shape.dimensions, shape.rowMajorStrides).map { $0 == 1 ? 0 : $1 }
            return Array(repeating: 0, count: output.rank - shape.rank) + own
        }
        var axes: [(count: Int, a: Int, b: Int)] = []
        for (count, (a, b)) in zip(output.dimensions, zip(strides(a), strides(b))) where count != 1 {
            if let last = axes.last, last.a == a * count, last.b == b * count {
                axes[axes.count - 1] = (last.count * count, a, b)
            } else {
                axes.append((count, a, b))
            }
        }
        guard axes.count <= 4 else { return nil }
        axes = Array(repeating: (1, 0, 0), count: 4 - axes.count) + axes
        return (axes.map(\.count), axes.map(\.a), axes.map(\.b))
    }

    mutating func addMove(_ node: Node) throws(ExportError) {
        guard let input = shapes[node.inputs[0]], let output = shapes[node.outputs[0]],
            let map = node.operation.elementMap(from: input, to: output)
        else { throw refusal(node, "but by the nearest element") }
        var tables = map.tables.filter { $0 != [0] }
        if tables.isEmpty { tables = [[0]] }
        guard tables.count <= 8, output.count > 0 else { throw refusal(node, "of so many axes") }
        let table = addTable(tables.flatMap { $0.map { max(-1, $0) } })
        let counts = tables.map { String($0.count) }.joined(separator: ", ")
        functions.insert(.move)
        let constant = addConstant("move", "\(table), \(tables.count), {\(counts)}")
        call(.move, [try operand(node.inputs[0]), place(node.outputs[0]), constant, Self.number(map.fill)])
    }

    mutating func addConcatenation(_ axis: Int, _ node: Node) throws(ExportError) {
        guard let output = shapes[node.outputs[0]] else { throw refusal(node, "of an unknown shape") }
        let axis = axis < 0 ? axis + output.rank : axis
        let rows = output.dimensions[..<axis].reduce(1, *)
        var start = 0
        for name in node.inputs {
            let length = count(name) / max(1, rows)
            let target = place(node.outputs[0]) + (start == 0 ? "" : " + \(start)")
            call(.copyRows, [try operand(name), target] + [rows, length, output.count / max(1, rows)].map(String.init))
            start += length
        }
    }

    mutating func addCode(_ code: LinearCode, _ node: Node) throws(ExportError) {
        guard let shape = shapes[node.inputs[0]], let range = code.range else { throw refusal(node, "of such a type") }
        guard code.block == nil else { throw refusal(node, "with scales of blocks") }
        let scale = try parameter(node, 1)
        let channels = scale.count
        let length = channels == 1 ? shape.count : Self.pieces(shape, code.axis..<code.axis + 1)[2]
        let hasZero = node.inputs.count > 2 && !node.inputs[2].isEmpty
        let zero = hasZero ? try operand(node.inputs[2]) : "NULL"
        var arguments = [try operand(node.inputs[0]), place(node.outputs[0]), "v\(try placeOfVector(scale))", zero]
        arguments += [shape.count, channels, length].map(String.init)
        guard case .quantizeLinear = node.operation else { return call(.dequantize, arguments) }
        call(.quantize, arguments + [Self.number(Float(range.lowerBound)), Self.number(Float(range.upperBound))])
    }
}
