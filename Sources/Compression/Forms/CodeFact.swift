/// Something to say of the values that weights share: words and figures, which each reader writes in its own way.
public enum CodeFact: Sendable {
    case words(String)
    case count(Int, of: String, before: String = "", after: String = "")
    /// So many of at most so many.
    case share(Int, of: Int, _ after: String)
    case number(_ before: String, Double)
    /// Of 1, shown in per cent.
    case fraction(_ before: String, Double)
    case bytes(_ before: String, Int)
    /// Of this many cells, which the word names.
    case scales(_ before: String, [Double], over: String)
    /// The squared error over that of the optimum, or over that of a histogram with so many bins.
    case optimum(Double, bins: Int?)
    /// At most so many times the optimum.
    case bound(_ before: String, Double)
}
