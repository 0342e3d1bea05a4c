import Networks
import Tensors

/// Where the values of each node lie in one static array of floats, so that what is not read any more gives its place to others.
struct CBufferPlan {
    /// The first float of each value's place; nil for the network's input, which the caller owns.
    private(set) var offsets: [String: Int?] = [:]
    /// Floats of the array.
    private(set) var count = 0

    /// The values that only give another name or shape to what a node before them made.
    private var roots: [String: String] = [:]
    /// The last node that reads one of the values that lie at a root.
    private var lastOfRoots: [String: Int] = [:]
    private let network: Network

    /// - Parameter sizes: floats of one example in each value.
    init(_ network: Network, sizes: [String: Int]) {
        self.network = network
        put(network.input, at: network.input)
        for (index, node) in network.nodes.enumerated() { share(node, index) }
        place(sizes)
    }

    private mutating func share(_ node: Node, _ index: Int) {
        guard let output = node.outputs.first, let input = node.inputs.first, let root = roots[input] else { return }
        let isSamePlace =
            switch node.operation {
            case .reshape, .flatten, .identity, .dropout: true
            case .relu: root != network.input && roots[network.output] != root && !isRead(root, after: index)
            default: false
            }
        put(output, at: isSamePlace ? root : output)
    }

    private mutating func put(_ value: String, at root: String) {
        roots[value] = root
        lastOfRoots[root] = max(lastOfRoots[root, default: -1], network.index.readers(of: value).last ?? -1)
    }

    /// Whether a node after `index` reads a value that lies at `root`.
    private func isRead(_ root: String, after index: Int) -> Bool { lastOfRoots[root, default: -1] > index }

    private mutating func place(_ sizes: [String: Int]) {
        var last: [String: Int] = [:]
        for (index, node) in network.nodes.enumerated() {
            for value in node.inputs + node.outputs { if let root = roots[value] { last[root] = index } }
        }
        if let root = roots[network.output] { last[root] = network.nodes.count }
        var live: [(root: String, range: Range<Int>)] = []
        var places: [String: Int] = [:]
        for (index, node) in network.nodes.enumerated() {
            live.removeAll { last[$0.root, default: -1] < index }
            guard let output = node.outputs.first, roots[output] == output else { continue }
            let size = sizes[output, default: 0]
            var start = 0
            for other in live.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) where other.range.lowerBound < start + size {
                start = max(start, other.range.upperBound)
            }
            live.append((output, start..<start + size))
            places[output] = start
            count = max(count, start + size)
        }
        for (value, root) in roots { offsets[value] = .some(places[root]) }
    }
}
