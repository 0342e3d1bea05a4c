import Tensors

/// Nodes between two values of one shape that only change the places of channels along an axis: Reshape, Transpose, Reshape (Zhang and others, 2018).
struct ChannelShuffle {
    /// Places of the nodes, ascending.
    let nodes: [Int]
    let axis: Int
    /// By index of the axis behind them, the one before them.
    let order: [Int]

    /// All of a network, found behind each node that cuts an axis of channels. Cost: O(nodes + extents of their axes).
    static func all(in finder: ChannelFinder) -> [ChannelShuffle] {
        let (network, index) = (finder.network, finder.network.index)
        return network.nodes.indices.compactMap { start in
            guard let source = network.nodes[start].inputs.first, let fields = finder.labels[source], fields.count == 1,
                fields[0].dims.count == 1, !finder.isOfBatch(finder.shape(source)[fields[0].dims[0].axis])
            else { return nil }
            let axis = fields[0].dims[0].axis
            let count = finder.shape(source)[axis]
            var field = ChannelField(axis: axis, Array(0..<count))
            var (place, value, chain) = (start, source, [Int]())
            while true {
                guard let next = finder.moved(field, by: network.nodes[place], from: value) else { return nil }
                chain.append(place)
                value = network.nodes[place].outputs[0]
                field = next
                if field.dims.count == 1, finder.shape(value) == finder.shape(source), field.dims == [.init(axis: axis, count: count)] {
                    return chain.count > 1 ? ChannelShuffle(nodes: chain, axis: axis, order: field.elements) : nil
                }
                guard field.dims.count > 1, index.readCount(of: value) == 1, let reader = index.readers(of: value).first else { return nil }
                place = reader
            }
        }
    }

    private init(nodes: [Int], axis: Int, order: [Int]) { (self.nodes, self.axis, self.order) = (nodes, axis, order) }
}

extension ChannelFinder {
    /// A field behind a node that only moves channels; nil for another node.
    func moved(_ field: ChannelField, by node: Node, from value: String) -> ChannelField? {
        guard node.inputs.first == value, let shape = node.outputs.first.map(shape) else { return nil }
        switch node.operation {
        case .reshape, .flatten, .squeeze, .unsqueeze: return ChannelReshape(from: self.shape(value), to: shape, [field]).fields[0]
        case .transpose(let permutation):
            return field.transposed(Dictionary(uniqueKeysWithValues: permutation.enumerated().map { ($0.element, $0.offset) }))
        case .identity: return field
        default: return nil
        }
    }

    /// Values inside shuffles.
    private var shuffled: Set<String> {
        Set(shuffles.flatMap { shuffle in shuffle.nodes.dropLast().map { network.nodes[$0].outputs[0] } })
    }

    /// Where axes that were one are put into another order, and not only for a shuffle, the longest one goes index by index.
    mutating func settleTransposed() {
        let shuffled = shuffled
        for node in network.nodes {
            guard case .transpose(let permutation) = node.operation, !shuffled.contains(node.outputs[0]), !shuffled.contains(node.inputs[0])
            else { continue }
            for field in labels[node.inputs[0]] ?? [] where field.dims.count > 1 {
                let order = permutation.filter { axis in field.place(of: axis) != nil }
                guard order != order.sorted(), !isSettled(field) else { continue }
                let longest = field.dims.max { ($0.count, $1.axis) < ($1.count, $0.axis) }
                _ = settled(field, on: [longest?.axis ?? 0])
            }
        }
    }

    /// Whether all of some dim belong together already.
    private mutating func isSettled(_ field: ChannelField) -> Bool {
        let tops = field.elements.map { sets.top($0) }
        return field.dims.indices.contains { place in
            let others = field.dims.indices.filter { $0 != place }
            var first: [Int: Int] = [:]
            return zip(field.places(along: others), tops).allSatisfy { home, top in
                if let known = first[home] { return known == top }
                first[home] = top
                return true
            }
        }
    }

    /// Where an axis was cut, what is left has to be as long in each part.
    mutating func keepBoxesEven() {
        let shuffled = shuffled
        for node in network.nodes {
            for name in node.outputs where !shuffled.contains(name) {
                for field in labels[name] ?? [] where field.dims.count > 1 { keepEven(field, node) }
            }
        }
    }

    private mutating func keepEven(_ field: ChannelField, _ node: Node) {
        var chunks = 1
        for (place, dim) in field.dims.dropLast().enumerated() {
            chunks *= dim.count
            // Channels of some parts and not of all: the same go in each part.
            if isMixed(field, chunks) { _ = settled(field, on: Set(field.axes.dropFirst(place + 1))) }
            keepEven(field.elements, chunks: chunks, goesWhole: true, node)
        }
    }

    private mutating func isMixed(_ field: ChannelField, _ chunks: Int) -> Bool {
        let length = field.elements.count / max(chunks, 1)
        let tops = (0..<chunks).map { chunk in Set(field.elements[chunk * length..<(chunk + 1) * length].map { sets.top($0) }) }
        let all = tops.reduce(Set()) { $0.union($1) }
        return !tops.allSatisfy { $0.count == 1 } && all.count < tops.reduce(0) { $0 + $1.count } && !tops.allSatisfy { $0 == all }
    }
}
