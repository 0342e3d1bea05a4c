/// How far the squared error of shared values is from the least possible one: their quotient, at least 1.
public struct OptimumDistance: Hashable, Sendable {
    /// Nil where the optimum is not known, or where it has no error and the values have one.
    public var ratio: Double?
    /// Where the optimum is not known: the ratio is at most this.
    public var bound: Double?

    public init(ratio: Double? = nil, bound: Double? = nil) {
        self.ratio = ratio
        self.bound = bound
    }

    /// Of a codebook from one that ``Centroids/optimal(_:k:exactValues:)`` found over the same survivors.
    public init(of codebook: SharedCodebook, from optimum: SharedCodebook) {
        let ratio = max(1, codebook.squaredError / optimum.squaredError)
        switch optimum.origin {
        case _ where codebook.squaredError <= 0: self.init(ratio: 1)
        case .nearOptimal(let bound): self.init(bound: bound.map { $0 * codebook.squaredError / optimum.squaredError }.map { max(1, $0) })
        default: self.init(ratio: optimum.squaredError > 0 ? ratio : nil)
        }
    }
}
