import Reports

/// A background task of a session: how far it was, and what it goes on from.
public struct KeptTask: Codable, Hashable, Sendable {
    public var id: TaskID
    public var progress: TaskProgress?
    /// Whether it has not ended: it runs, or the program ended first.
    public var isOpen: Bool
    /// What the task itself keeps, as JSON.
    var state: String

    /// What the task itself keeps; nil where that is damaged.
    public func state<State: Decodable>(as type: State.Type = State.self) -> State? {
        try? SessionFile.decode(type, from: state, path: "", what: "")
    }

    /// How far it was, as one reads it at the next opening.
    public var sentence: String {
        guard let progress else { return "\(id.kind.rawValue) was cut off" }
        return "\(progress.title): \(progress.done) of \(progress.total) \(progress.unit)s done when the program ended"
    }
}
