import Tensors

/// How a graph is run that has no axis for examples, or that mixes what lies along its first one: its whole input is one example, and it runs at a batch
/// of 1, as the file has it.
public struct WholeExample: Hashable, Sendable {
    /// The input as the graph reads it.
    public var input: Shape
    /// Values of the graph that the network has under another shape, with the names of both: what the file calls `x` is `x_whole` to the nodes.
    public var views: [String: String]

    public init(input: Shape, views: [String: String]) { (self.input, self.views) = (input, views) }

    /// Whether a node only stands between a value of the graph and the network's.
    public func isView(_ node: Node) -> Bool {
        guard let input = node.inputs.first, let output = node.outputs.first, node.operation.isView else { return false }
        return views[output] == input || views[input] == output
    }
}

extension Network {
    /// As many examples at once as asked for, or one.
    public func batch(_ size: Int) -> Int { whole == nil ? size : min(size, 1) }

    /// Throws where examples can't be run side by side.
    func checkBatch(_ size: Int) throws(ShapeError) {
        guard whole != nil, size != 1 else { return }
        throw ShapeError(node: input, operation: "input", expected: "one example at a time", actual: "\(size)")
    }
}
