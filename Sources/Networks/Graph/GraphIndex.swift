/// Who makes and who reads each value of a graph.
///
/// Places are those of the nodes that it was made of. ``Network/index`` has that of a network, found once for each state of its graph.
public struct GraphIndex: Sendable {
    private struct Readers: Sendable {
        /// Places, ascending, each once.
        var nodes: [Int] = []
        /// Inputs of nodes, and outputs of the network.
        var count = 0
    }

    private var makers: [String: Int] = [:]
    private var readers: [String: Readers] = [:]

    /// Of the nodes at some places, ascending. Cost: O(nodes).
    public init(_ nodes: [Node], at places: some Sequence<Int>, outputs: [String]) {
        for place in places {
            for name in nodes[place].inputs where !name.isEmpty { read(name, at: place) }
            for name in nodes[place].outputs where !name.isEmpty { makers[name] = place }
        }
        for name in outputs { readers[name, default: Readers()].count += 1 }
    }

    private mutating func read(_ name: String, at place: Int) {
        if readers[name]?.nodes.last != place { readers[name, default: Readers()].nodes.append(place) }
        readers[name]?.count += 1
    }

    /// The place of the node that makes a value; nil for inputs and parameters.
    public func maker(of value: String) -> Int? { makers[value] }

    /// The places of the nodes that read a value or parameter, ascending, each once.
    public func readers(of value: String) -> [Int] { readers[value]?.nodes ?? [] }

    /// How often a value or parameter is read: by inputs of nodes, and as an output of the network.
    public func readCount(of value: String) -> Int { readers[value]?.count ?? 0 }
}
