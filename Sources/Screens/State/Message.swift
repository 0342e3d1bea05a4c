/// One line to the user: what happened and, where something went wrong, what to do next.
public struct Message: Hashable, Sendable {
    public enum Kind: Hashable, Sendable { case information, success, warning, error }

    public var kind: Kind
    public var text: String

    public init(_ text: String, kind: Kind = .information) {
        self.kind = kind
        self.text = text
    }

    /// How many messages are kept to be read again.
    static let kept = 200
}
