import Tensors

extension ChannelFinder {
    /// Scale and shift of a masked channel are zero, and what comes out too.
    mutating func normalized(_ node: Node) -> [ChannelField] {
        let data = row(node.inputs[0], axis: 1, node)
        for name in node.inputs.dropFirst() { sets.unite(data.elements, channels(name, axis: 0, node)) }
        _ = held(labels[node.inputs[0]] ?? [], besides: { $0 < 2 }, node)
        return [ChannelField(axis: 1, data.elements)]
    }

    /// Each index of axis 1 by itself; where channels lie behind it too, they are mixed.
    mutating func instanceNormalized(_ node: Node) -> [ChannelField] {
        let fields = labels[node.inputs[0]] ?? []
        guard let field = fields.first(where: { $0.dims.count > 1 && $0.place(of: 1) != nil }) else { return normalized(node) }
        mark(field, .init(statistic: node.name))
        for name in node.inputs.dropFirst() { sets.hold(channels(name, axis: 0, node), .node(node.name)) }
        if field.axes[0] == 1 { keepEven(field.elements, chunks: field.dims[0].count, goesWhole: false, node) }
        return [changed(field, keepsZero: false)] + held(fields.filter { $0 != field }, besides: { $0 < 1 }, node)
    }

    mutating func groupNormalized(_ node: Node, groups: Int) -> [ChannelField] {
        let made = normalized(node)
        for field in made where field.elements.count > groups {
            mark(field, .init(statistic: node.name))
            keepEven(field.elements, chunks: groups, goesWhole: true, node)
        }
        return made
    }

    /// Over the axes from one on, along which scale and shift lie.
    mutating func layerNormalized(_ node: Node, _ start: Int) -> [ChannelField] {
        let shape = shape(node.inputs[0])
        var made: [ChannelField] = []
        var followed = Set<Int>()
        for field in data(node.inputs[0]) {
            let (inner, outer) = (Set(field.axes.filter { $0 >= start }), Set(field.axes.filter { $0 < start }))
            if inner.isEmpty || (!outer.isEmpty && partition == .heads) {
                // A masked channel is shifted, unless the shifts are masked too.
                made.append(changed(outer.isEmpty ? field : settled(field, on: outer), keepsZero: false))
                continue
            }
            let axis = inner.min() ?? start
            let row = inner.count == 1 ? settled(field, on: inner).spread(0, extent: shape[axis]) : field
            guard inner.count == 1, followed.insert(axis).inserted, hasVectors(node, along: axis, of: shape) else {
                hold([field], node)
                continue
            }
            mark(row, .init(statistic: node.name))
            unite(row, withVectorsOf: node, along: axis, of: shape)
            made.append(ChannelField(axis: axis, row.elements))
        }
        for name in node.inputs.dropFirst() where !name.isEmpty {
            let missing = shape.rank - self.shape(name).rank
            for axis in self.shape(name).dimensions.indices where !followed.contains(axis + missing) && isParameter(name) {
                sets.hold(channels(name, axis: axis, node), .node(node.name))
            }
        }
        return made
    }

    /// Whether scale and shift have a value for each index of an axis.
    private func hasVectors(_ node: Node, along axis: Int, of shape: Shape) -> Bool {
        node.inputs.dropFirst().allSatisfy { name in
            let own = axis - (shape.rank - self.shape(name).rank)
            return name.isEmpty || own >= 0 && self.shape(name)[own] == shape[axis]
        }
    }

    private mutating func unite(_ row: ChannelField, withVectorsOf node: Node, along axis: Int, of shape: Shape) {
        for name in node.inputs.dropFirst() where !name.isEmpty {
            sets.unite(row.elements, channels(name, axis: axis - (shape.rank - self.shape(name).rank), node))
        }
    }

    /// Sums over neighbouring channels.
    mutating func neighboursNormalized(_ node: Node) -> [ChannelField] {
        let made = held(data(node.inputs[0]), besides: { $0 == 1 }, node)
        for field in made { mark(field, .init(neighbours: node.name)) }
        return made
    }

    /// A scale for each index of an axis goes with it; one for all stays.
    mutating func coded(_ node: Node, _ code: LinearCode) -> [ChannelField] {
        let (data, rank) = (data(node.inputs[0]), shape(node.inputs[0]).rank)
        guard shape(node.inputs[1]).count > 1 else { return data }
        guard code.block == nil else { return wholeOutput(node) }
        let axis = code.axis < 0 ? code.axis + rank : code.axis
        guard !isOfBatch(shape(node.inputs[0])[axis]) else { return wholeOutput(node) }
        let row = row(node.inputs[0], axis: axis, node)
        for name in node.inputs.dropFirst() where !name.isEmpty { sets.unite(row.elements, channels(name, axis: 0, node)) }
        return data.filter { $0.place(of: axis) == nil } + [ChannelField(axis: axis, row.elements, loud: row.loud)]
    }

    /// Levels of the range of all channels, which is another one without some unless they are zero.
    mutating func ranged(_ node: Node, _ settings: DynamicQuantization) -> [ChannelField] {
        guard settings.result == .values else { return wholeOutput(node) }
        let made = data(node.inputs[0])
        for field in made where !field.loud.isEmpty { mark(field, .init(statistic: node.name)) }
        return made
    }

    /// Numbers of many along axes: what they are along the others stays, and along the reduced ones they mix channels.
    mutating func reduced(_ node: Node, _ reduction: Reduction) -> [ChannelField] {
        let rank = shape(node.inputs[0]).rank
        let gone = Set(reduction.axes.map { $0 < 0 ? $0 + rank : $0 })
        return data(node.inputs[0]).compactMap { field in
            let others = Set(field.axes).subtracting(gone)
            guard !others.isEmpty else {
                mixed(field, reduction.function, node)
                return nil
            }
            let kept = changed(settled(field, on: others), keepsZero: reduction.function.keepsZero)
            return reduction.keepsAxes ? kept : kept.transposed(Self.moved(kept, without: gone))
        }
    }

    /// A number of all channels: it is another one without some, unless it is a sum and they are zero.
    private mutating func mixed(_ field: ChannelField, _ function: Reduction.Function, _ node: Node) {
        guard !function.isSum || !field.loud.isEmpty else { return }
        mark(field, .init(statistic: node.name))
    }

    /// Where the axes of a field are without some before them.
    static func moved(_ field: ChannelField, without gone: Set<Int>) -> [Int: Int] {
        Dictionary(uniqueKeysWithValues: field.axes.map { axis in (axis, axis - gone.count { $0 < axis }) })
    }

    mutating func mark(_ field: ChannelField, _ reason: ChannelGroups.Inexactness) {
        for element in field.elements { sets.mark(element, reason) }
    }
}

extension Reduction.Function {
    /// Whether zeros give zero.
    fileprivate var keepsZero: Bool { self([0, 0]) == 0 }

    /// Whether a further zero changes nothing.
    fileprivate var isSum: Bool { [.sum, .l1, .l2, .sumOfSquares].contains(self) }
}
