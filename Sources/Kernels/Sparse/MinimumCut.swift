/// The cheapest way to give every node one of two sides, where some edges cost when they are cut (Ford and Fulkerson, 1956; shortest ways
/// first: Edmonds and Karp, 1972).
package struct MinimumCut {
    private struct Edge {
        var target: Int
        var left: Int
    }

    /// No way around it.
    package static let never = Int.max / 4

    private let count: Int
    private var edges: [Edge] = []
    private var leaving: [[Int]]

    /// Nodes 0 ..< `count`.
    package init(count: Int) {
        self.count = count
        leaving = Array(repeating: [], count: count + 2)
    }

    /// What a node costs on the first side and on the second.
    package mutating func add(node: Int, first: Int, second: Int) {
        connect(node, count + 1, first, 0)
        connect(count, node, second, 0)
    }

    /// What it costs that `a` is on the first side and `b` on the second, and the other way round.
    package mutating func add(_ a: Int, _ b: Int, _ forth: Int, _ back: Int) { connect(a, b, forth, back) }

    private mutating func connect(_ from: Int, _ to: Int, _ forth: Int, _ back: Int) {
        leaving[from].append(edges.count)
        edges.append(Edge(target: to, left: forth))
        leaving[to].append(edges.count)
        edges.append(Edge(target: from, left: back))
    }

    /// Whether each node is on the second side; on the first where both cost the same. Cost: O(nodes · edges²) at worst.
    package func seconds() -> [Bool] {
        var cut = self
        while cut.augment() {}
        return cut.reachingEnd()
    }

    /// Sends as much as fits along a shortest way; false where there is none.
    private mutating func augment() -> Bool {
        var arrivedBy = [Int?](repeating: nil, count: count + 2)
        var queue = [count]
        var next = 0
        while next < queue.count, arrivedBy[count + 1] == nil {
            let node = queue[next]
            next += 1
            for edge in leaving[node] where edges[edge].left > 0 {
                let target = edges[edge].target
                guard target != count, arrivedBy[target] == nil else { continue }
                arrivedBy[target] = edge
                queue.append(target)
            }
        }
        var way: [Int] = []
        var node = count + 1
        while node != count {
            guard let edge = arrivedBy[node] else { return false }
            way.append(edge)
            node = edges[edge ^ 1].target
        }
        let amount = way.map { edges[$0].left }.min() ?? 0
        for edge in way {
            edges[edge].left -= amount
            edges[edge ^ 1].left += amount
        }
        return true
    }

    /// The nodes from which the end can still be reached.
    private func reachingEnd() -> [Bool] {
        var found = [Bool](repeating: false, count: count + 2)
        var stack = [count + 1]
        found[count + 1] = true
        while let node = stack.popLast() {
            for edge in leaving[node] where edges[edge ^ 1].left > 0 && !found[edges[edge].target] {
                found[edges[edge].target] = true
                stack.append(edges[edge].target)
            }
        }
        return Array(found[..<count])
    }
}
