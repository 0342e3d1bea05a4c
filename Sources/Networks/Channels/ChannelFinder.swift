import Tensors

/// Follows channels through a graph, node by node, and unites the axes that they run through.
///
/// Each value has, for the axes along which channels lie, an element for each index (``ChannelField``). What a node does to an axis that no rule
/// covers holds its channels fast: nothing passes unseen.
struct ChannelFinder {
    let network: Network
    /// Which of two partitions counts where an axis was cut in two and both are computed with: see ``ChannelPartition``.
    let partition: ChannelPartition
    var sets = ChannelSets()
    var labels: [String: [ChannelField]] = [:]
    /// Values whose channels nobody knows, and who hides them.
    var blind: [String: ChannelGroups.Obstacle] = [:]
    var evens: [EvenChunks] = []
    private(set) var shapes: [String: Shape] = [:]
    /// The place of the node that is looked at.
    private(set) var place = 0
    /// Channels that only change their places between two values.
    private(set) var shuffles: [ChannelShuffle] = []

    /// Examples in the batch that shapes are inferred with: a prime that no layer has by chance.
    static let batch = 10_007

    static func groups(of network: Network, by partition: ChannelPartition = .heads) -> ChannelGroups {
        var finder = following(network, by: partition)
        return finder.groups()
    }

    /// One that has gone through the whole graph.
    static func following(_ network: Network, by partition: ChannelPartition) -> ChannelFinder {
        var finder = ChannelFinder(network: network, partition: partition)
        for parameter in network.parameters.values { finder.shapes[parameter.name] = parameter.shape }
        for input in network.inputs { finder.add(input) }
        for (place, node) in network.nodes.enumerated() {
            finder.place = place
            finder.follow(node)
        }
        for output in network.outputs {
            for field in finder.labels[output.name] ?? [] { finder.sets.hold(field.elements, .output(output.name)) }
        }
        finder.shuffles = ChannelShuffle.all(in: finder)
        finder.settleTransposed()
        finder.keepBoxesEven()
        WorkCount.count(network.name, visits: network.nodes.count + finder.sets.count)
        return finder
    }

    private init(network: Network, partition: ChannelPartition) { (self.network, self.partition) = (network, partition) }

    private mutating func add(_ input: NetworkValue) {
        blind[input.name] = .input(input.name)
        let example = input.exampleShape
        guard example.rank > 0, example.dimensions.allSatisfy({ $0 > 0 }) else { return }
        shapes[input.name] = Shape([Self.batch] + example.dimensions)
    }

    private mutating func follow(_ node: Node) {
        let hidden = node.inputs.first { blind[$0] != nil }.flatMap { blind[$0] }
        guard node.isSupported, let name = node.outputs.first,
            let shape = (try? node.outputShape(shapes, batch: Self.batch)) ?? nil, shape.checkedCount != nil
        else {
            hold(all: node)
            for name in node.outputs { blind[name] = .node(node.name) }
            return
        }
        shapes[name] = shape
        let fields = fields(of: node, shape)
        labels[name] = fields
        if fields.isEmpty, blind[name] == nil { blind[name] = hidden }
    }

    func shape(_ name: String) -> Shape { shapes[name] ?? [] }

    func isParameter(_ name: String) -> Bool { network.parameters[name] != nil }

    /// Whether an axis so long has the examples on it.
    func isOfBatch(_ extent: Int) -> Bool { extent > 0 && extent % Self.batch == 0 }
}

extension ChannelFinder {
    /// Holds everything that a node reads.
    mutating func hold(all node: Node) {
        for name in node.inputs where !name.isEmpty {
            hold(labels[name] ?? [], node)
            guard let shape = network.parameters[name]?.shape else { continue }
            for axis in shape.dimensions.indices { sets.hold(sets.elements(of: name, axis: axis, count: shape[axis]), .node(node.name)) }
        }
    }

    mutating func hold(_ fields: [ChannelField], _ node: Node) {
        for field in fields { sets.hold(field.elements, .node(node.name)) }
    }

    /// Nothing is known of what comes out.
    mutating func wholeOutput(_ node: Node) -> [ChannelField] {
        hold(all: node)
        for name in node.outputs { blind[name] = .node(node.name) }
        return []
    }

    /// What is known of a value; of a parameter each axis of more than one index by itself.
    mutating func data(_ name: String) -> [ChannelField] {
        guard isParameter(name) else { return labels[name] ?? [] }
        let shape = shape(name)
        return shape.dimensions.indices.filter { shape[$0] > 1 }.map {
            ChannelField(axis: $0, sets.elements(of: name, axis: $0, count: shape[$0]))
        }
    }

    /// The channels of a value or parameter along an axis; where nobody told of any, new ones that are held.
    mutating func row(_ name: String, axis: Int, _ node: Node) -> ChannelField {
        let extent = shape(name)[axis]
        if isParameter(name) { return ChannelField(axis: axis, sets.elements(of: name, axis: axis, count: extent)) }
        if let field = labels[name]?.first(where: { $0.place(of: axis) != nil }) {
            return settled(field, on: [axis]).spread(0, extent: extent)
        }
        let new = heldRow(name, axis: axis, node)
        labels[name, default: []].append(new)
        return new
    }

    /// New channels that are held by who hides what stands there.
    mutating func heldRow(_ name: String, axis: Int, _ node: Node) -> ChannelField {
        let new = Array(sets.make(shape(name)[axis]))
        sets.hold(new, blind[name] ?? .node(node.name))
        return ChannelField(axis: axis, new)
    }

    /// The elements of ``row(_:axis:_:)``.
    mutating func channels(_ name: String, axis: Int, _ node: Node) -> [Int] { row(name, axis: axis, node).elements }

    /// A field along some of its axes: of the others only all can go.
    mutating func settled(_ field: ChannelField, on axes: Set<Int>) -> ChannelField {
        let kept = field.dims.indices.filter { axes.contains(field.dims[$0].axis) }
        guard kept.count < field.dims.count, !kept.isEmpty else { return field }
        let dims = kept.map { field.dims[$0] }
        var first = [Int](repeating: -1, count: dims.reduce(1) { $0 * $1.count })
        var loud = [Int](repeating: -1, count: first.count)
        for (index, place) in field.places(along: kept).enumerated() {
            if first[place] < 0 { first[place] = field.elements[index] } else { sets.unite(first[place], field.elements[index]) }
            loud[place] = max(loud[place], field.loudness(index))
        }
        return ChannelField(dims: dims, elements: first, loud: loud)
    }

    /// Channels that a product sums over: one that still has something where it should be zero would be missed.
    mutating func read(_ data: ChannelField, by readers: [Int]) {
        sets.unite(data.elements, readers)
        guard !data.loud.isEmpty else { return }
        for (index, element) in data.elements.enumerated() where data.loudness(index) >= 0 {
            sets.mark(element, ChannelGroups.Inexactness(constant: network.nodes[data.loudness(index)].name))
        }
    }

    /// As many have to go of each of so many chunks, or whole ones where these may go by themselves.
    mutating func keepEven(_ elements: [Int], chunks: Int, goesWhole: Bool, _ node: Node) {
        guard chunks > 1, elements.count % chunks == 0 else { return }
        let length = elements.count / chunks
        let parts = (0..<chunks).map { Array(elements[$0 * length..<($0 + 1) * length]) }
        evens.append(EvenChunks(node: node.name, chunks: parts, goesWhole: goesWhole))
    }
}

/// Chunks of which as many channels have to go of each.
struct EvenChunks {
    /// Who asks for it.
    let node: String
    let chunks: [[Int]]
    /// Whether a whole chunk may go by itself.
    let goesWhole: Bool
}
