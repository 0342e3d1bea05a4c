import Networks
import Tensors

extension GraphReader {
    /// The nodes in an order in which they can run. Throws for values made twice or never, and for cycles.
    func order() throws(FormatError) -> [Int] {
        let makers = try makers()
        let known = Set(constants.keys).union(graph.input.map(\.name))
        var predecessors: [[Int]] = []
        for (index, node) in graph.node.enumerated() {
            var sources: [Int] = []
            sources += node.captured.compactMap { makers[$0] }
            for value in node.input where !value.isEmpty {
                if let maker = makers[value] {
                    sources.append(maker)
                } else if !known.contains(value) {
                    throw failure(
                        .missing, "node \(label(index))", "an initializer, input or node that gives \(quoted(value))", "none",
                        cure: "Save the network again with its weights.")
                }
            }
            predecessors.append(sources)
        }
        do {
            return try GraphOrder.sorted(predecessors: predecessors)
        } catch {
            let names = error.nodes.map { label($0) }.prefix(8).joined(separator: " → ")
            throw failure(.cycle, "graph", "nodes that can run one after the other", "a cycle of \(error.nodes.count): \(names)")
        }
    }

    /// Which node makes each value.
    private func makers() throws(FormatError) -> [String: Int] {
        var makers: [String: Int] = [:]
        for (index, node) in graph.node.enumerated() {
            for value in node.output where !value.isEmpty {
                // A skeleton names what is computed from fixed inputs as a parameter too.
                let isTaken = constants[value] != nil && given[value] == nil || inputNames.contains(value)
                guard !isTaken, makers.updateValue(index, forKey: value) == nil else {
                    throw failure(.duplicate, "node \(label(index))", "an output of its own", "\(quoted(value)), which exists already")
                }
            }
        }
        return makers
    }

    /// How messages name a node: by its name, or by operator and position.
    func label(_ index: Int) -> String { label(graph.node[index], index) }

    /// The same of a node that is being read.
    func label(_ node: ONNXNodeProto) -> String { label(node, position) }

    private func label(_ node: ONNXNodeProto, _ index: Int) -> String {
        node.name.isEmpty ? "\(quoted(node.opType)) number \(index + 1)" : quoted(node.name)
    }
}
