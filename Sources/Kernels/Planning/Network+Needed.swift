import Networks

extension Network {
    /// The nodes that `name` depends on, in order. Cost: O(nodes).
    func nodesNeeded(for name: String) -> [Int] {
        var wanted: Set = [name]
        var needed: [Int] = []
        for index in nodes.indices.reversed() where nodes[index].outputs.contains(where: wanted.contains) {
            wanted.formUnion(nodes[index].inputs)
            needed.append(index)
        }
        return needed.reversed()
    }
}
