/// Where the session stands, as the header shows it.
public struct SessionStatus: Hashable, Sendable {
    public var name: String
    public var isReadOnly: Bool
    /// The number of the last change that was handed to the writer, and of the last one that it confirmed.
    public var handed: UInt64 = 0
    public var written: UInt64 = 0
    /// Why the last change could not be written.
    public var failure: String?

    public init(name: String, isReadOnly: Bool = false) {
        self.name = name
        self.isReadOnly = isReadOnly
    }

    /// `saved`, `saving`, `read-only` or `not saved`.
    public var word: String {
        if failure != nil { return "not saved" }
        if isReadOnly { return "read-only" }
        return handed == written ? "saved" : "saving"
    }
}
