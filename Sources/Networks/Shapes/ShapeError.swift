/// A node whose inputs do not fit: what it needs, and what stands there.
public struct ShapeError: Error, Hashable, Sendable {
    /// The node's name.
    public var node: String
    /// The operator's name in ONNX.
    public var operation: String
    /// What the node needs, for example `[N, 20, H, W]`.
    public var expected: String
    /// What it was given.
    public var actual: String

    public init(node: String, operation: String, expected: String, actual: String) {
        self.node = node
        self.operation = operation
        self.expected = expected
        self.actual = actual
    }
}
