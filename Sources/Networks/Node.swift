/// One operation of the graph, with the names of the values it reads and makes.
public struct Node: Hashable, Sendable {
    /// Unique in the network; made from operator and position where the file gives none.
    public var name: String
    public var operation: Operation
    /// Names of activations or parameters; an optional input that is left out is the empty string.
    public var inputs: [String]
    public var outputs: [String]

    public init(name: String, operation: Operation, inputs: [String], outputs: [String]) {
        self.name = name
        self.operation = operation
        self.inputs = inputs
        self.outputs = outputs
    }

    /// Whether Pare can run it.
    public var isSupported: Bool { if case .unsupported = operation { false } else { true } }

    /// Whether it finds a range that other programs would take from the whole batch.
    public var isRangedByExample: Bool { if case .dynamicQuantization(let settings) = operation { settings.axis != nil } else { false } }
}
