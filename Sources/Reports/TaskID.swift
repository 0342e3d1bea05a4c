/// What a background task does: a word of its own for each kind, which sessions keep.
public struct TaskKind: RawRepresentable, Codable, Hashable, Sendable {
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }
}

/// Names a background task: its kind, and which one of the kind it is.
public struct TaskID: Codable, Hashable, Sendable {
    public var kind: TaskKind
    public var name: String

    public init(_ kind: TaskKind, _ name: String = "") {
        self.kind = kind
        self.name = name
    }
}

/// How far a background task is: `temperature × bits: 3 of 12 cells`.
public struct TaskProgress: Codable, Hashable, Sendable {
    /// What is done.
    public var title: String
    /// What is counted, as one of them is called.
    public var unit: String
    public var done: Int
    public var total: Int

    public init(_ title: String, unit: String, done: Int, of total: Int) {
        self.title = title
        self.unit = unit
        self.done = done
        self.total = total
    }
}
