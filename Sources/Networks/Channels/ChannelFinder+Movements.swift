import Tensors

extension ChannelFinder {
    /// The same elements under another shape.
    mutating func reshaped(_ node: Node, to shape: Shape) -> [ChannelField] {
        let data = data(node.inputs[0])
        let made = ChannelReshape(from: self.shape(node.inputs[0]), to: shape, data).fields
        for (old, new) in zip(data, made) where new == nil { hold([old], node) }
        return made.compactMap(\.self)
    }

    mutating func sliced(_ node: Node, _ slice: Slice) -> [ChannelField] {
        let shape = shape(node.inputs[0])
        return data(node.inputs[0]).compactMap { field in
            var field = field
            for (at, axis) in slice.axes.enumerated() {
                guard let place = field.place(of: axis) else { continue }
                guard !isOfBatch(shape[axis]) else {
                    if slice.count(at: at, of: shape[axis]) == shape[axis], slice.steps[at] == 1 { continue }
                    hold([field], node)
                    return nil
                }
                field = field.at(place, slice.indices(at: at, of: shape[axis]))
            }
            return field.elements.isEmpty ? nil : field.simplified
        }
    }

    /// Chosen indices, in the place of whose axis those of their shape come.
    mutating func gathered(_ node: Node, _ gather: Gather) -> [ChannelField] {
        data(node.inputs[0]).compactMap { field in
            let (axis, added) = (gather.axis, gather.shape.rank - 1)
            let behind = Dictionary(uniqueKeysWithValues: field.axes.map { ($0, $0 > axis ? $0 + added : $0) })
            guard let place = field.place(of: axis) else { return field.transposed(behind) }
            guard !isOfBatch(shape(node.inputs[0])[axis]), !gather.indices.isEmpty else {
                hold([field], node)
                return nil
            }
            let chosen = field.at(place, gather.indices)
            var dims = chosen.dims.map { ChannelField.Dim(axis: behind[$0.axis] ?? $0.axis, count: $0.count, run: $0.run) }
            let new = gather.shape.dimensions.enumerated().map { ChannelField.Dim(axis: axis + $0.offset, count: $0.element) }
            dims.replaceSubrange(place...place, with: new)
            guard !dims.isEmpty else {
                // One channel alone: it has to stay.
                hold([chosen], node)
                return nil
            }
            return ChannelField(dims: dims, elements: chosen.elements, loud: chosen.loud).simplified
        }
    }

    mutating func expanded(_ node: Node, _ shape: Shape) -> [ChannelField] {
        let input = self.shape(node.inputs[0])
        let missing = shape.rank - input.rank
        let data = data(node.inputs[0])
        let stays = { (axis: Int) in input[axis] == shape[axis + missing] }
        return held(data, besides: stays, node).map { field in
            field.transposed(Dictionary(uniqueKeysWithValues: field.axes.map { ($0, $0 + missing) }))
        }
    }

    mutating func tiled(_ node: Node, _ repeats: [Int]) -> [ChannelField] {
        let shape = shape(node.inputs[0])
        return data(node.inputs[0]).compactMap { field in
            var field = field
            for axis in field.axes where repeats[axis] != 1 {
                guard let place = field.place(of: axis), !isOfBatch(shape[axis]), repeats[axis] > 0 else {
                    hold([field], node)
                    return nil
                }
                field = field.at(place, (0..<repeats[axis]).lazy.flatMap { _ in 0..<shape[axis] })
            }
            return field
        }
    }

    /// Zeros beside channels are channels of nothing, which go as they like.
    mutating func padded(_ node: Node, _ padding: Padding) -> [ChannelField] {
        let shape = shape(node.inputs[0])
        let isZero = padding.mode != .constant || padding.value == 0
        return data(node.inputs[0]).compactMap { field in
            let widened = field.axes.filter { padding.pads[$0] != 0 || padding.pads[$0 + shape.rank] != 0 }
            let isElsewhere = shape.dimensions.indices.contains { axis in
                field.place(of: axis) == nil && (padding.pads[axis] != 0 || padding.pads[axis + shape.rank] != 0)
            }
            let kept = changed(field, keepsZero: isZero || !isElsewhere)
            guard let axis = widened.first else { return kept }
            let (before, behind) = (padding.pads[axis], padding.pads[axis + shape.rank])
            guard field.dims.count == 1, padding.mode == .constant, before >= 0, behind >= 0, !isOfBatch(shape[axis]) else {
                hold([field], node)
                return nil
            }
            let row = kept.spread(0, extent: shape[axis])
            let made = Array(sets.make(before)) + row.elements + Array(sets.make(behind))
            let constant = isZero ? -1 : place
            let loud =
                [Int](repeating: constant, count: before) + row.elements.indices.map { row.loudness($0) }
                + [Int](repeating: constant, count: behind)
            return ChannelField(axis: axis, made, loud: loud)
        }
    }

    /// The block² channels that become the pixels of one go together.
    mutating func depthToSpace(_ node: Node, _ block: Int, _ columnsFirst: Bool) -> [ChannelField] {
        let data = held(data(node.inputs[0]), besides: { $0 == 1 }, node)
        let count = shape(node.inputs[0])[1] / (block * block)
        return data.map { field in
            let row = field.spread(0, extent: count * block * block)
            let (own, first, second) = columnsFirst ? (0, count, block * block) : (1, block * block, count)
            let cut = ChannelField(
                dims: [.init(axis: 0, count: first), .init(axis: 1, count: second)], elements: row.elements, loud: row.loud)
            return settled(cut, on: [own]).transposed([own: 1])
        }
    }

    /// Each channel once for each pixel of a block.
    mutating func spaceToDepth(_ node: Node, _ block: Int) -> [ChannelField] {
        let count = shape(node.inputs[0])[1]
        return held(data(node.inputs[0]), besides: { $0 == 1 }, node).map { field in
            field.at(0, (0..<block * block).lazy.flatMap { _ in 0..<count })
        }
    }

    /// One after another along an axis; along the others they are one.
    mutating func sideBySide(_ node: Node, _ axis: Int, _ shape: Shape) -> [ChannelField] {
        let all = node.inputs.map { labels[$0] ?? [] }
        let others = all.map { fields in fields.filter { $0.place(of: axis) == nil } }
        let operands = zip(node.inputs, others).map { name, fields in
            // Along other axes they have the same extents.
            ChannelOperand(name, fields, self.shape(name), isParameter(name), rank: shape.rank)
        }
        var made = joined(operands, shape, below: shape.rank, .all, node)
        let along = all.map { fields in fields.first { $0.place(of: axis) != nil } }
        guard along.contains(where: { $0 != nil }) else { return made }
        guard !isOfBatch(shape[axis]) else {
            hold(along.compactMap(\.self), node)
            return made
        }
        made.append(stacked(node, axis, along))
        return made
    }

    private mutating func stacked(_ node: Node, _ axis: Int, _ along: [ChannelField?]) -> ChannelField {
        if let stack = stacked(along, node, axis) { return stack }
        let rows = node.inputs.map { row($0, axis: axis, node) }
        let loud = rows.flatMap { row in row.elements.indices.map { row.loudness($0) } }
        return ChannelField(axis: axis, rows.flatMap(\.elements), loud: loud)
    }

    /// Fields of the same several axes, one after another along the one that comes first of them.
    private func stacked(_ along: [ChannelField?], _ node: Node, _ axis: Int) -> ChannelField? {
        guard let first = along[0], first.dims.count > 1, first.dims[0].axis == axis else { return nil }
        let spread = zip(node.inputs, along).compactMap { name, field in
            field?.place(of: axis) == 0 ? field?.spread(0, extent: shape(name)[axis]) : nil
        }
        guard spread.count == along.count, spread.allSatisfy({ Array($0.dims.dropFirst()) == Array(first.dims.dropFirst()) }) else {
            return nil
        }
        var dims = first.dims
        dims[0] = .init(axis: axis, count: spread.reduce(0) { $0 + $1.dims[0].count })
        let loud = spread.flatMap { field in field.elements.indices.map { field.loudness($0) } }
        return ChannelField(dims: dims, elements: spread.flatMap(\.elements), loud: loud)
    }
}
