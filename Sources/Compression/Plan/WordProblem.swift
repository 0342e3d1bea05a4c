import Networks

/// A typed word that can't be read: what is wrong with it.
public struct WordProblem: Error, Hashable, Sendable, CustomStringConvertible {
    public var word: String
    /// Behind the word: `is no module; near: fire`.
    public var reason: String

    public init(_ word: some StringProtocol, _ reason: String) { (self.word, self.reason) = (String(word), reason) }

    /// A word that is none of those known: the nearest ones come first, then all of them.
    public init(_ word: some StringProtocol, isNo kind: String, known: [String], all: String) {
        let near = NearNames.of(String(word), among: known)
        let nearest = near.isEmpty ? "" : "did you mean \(near.joined(separator: " or "))? "
        self.init(word, "is no \(kind); \(nearest)there are \(all)")
    }

    /// A sentence without its full stop.
    public var description: String { "'\(word)' \(reason)" }
}
