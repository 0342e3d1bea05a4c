extension Network {
    /// The places of the nodes that a value depends on, ascending. Cost: O(nodes).
    public func nodesNeeded(for value: String) -> [Int] { nodesNeeded(for: [value]) }

    /// The same of several values together.
    public func nodesNeeded(for values: [String]) -> [Int] {
        let index = index
        var isNeeded = [Bool](repeating: false, count: nodes.count)
        var open = values.compactMap(index.maker)
        while let place = open.popLast() {
            guard !isNeeded[place] else { continue }
            isNeeded[place] = true
            open += nodes[place].inputs.compactMap(index.maker)
        }
        return nodes.indices.filter { isNeeded[$0] }
    }
}
