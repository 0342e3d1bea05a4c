import Networks
import Tensors

extension GraphReader {
    /// Einsum of one or two operands as sums over axes that no other has, transposes, reshapes and a MatMul.
    mutating func lowerEinsum(_ node: LoweredNode) throws(NodeProblem) {
        let stated = try node.attributes().text("equation", "")
        let shapes = node.proto.input.compactMap { shape(of: $0) }
        guard shapes.count == node.proto.input.count else { throw .unsupported(unknownShape(node.proto)) }
        guard (1...2).contains(shapes.count) else { throw .unsupported("it has \(shapes.count) operands, and Pare reads one or two") }
        let equation = try SumEquation(stated, ranks: shapes.map(\.rank))
        var operands: [SummedOperand] = []
        for (place, labels) in equation.operands.enumerated() {
            let others = Set(equation.operands.indices.filter { $0 != place }.flatMap { equation.operands[$0] } + equation.output)
            let operand = SummedOperand(name: node.input(place), labels: labels, shape: shapes[place])
            operands.append(try summed(operand, besides: others, node))
        }
        let made = operands.count == 1 ? operands[0] : try product(operands[0], operands[1], equation.output, node)
        try arrange(made, as: equation.output, to: node.output, node)
    }

    /// Without the axes that neither the other operand nor the result has.
    private mutating func summed(_ operand: SummedOperand, besides others: Set<Int>, _ node: LoweredNode) throws(NodeProblem)
        -> SummedOperand
    {
        let axes = operand.labels.indices.filter { !others.contains(operand.labels[$0]) }
        guard !axes.isEmpty else { return operand }
        let settings = emit(Tensor(wholeNumbers: axes), "axes", after: node)
        let usesInput = version >= 13
        let name = try emit(
            "ReduceSum", usesInput ? [operand.name, settings] : [operand.name],
            [.integer("keepdims", 0)] + (usesInput ? [] : [.integers("axes", axes)]), after: node)
        let kept = operand.labels.indices.filter { !axes.contains($0) }
        return SummedOperand(name: name, labels: kept.map { operand.labels[$0] }, shape: Shape(kept.map { operand.shape[$0] }))
    }

    /// [common.., own of a, summed] · [common.., summed, own of b] → [common.., own of a.., own of b..].
    private mutating func product(
        _ a: SummedOperand, _ b: SummedOperand, _ output: [Int], _ node: LoweredNode
    ) throws(NodeProblem) -> SummedOperand {
        let (common, summed) = (
            a.labels.filter { b.labels.contains($0) && output.contains($0) },
            a.labels.filter { b.labels.contains($0) && !output.contains($0) }
        )
        let (ofA, ofB) = (a.labels.filter { !b.labels.contains($0) }, b.labels.filter { !a.labels.contains($0) })
        let first = try stacked(a, [common, ofA, summed], grouping: [common.count..<common.count + ofA.count], node)
        let second = try stacked(b, [common, summed, ofB], grouping: [common.count..<common.count + summed.count], node)
        let name = try emit("MatMul", [first, second], after: node, isMain: true)
        let extents =
            zip(common, a.extents(common)).map { label, extent in max(extent, b.extents([label])[0]) } + a.extents(ofA) + b.extents(ofB)
        let shape = emit(Tensor(wholeNumbers: extents), "shape", after: node)
        let made = try emit("Reshape", [name, shape], after: node)
        return SummedOperand(name: made, labels: common + ofA + ofB, shape: Shape(extents))
    }

    /// The operand with its axes in the order of `parts`, the last two parts being one axis each.
    private mutating func stacked(
        _ operand: SummedOperand, _ parts: [[Int]], grouping: [Range<Int>], _ node: LoweredNode
    ) throws(NodeProblem) -> String {
        let turned = try transposed(operand, to: parts.flatMap { $0 }, output: nil, node)
        let extents = operand.extents(parts[0]) + parts.dropFirst().map { operand.extents($0).reduce(1, *) }
        guard Shape(extents) != turned.shape else { return turned.name }
        return try emit("Reshape", [turned.name, emit(Tensor(wholeNumbers: extents), "shape", after: node)], after: node)
    }

    private mutating func transposed(
        _ operand: SummedOperand, to labels: [Int], output: String?, _ node: LoweredNode
    ) throws(NodeProblem) -> SummedOperand {
        let order = labels.compactMap { operand.labels.firstIndex(of: $0) }
        guard order != Array(order.indices) || output != nil else { return operand }
        let name = try emit("Transpose", [operand.name], [.integers("perm", order)], to: output, after: node)
        return SummedOperand(name: name, labels: labels, shape: Shape(order.map { operand.shape[$0] }))
    }

    private mutating func arrange(_ made: SummedOperand, as labels: [Int], to output: String, _ node: LoweredNode) throws(NodeProblem) {
        if labels.isEmpty || made.labels == labels {
            try emit("Identity", [made.name], to: output, after: node)
        } else {
            _ = try transposed(made, to: labels, output: output, node)
        }
    }
}

/// An operand of an Einsum on its way to the product.
private struct SummedOperand {
    var name: String
    var labels: [Int]
    var shape: Shape

    func extents(_ wanted: [Int]) -> [Int] { wanted.compactMap { labels.firstIndex(of: $0).map { shape[$0] } } }
}

/// The axes of operands and result of an Einsum as labels; axes of an ellipsis have labels below 0, counted from the last.
private struct SumEquation {
    var operands: [[Int]]
    var output: [Int]

    init(_ text: String, ranks: [Int]) throws(NodeProblem) {
        let sides = text.filter { $0 != " " }.split(separator: ">", omittingEmptySubsequences: false).map(String.init)
        let left = sides[0].hasSuffix("-") ? String(sides[0].dropLast()) : sides[0]
        let terms = left.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        guard sides.count <= 2, terms.count == ranks.count else {
            throw .malformed(expected: "an equation of \(ranks.count) operands", actual: quoted(text))
        }
        operands = []
        for (term, rank) in zip(terms, ranks) { operands.append(try Self.labels(term, rank: rank, text)) }
        let open = operands.flatMap { $0.filter { $0 < 0 } }.min() ?? 0
        if sides.count == 2 {
            let own = sides[1].filter { $0 != "." }.count
            output = try Self.labels(sides[1], rank: own + (sides[1].contains("...") ? -open : 0), text)
        } else {
            let all = operands.flatMap { $0 }
            output = Array(open..<0) + Set(all.filter { label in label >= 0 && all.count { $0 == label } == 1 }).sorted()
        }
        guard output.allSatisfy({ label in operands.contains { $0.contains(label) } }) else {
            throw .malformed(expected: "a result of axes that operands have", actual: quoted(text))
        }
        guard operands.allSatisfy({ Set($0).count == $0.count }), Set(output).count == output.count else {
            throw .unsupported("its equation \(quoted(text)) takes a diagonal")
        }
    }

    private static func labels(_ term: String, rank: Int, _ text: String) throws(NodeProblem) -> [Int] {
        let named = term.replacing("...", with: ".")
        let letters = named.filter { $0 != "." }
        let open = rank - letters.count
        let dots = named.count - letters.count
        guard letters.allSatisfy({ $0.isASCII && $0.isLetter }), dots == 1 ? open >= 0 : dots == 0 && open == 0 else {
            throw .malformed(expected: "a term of \(rank) axes", actual: "\(quoted(term)) of \(quoted(text))")
        }
        return named.flatMap { $0 == "." ? Array(-open..<0) : [Int($0.asciiValue ?? 0)] }
    }
}
