/// Why a layer can't be compressed.
public enum CompressionError: Error, Hashable, Sendable {
    /// The weights, or the distribution that was made of them, don't fill the layer's shape.
    case countMismatch(weight: String, expected: Int, actual: Int)
    /// A number of the plan is out of range.
    case plan(PlanError)
    /// Factors that are nearest to outputs nobody gathered.
    case outputsMissing(weight: String)
    /// A layer that is fitted to inputs nobody gathered.
    case inputsMissing(weight: String)
    /// A bias that 8 bits can't hold.
    case biasNotFinite(name: String, index: Int)
}

extension CompressionError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .countMismatch(let weight, let expected, let actual): "\(weight) has \(actual) weights, not \(expected)"
        case .plan(let error): "\(error)"
        case .outputsMissing(let weight):
            "the factors of \(weight) are weighted by outputs on training examples, which were not gathered; take weighting plain"
        case .inputsMissing(let weight):
            "\(weight) is fitted to its inputs on training examples, which were not gathered; take 'fit: nearest'"
        case .biasNotFinite(let name, let index): "\(name) is not finite at index \(index)"
        }
    }
}
