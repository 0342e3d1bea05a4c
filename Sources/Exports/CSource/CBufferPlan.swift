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
    private let sizes: [String: Int]

    /// - Parameter sizes: floats of one example in each value.
    init(_ network: Network, sizes: [String: Int]) {
        (self.network, self.sizes) = (network, sizes)
        put(network.input, at: network.input)
        for (index, node) in network.nodes.enumerated() { share(node, index) }
        place()
    }

    private mutating func share(_ node: Node, _ index: Int) {
        for (place, output) in node.outputs.enumerated() where !output.isEmpty {
            put(output, at: place == 0 ? sharedRoot(node, index) ?? output : output)
        }
    }

    /// Where the input lies that a node's result may take the place of.
    private func sharedRoot(_ node: Node, _ index: Int) -> String? {
        guard let input = node.inputs.first, let root = roots[input] else { return nil }
        if node.operation.isView { return root }
        guard root != network.input, !isRead(root, after: index), Self.worksInPlace(node.operation) else { return nil }
        // Another operand in the same place would be read after it is written, unless it goes on in the same steps.
        let others = node.inputs.dropFirst().filter { roots[$0] == root }
        if case .variadic = node.operation, node.inputs.count > 2, !others.isEmpty { return nil }
        guard sizes[input] == node.outputs.first.flatMap({ sizes[$0] }), others.allSatisfy({ sizes[$0] == sizes[input] }) else {
            return nil
        }
        return root
    }

    /// Whether each result depends on the value that stands in its place, and on none that is written before.
    private static func worksInPlace(_ operation: Operation) -> Bool {
        switch operation {
        case .unary, .binary, .batchNormalization, .softmax, .logSoftmax, .quantizeLinear, .dequantizeLinear: true
        case .variadic(let function): function != .mean
        default: false
        }
    }

    private mutating func put(_ value: String, at root: String) {
        roots[value] = root
        lastOfRoots[root] = max(lastOfRoots[root, default: -1], network.index.readers(of: value).last ?? -1)
    }

    /// Whether a node after `index` reads a value that lies at `root`.
    private func isRead(_ root: String, after index: Int) -> Bool { lastOfRoots[root, default: -1] > index }

    private mutating func place() {
        var last: [String: Int] = [:]
        for (index, node) in network.nodes.enumerated() {
            for value in node.inputs + node.outputs { if let root = roots[value] { last[root] = index } }
        }
        var live: [(root: String, range: Range<Int>)] = []
        var places: [String: Int] = [:]
        for (index, node) in network.nodes.enumerated() {
            live.removeAll { last[$0.root, default: -1] < index }
            for output in node.outputs where roots[output] == output {
                let size = sizes[output, default: 0]
                var start = 0
                for other in live.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) where other.range.lowerBound < start + size {
                    start = max(start, other.range.upperBound)
                }
                live.append((output, start..<start + size))
                places[output] = start
                count = max(count, start + size)
            }
        }
        for (value, root) in roots { offsets[value] = .some(places[root]) }
    }
}
