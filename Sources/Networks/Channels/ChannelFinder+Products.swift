import Tensors

extension ChannelFinder {
    /// A [.., n, k] · B [.., k, m], each a value or a parameter: k ↔ k, leading axes ↔ leading axes, n and m come out.
    mutating func product(_ node: Node, _ shape: Shape) -> [ChannelField] {
        let (a, b) = (node.inputs[0], node.inputs[1])
        let ranks = [self.shape(a).rank, self.shape(b).rank]
        guard ranks.allSatisfy({ $0 >= 2 }), !(isParameter(a) && isParameter(b)) else { return wholeOutput(node) }
        let (left, right) = (factors(a, sums: ranks[0] - 1, node), factors(b, sums: ranks[1] - 2, node))
        contract(a, left, b, right, node)
        let (rows, columns) = (ranks[0] - 2, ranks[1] - 1)
        var made = (left.filter { $0.axes == [rows] } + own(a, rows)).map { $0.transposed([rows: shape.rank - 2]) }
        made += (right.filter { $0.axes == [columns] } + own(b, columns)).map { $0.transposed([columns: shape.rank - 1]) }
        let operands = [(a, left, ranks[0]), (b, right, ranks[1])].map { name, fields, rank in
            let leading = fields.filter { $0.dims.allSatisfy { $0.axis < rank - 2 } }
            return ChannelOperand(name, leading, self.shape(name), isParameter(name), rank: shape.rank)
        }
        return made + joined(operands, shape, below: shape.rank - 2, .any, node)
    }

    /// The axis of a parameter along which it makes channels.
    private mutating func own(_ name: String, _ axis: Int) -> [ChannelField] {
        guard isParameter(name) else { return [] }
        return [ChannelField(axis: axis, sets.elements(of: name, axis: axis, count: shape(name)[axis]))]
    }

    /// The fields of an operand, none of which runs along axes of different use: with heads as a whole those along leading axes stay, else the
    /// others.
    private mutating func factors(_ name: String, sums: Int, _ node: Node) -> [ChannelField] {
        let last = shape(name).rank - 2
        return (labels[name] ?? []).compactMap { field in
            let leading = Set(field.axes.filter { $0 < last })
            var field = field
            if !leading.isEmpty, leading.count < field.dims.count {
                field = settled(field, on: partition == .heads ? leading : Set(field.axes).subtracting(leading))
            }
            guard field.dims.count == 2, field.axes == [last, last + 1] else { return field }
            let other = sums == last ? last + 1 : last
            return settled(field, on: [partition == .heads ? other : sums])
        }
    }

    /// The sum of a product: what both know of it is one.
    private mutating func contract(_ a: String, _ left: [ChannelField], _ b: String, _ right: [ChannelField], _ node: Node) {
        let (first, second) = (shape(a).rank - 1, shape(b).rank - 2)
        let found = [(a, left, first), (b, right, second)].map { name, fields, axis in
            (name: name, axis: axis, field: fields.first { $0.axes == [axis] })
        }
        guard found.contains(where: { isParameter($0.name) || $0.field != nil }) else { return }
        let rows = found.map { side -> ChannelField in
            if isParameter(side.name) { return row(side.name, axis: side.axis, node) }
            if let field = side.field { return field.spread(0, extent: shape(side.name)[side.axis]) }
            return heldRow(side.name, axis: side.axis, node)
        }
        if isParameter(a) || isParameter(b) {
            let data = isParameter(a) ? rows[1] : rows[0]
            read(data, by: (isParameter(a) ? rows[0] : rows[1]).elements)
        } else if rows.contains(where: \.loud.isEmpty) {
            // Nothing times something.
            sets.unite(rows[0].elements, rows[1].elements)
        } else {
            read(rows[0], by: rows[1].elements)
        }
    }
}
