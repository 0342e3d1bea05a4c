/// Which nodes read each value of a graph, found once.
struct GraphIndex {
    private let readers: [String: [Int]]

    /// Cost: O(nodes).
    init(_ network: Network) {
        WorkCount.count(network.name, visits: network.nodes.count)
        var readers: [String: [Int]] = [:]
        for (index, node) in network.nodes.enumerated() {
            for value in node.inputs where readers[value]?.last != index { readers[value, default: []].append(index) }
        }
        self.readers = readers
    }

    /// The places of the nodes that read a value, in their order, each once.
    func readers(of value: String) -> [Int] { readers[value] ?? [] }
}
