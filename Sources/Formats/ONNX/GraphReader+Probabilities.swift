import Networks
import Tensors

extension GraphReader {
    /// Normalizer of rows [N, columns] by the sum of magnitudes, the root of the sum of squares or the largest value; rows where that is 0 stay.
    mutating func lowerNormalizer(_ node: LoweredNode) throws(NodeProblem) {
        let (value, norm) = (try floats(of: node), try node.attributes().text("norm", "MAX"))
        guard shape(of: value)?.rank == 2 else { throw .unsupported("it depends on a shape that is not known") }
        guard let reduction = ["L1": "ReduceL1", "L2": "ReduceL2", "MAX": "ReduceMax"][norm] else {
            throw .malformed(expected: "L1, L2 or MAX", actual: quoted(norm))
        }
        if norm == "L1", try lowerShares(value, node) { return }
        let axes = emit(Tensor(wholeNumbers: [1]), "axes", after: node)
        let total = try emit(reduction, [value, axes], [.integer("keepdims", 1)], after: node)
        let divisor = try norm == "MAX" ? withoutZeros(total, node) : atLeastTiny(total, node)
        try emit("Div", [value, divisor], to: node.output, after: node, isMain: true)
    }

    /// Probabilities that add up to 1 already, and sigmoids by their sum: σ(z) / Σ σ(z) = softmax(log σ(z)) = softmax(−log(1 + e^−z)).
    private mutating func lowerShares(_ value: String, _ node: LoweredNode) throws(NodeProblem) -> Bool {
        guard let place = nodes.lastIndex(where: { $0.outputs.first == value }), let source = nodes[place].inputs.first else {
            return false
        }
        switch nodes[place].operation {
        case .softmax(axis: 1), .softmax(axis: -1): try emitCopy(of: value, node)
        case .unary(.sigmoid):
            let (other, last) = (try emit("Neg", [source], after: node), freshValue("\(node.output)_logits"))
            try emit("Neg", [emit("Softplus", [other], after: node)], to: last, after: node)
            try emit("Softmax", [last], [.integer("axis", 1)], to: node.output, after: node, isMain: true)
            drop([value], readBy: 1)
        default: return false
        }
        return true
    }

    /// A sum of magnitudes as a divisor: those of rows of zeros become the smallest normal number, so that 0 stays 0.
    private mutating func atLeastTiny(_ total: String, _ node: LoweredNode) throws(NodeProblem) -> String {
        let tiny = Float.leastNormalMagnitude
        if version < 11 { return try emit("Clip", [total], [.number("min", tiny)], after: node) }
        return try emit("Clip", [total, emit(Tensor(shape: [], floats: [tiny]), "min", after: node)], after: node)
    }

    /// A divisor of either sign, 1 in place of 0.
    private mutating func withoutZeros(_ total: String, _ node: LoweredNode) throws(NodeProblem) -> String {
        let zero = emit(Tensor(shape: [], floats: [0]), "zero", after: node)
        let one = emit(Tensor(shape: [], floats: [1]), "one", after: node)
        return try emit("Where", [emit("Equal", [total, zero], after: node), one, total], after: node)
    }

    /// Scores [N, 1] of the second of two classes as those of both: [0, z], whose softmax is [1 − σ(z), σ(z)].
    mutating func pair(of scores: String, _ node: LoweredNode) throws(NodeProblem) -> String {
        let none = try emit("Sub", [scores, scores], to: freshValue("\(node.output)_none"), after: node)
        return try emit("Concat", [none, scores], [.integer("axis", 1)], to: freshValue("\(node.output)_pair"), after: node)
    }

    /// A Concat of 1 − σ(z) and σ(z), [N, 1] each, which is the softmax of [0, z]. False for all others.
    mutating func readTwoClasses(_ proto: ONNXNodeProto) throws(NodeProblem) -> Bool {
        guard isNetwork, proto.input.count == 2, let output = proto.output.first, !output.isEmpty, let shape = shape(of: proto.input[1]),
            shape.rank == 2, shape[1] == 1, try [1, -1].contains(NodeAttributes(proto).int("axis", 1)),
            let other = nodes.last(where: { $0.outputs.first == proto.input[0] }), other.operation == .binary(.subtract),
            other.inputs.count == 2, other.inputs[1] == proto.input[1], let one = constant(other.inputs[0]), one.numbers == [1],
            let sigmoid = nodes.last(where: { $0.outputs.first == proto.input[1] }), sigmoid.operation == .unary(.sigmoid)
        else { return false }
        let node = LoweredNode(proto)
        try emit("Softmax", [pair(of: sigmoid.inputs[0], node)], [.integer("axis", 1)], to: output, after: node, isMain: true)
        drop([proto.input[0]], readBy: 1)
        drop([proto.input[1]], readBy: 2)
        return true
    }

    /// Takes the nodes away that make these values, where nothing reads them but so many nodes of the file that are read already.
    private mutating func drop(_ values: [String], readBy count: Int) {
        guard inlineDepth == 0 else { return }
        let outputs = Set(graph.output.map(\.name))
        let gone = Set(values.filter { (readCounts[$0] ?? 0) <= count && !outputs.contains($0) })
        nodes.removeAll { $0.outputs.first.map(gone.contains) == true }
    }
}
