/// The order in which the nodes of a graph can run.
enum GraphOrder {
    /// Indices of nodes so that each stands after those whose values it reads; the given order where it is one.
    ///
    /// - Parameter predecessors: for each node the nodes whose outputs it reads.
    /// - Throws: the nodes of one cycle, in the order in which they read each other.
    ///
    /// Kahn, 1962. Cost: O(nodes + edges).
    static func sorted(predecessors: [[Int]]) throws(GraphCycle) -> [Int] {
        if predecessors.indices.allSatisfy({ node in predecessors[node].allSatisfy { $0 < node } }) {
            return Array(predecessors.indices)
        }
        var successors = [[Int]](repeating: [], count: predecessors.count)
        for (node, sources) in predecessors.enumerated() { for source in sources { successors[source].append(node) } }
        var waiting = predecessors.map(\.count)
        var order = waiting.indices.filter { waiting[$0] == 0 }
        var next = 0
        while next < order.count {
            for successor in successors[order[next]] {
                waiting[successor] -= 1
                if waiting[successor] == 0 { order.append(successor) }
            }
            next += 1
        }
        guard order.count == predecessors.count else { throw cycle(predecessors, waiting) }
        return order
    }

    /// Walks back from a node that never ran, only over such nodes, until one comes again.
    private static func cycle(_ predecessors: [[Int]], _ waiting: [Int]) -> GraphCycle {
        var path: [Int] = []
        var place: [Int: Int] = [:]
        var current = waiting.firstIndex { $0 > 0 }
        while let node = current {
            if let start = place[node] { return GraphCycle(nodes: path[start...].reversed()) }
            place[node] = path.count
            path.append(node)
            current = predecessors[node].first { waiting[$0] > 0 }
        }
        return GraphCycle(nodes: path)
    }
}

/// Nodes that wait for each other.
struct GraphCycle: Error, Equatable {
    var nodes: [Int]
}
