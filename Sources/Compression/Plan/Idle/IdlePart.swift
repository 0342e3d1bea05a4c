/// A part of a plan or schedule that changes nothing, and what helps.
public struct IdlePart: Hashable, Sendable {
    /// Where it stands, as messages name keys: `conv2.factors.outputRank`.
    public var key: String
    public var reason: IdleReason

    public init(_ key: String, _ reason: IdleReason) { (self.key, self.reason) = (key, reason) }
}

extension IdlePart: CustomStringConvertible {
    /// One sentence without its full stop: the key, why, and what helps.
    public var description: String { "\(key) has no effect: \(reason.text); \(reason.cure)" }
}

/// Why a part of a plan changes nothing, and what helps.
public struct IdleReason: Hashable, Sendable {
    public var text: String
    public var cure: String

    public init(_ text: String, cure: String = "leave it out") { (self.text, self.cure) = (text, cure) }

    static let nothingPruned = IdleReason("nothing is pruned", cure: "give it a ratio or a level above 0, or leave it out")
}
