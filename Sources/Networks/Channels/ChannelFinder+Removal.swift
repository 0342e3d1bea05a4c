import Tensors

/// What a network's nodes are where some channels are gone.
struct ThinnedNodes {
    var nodes: [Node]
    /// By value, the shape for ``ChannelFinder/batch`` examples, where it is another one.
    var shapes: [String: Shape]
}

extension ChannelFinder {
    /// The nodes of a network with settings for what is left where these indices of parameters' axes are gone with their channels.
    ///
    /// Shuffles that could not be written for what is left become a Gather each. Cost: O(nodes + extents of their axes).
    static func thinned(
        _ network: Network, without gone: [ParameterAxis: Set<Int>], by partition: ChannelPartition
    ) throws(RemoveChannels.Failure) -> ThinnedNodes {
        var finder = following(network, by: partition)
        let tops = finder.sets(of: gone)
        var left = LeftChannels(finder, gone: tops)
        return try left.nodes()
    }

    /// What stands for the sets that indices belong to.
    private mutating func sets(of places: [ParameterAxis: Set<Int>]) -> Set<Int> {
        places.reduce(into: []) { found, place in
            guard let elements = sets.known(place.key) else { return }
            found.formUnion(place.value.map { sets.top(elements.lowerBound + $0) })
        }
    }
}

/// The channels that are left of a network, value by value.
private struct LeftChannels {
    private var finder: ChannelFinder
    private let gone: Set<Int>

    init(_ finder: ChannelFinder, gone: Set<Int>) { (self.finder, self.gone) = (finder, gone) }

    mutating func nodes() throws(RemoveChannels.Failure) -> ThinnedNodes {
        let (dropped, gathers) = shuffles()
        var made = ThinnedNodes(nodes: [], shapes: [:])
        for (place, node) in finder.network.nodes.enumerated() where !dropped.contains(place) {
            if let gather = gathers[place] {
                made.nodes.append(gather)
            } else {
                made.nodes.append(try thinned(node))
            }
            for name in node.outputs { made.shapes[name] = try shape(name, node) }
        }
        return made
    }

    // MARK: what is left

    private mutating func isLeft(_ field: ChannelField) -> [Bool] { field.elements.map { !gone.contains(finder.sets.top($0)) } }

    /// How long the dims of a field are; nil where what is left is no box.
    private mutating func box(_ field: ChannelField) -> [Int]? {
        let left = isLeft(field)
        return Self.box(left[...], field.dims.map(\.count)[...])
    }

    private static func box(_ left: ArraySlice<Bool>, _ counts: ArraySlice<Int>) -> [Int]? {
        guard counts.count > 1, let count = counts.first, count > 0 else { return [left.count { $0 }] }
        let length = left.count / count
        var (found, rows) = ([Int]?.none, 0)
        for row in 0..<count {
            let part = left[left.startIndex + row * length..<left.startIndex + (row + 1) * length]
            guard part.contains(true) else { continue }
            guard let box = box(part, counts.dropFirst()), found == nil || found == box else { return nil }
            (found, rows) = (box, rows + 1)
        }
        return found.map { [rows] + $0 } ?? [Int](repeating: 0, count: counts.count)
    }

    /// Whether the same indices are left everywhere along each dim, so that the dims may change their order.
    private mutating func isProduct(_ field: ChannelField) -> Bool {
        guard let box = box(field) else { return false }
        let left = isLeft(field)
        for place in field.dims.indices {
            let homes = field.places(along: [place])
            guard Set(zip(homes, left).lazy.filter(\.1).map(\.0)).count == box[place] else { return false }
        }
        return true
    }

    private mutating func shape(_ name: String, _ node: Node) throws(RemoveChannels.Failure) -> Shape {
        var shape = finder.shape(name)
        for field in finder.labels[name] ?? [] {
            guard let box = box(field) else { throw .uneven(node: node.name) }
            for (dim, count) in zip(field.dims, box) { shape[dim.axis] = shape[dim.axis] / max(dim.count, 1) * count }
        }
        return shape
    }

    /// By index of an axis, its place among those that are left, or nil; nil as a whole where all are.
    private mutating func positions(_ name: String, axis: Int) -> [Int?]? {
        guard let field = finder.labels[name]?.first(where: { $0.place(of: axis) != nil }), let place = field.place(of: axis) else {
            return nil
        }
        let left = isLeft(field)
        guard left.contains(false) else { return nil }
        var isUsed = [Bool](repeating: false, count: field.dims[place].count)
        for (home, isLeft) in zip(field.places(along: [place]), left) where isLeft { isUsed[home] = true }
        var next = 0
        return (0..<finder.shape(name)[axis]).map { index in
            guard isUsed[index / field.dims[place].run % isUsed.count] else { return nil }
            defer { next += 1 }
            return next
        }
    }

    // MARK: shuffles

    /// Nodes that go, and Gathers in the place of others, by their places.
    private mutating func shuffles() -> (dropped: Set<Int>, gathers: [Int: Node]) {
        var (dropped, gathers) = (Set<Int>(), [Int: Node]())
        for shuffle in finder.shuffles {
            let inner = shuffle.nodes.dropLast().flatMap { finder.labels[finder.network.nodes[$0].outputs[0]] ?? [] }
            let isFine = inner.allSatisfy { isProduct($0) }
            guard !isFine, let last = shuffle.nodes.last, let source = finder.network.nodes[shuffle.nodes[0]].inputs.first,
                let positions = positions(source, axis: shuffle.axis)
            else { continue }
            var node = finder.network.nodes[last]
            let indices = shuffle.order.compactMap { positions[$0] }
            node.operation = .gather(Gather(axis: shuffle.axis, indices: indices, shape: [indices.count]))
            node.inputs = [source]
            gathers[last] = node
            dropped.formUnion(shuffle.nodes.dropLast())
        }
        return (dropped, gathers)
    }

    // MARK: settings

    private mutating func thinned(_ node: Node) throws(RemoveChannels.Failure) -> Node {
        var node = node
        switch node.operation {
        case .reshape(let dimensions, let allowZero):
            let (old, new) = (finder.shape(node.outputs[0]), try shape(node.outputs[0], node))
            let stated = dimensions.enumerated().map { $1 > 0 && old[$0] == $1 ? new[$0] : $1 }
            node.operation = .reshape(dimensions: stated, allowZero: allowZero)
        case .convolution(var settings) where settings.groups > 1:
            settings.groups = try groups(node, of: settings.groups)
            node.operation = .convolution(settings)
        case .groupNormalization(let groups, let epsilon):
            node.operation = .groupNormalization(groups: try self.groups(node, of: groups), epsilon: epsilon)
        case .instanceNormalization:
            // Scale and shift stay.
            if (finder.labels[node.inputs[0]] ?? []).contains(where: { $0.dims.count > 1 }),
                try shape(node.inputs[0], node)[1] != finder.shape(node.inputs[0])[1]
            {
                throw .uneven(node: node.name)
            }
        case .slice(let slice): node.operation = try sliced(node, slice)
        case .gather(let gather): node.operation = try gathered(node, gather)
        case .pad(let padding): node.operation = .pad(padded(node, padding))
        case .expand(let dimensions):
            let (old, new) = (finder.shape(node.outputs[0]), try shape(node.outputs[0], node))
            let missing = old.rank - dimensions.count
            node.operation = .expand(dimensions: dimensions.enumerated().map { old[$0 + missing] == $1 && $1 > 1 ? new[$0 + missing] : $1 })
        case .transpose(let permutation):
            for field in finder.labels[node.inputs[0]] ?? [] where field.dims.count > 1 {
                let order = permutation.filter { field.place(of: $0) != nil }
                guard order == order.sorted() || isProduct(field) else { throw .uneven(node: node.name) }
            }
        default: break
        }
        return node
    }

    /// How many groups are left where each keeps as many channels, or none.
    private mutating func groups(_ node: Node, of groups: Int) throws(RemoveChannels.Failure) -> Int {
        var counts = Set<Int>()
        for name in [node.inputs[0], node.outputs[0]] {
            guard let field = finder.labels[name]?.first(where: { $0.place(of: 1) != nil }) else { return groups }
            let row = field.dims.count == 1 ? field.spread(0, extent: finder.shape(name)[1]) : field
            let left = isLeft(row)
            let length = left.count / max(groups, 1)
            let chunks = (0..<groups).map { chunk in left[chunk * length..<(chunk + 1) * length].count { $0 } }
            guard Set(chunks).subtracting([0]).count <= 1 else { throw .uneven(node: node.name) }
            counts.insert(chunks.count { $0 > 0 })
        }
        guard counts.count == 1, let count = counts.first else { throw .uneven(node: node.name) }
        return count
    }

    /// A slice of what is left; where no step gives its indices, a Gather of them.
    private mutating func sliced(_ node: Node, _ slice: Slice) throws(RemoveChannels.Failure) -> Networks.Operation {
        var slice = slice
        for (place, axis) in slice.axes.enumerated() {
            guard let positions = positions(node.inputs[0], axis: axis) else { continue }
            let chosen = slice.indices(at: place, of: positions.count).compactMap { positions[$0] }
            let step = chosen.count > 1 ? chosen[1] - chosen[0] : 1
            let isEven = zip(chosen, chosen.dropFirst()).allSatisfy { $1 - $0 == step }
            guard isEven, let first = chosen.first, let last = chosen.last, step != 0 else {
                guard slice.axes.count == 1, !chosen.isEmpty else { throw .uneven(node: node.name) }
                return .gather(Gather(axis: axis, indices: chosen, shape: [chosen.count]))
            }
            // An end before the first index is written from the far end.
            let end = last + step
            (slice.starts[place], slice.ends[place], slice.steps[place]) = (first, end < 0 ? -Int(Int32.max) : end, step)
        }
        return .slice(slice)
    }

    private mutating func gathered(_ node: Node, _ gather: Gather) throws(RemoveChannels.Failure) -> Networks.Operation {
        guard let positions = positions(node.inputs[0], axis: gather.axis) else { return .gather(gather) }
        var gather = gather
        gather.indices = gather.indices.compactMap { positions[$0] }
        let new = try shape(node.outputs[0], node).dimensions[gather.axis..<gather.axis + gather.shape.rank]
        gather.shape = Shape(Array(new))
        guard gather.shape.count == gather.indices.count else { throw .uneven(node: node.name) }
        return .gather(gather)
    }

    /// Channels of nothing that are gone are not put there.
    private mutating func padded(_ node: Node, _ padding: Padding) -> Padding {
        guard
            let field = finder.labels[node.outputs[0]]?.first(where: { field in
                field.dims.count == 1 && field.axes.contains { padding.pads[$0] != 0 || padding.pads[$0 + padding.pads.count / 2] != 0 }
            })
        else { return padding }
        var padding = padding
        let (axis, rank, left) = (field.dims[0].axis, padding.pads.count / 2, isLeft(field))
        padding.pads[axis] = left.prefix(padding.pads[axis]).count { $0 }
        padding.pads[axis + rank] = left.suffix(padding.pads[axis + rank]).count { $0 }
        return padding
    }
}
