/// What there is to say of the values that weights share: words around a figure, which each reader writes in its own way.
public struct CodeFact: Sendable {
    public enum Figure: Sendable {
        case none
        case count(Int, of: String)
        /// So many of at most so many.
        case share(Int, of: Int)
        case number(Double)
        case bytes(Int)
        /// Of this many cells, which the word names.
        case scales([Double], over: String)
        /// The squared error over that of the optimum, or over that of a histogram with so many bins.
        case optimum(Double, bins: Int?)
        /// At most so many times the optimum.
        case bound(Double)
    }

    public let before: String
    public let figure: Figure
    public let after: String

    init(_ before: String = "", _ figure: Figure = .none, _ after: String = "") {
        (self.before, self.figure, self.after) = (before, figure, after)
    }
}
