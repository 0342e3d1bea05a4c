import Tensors

/// Follows channels through a graph, node by node, and unites the axes that they run through.
///
/// Each value has, for the axes along which channels lie, an element for each index. What a node does to an axis that no rule covers holds its
/// channels fast: nothing passes unseen.
struct ChannelFinder {
    let network: Network
    var sets = ChannelSets()
    /// By value and axis.
    var labels: [String: [Int: [Int]]] = [:]
    private(set) var shapes: [String: Shape] = [:]

    /// Examples in the batch that shapes are inferred with: a prime that no layer has by chance.
    private static let batch = 10_007

    static func groups(of network: Network) -> ChannelGroups {
        var finder = following(network)
        return ChannelGroups(finder.sets.groups())
    }

    /// One that has gone through the whole graph.
    static func following(_ network: Network) -> ChannelFinder {
        var finder = ChannelFinder(network: network)
        for parameter in network.parameters.values { finder.shapes[parameter.name] = parameter.shape }
        for input in network.inputs { finder.add(input) }
        for node in network.nodes { finder.follow(node) }
        for output in network.outputs {
            for elements in (finder.labels[output.name] ?? [:]).values { finder.sets.hold(elements, .output(output.name)) }
        }
        return finder
    }

    private init(network: Network) { self.network = network }

    private mutating func add(_ input: NetworkValue) {
        let example = input.exampleShape
        guard example.rank > 0, example.dimensions.allSatisfy({ $0 > 0 }) else { return }
        shapes[input.name] = Shape([Self.batch] + example.dimensions)
    }

    private mutating func follow(_ node: Node) {
        guard node.isSupported, let name = node.outputs.first,
            let shape = (try? node.outputShape(shapes, batch: Self.batch)) ?? nil, shape.checkedCount != nil
        else { return hold(all: node) }
        shapes[name] = shape
        labels[name] = labels(of: node, shape)
    }

    func shape(_ name: String) -> Shape { shapes[name] ?? [] }

    func isParameter(_ name: String) -> Bool { network.parameters[name] != nil }

    /// Holds everything that a node reads.
    mutating func hold(all node: Node) {
        for name in node.inputs where !name.isEmpty {
            hold(labels[name] ?? [:], node)
            guard let shape = network.parameters[name]?.shape else { continue }
            for axis in shape.dimensions.indices { sets.hold(sets.elements(of: name, axis: axis, count: shape[axis]), .node(node.name)) }
        }
    }

    mutating func hold(_ labels: [Int: [Int]], _ node: Node) {
        for elements in labels.values { sets.hold(elements, .node(node.name)) }
    }

    /// The channels of a value or parameter along an axis; where nobody told of any, new ones that are held.
    mutating func channels(_ name: String, axis: Int, _ node: Node) -> [Int] {
        let count = shape(name)[axis]
        if isParameter(name) { return sets.elements(of: name, axis: axis, count: count) }
        if let known = labels[name]?[axis] { return known }
        let new = Array(sets.make(count))
        sets.hold(new, network.inputs.contains { $0.name == name } ? .input(name) : .node(node.name))
        labels[name, default: [:]][axis] = new
        return new
    }
}
