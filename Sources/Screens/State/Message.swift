/// One line to the user: what happened and, where something went wrong, what to do next.
public struct Message: Hashable, Sendable {
    public enum Kind: Hashable, Sendable { case information, success, warning, error }

    public var kind: Kind
    public var text: String

    public init(_ text: String, kind: Kind = .information) {
        self.kind = kind
        self.text = text
    }

    /// Whether it should not be overlooked.
    var isOfTrouble: Bool { kind == .warning || kind == .error }

    /// How many messages are kept to be read again.
    static let kept = 200

    /// Sentences about parts of a plan or schedule that have no effect, and how many there are where these are several.
    public static func idle(_ sentences: [String], in file: String) -> [Message] {
        let all = sentences.map { Message($0, kind: .warning) }
        return all.count < 2 ? all : all + [Message("\(all.count) parts of \(file) have no effect; M lists them", kind: .warning)]
    }
}
