/// Which weights of one layer become zero, after everything that depends on other layers is settled.
public enum PruningRule: Codable, Hashable, Sendable {
    /// Nothing is pruned; zeros that the layer came with stay.
    case none
    /// |w| ≤ t becomes zero.
    case threshold(Double)
    /// Exactly this many zeros: the smallest magnitudes first, equal ones by index; `threshold` is the largest magnitude among them.
    case zeros(Int, threshold: Double)
    /// What a pattern leaves out: no threshold parts what stays from what goes.
    case pattern(PatternRule)

    /// t, for a screen; 0 where nothing is pruned, or a pattern prunes.
    public var threshold: Double {
        switch self {
        case .none, .pattern: 0
        case .threshold(let threshold): threshold
        case .zeros(_, let threshold): threshold
        }
    }
}
