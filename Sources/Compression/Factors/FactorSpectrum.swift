import Networks

/// The singular values that factors of a layer's weights are read off, those of its groups together.
///
/// Under ``FactorMethod/tucker`` they are those of both unfoldings, of the inputs and of the outputs, each as if the other rank were the largest.
public struct FactorSpectrum: Hashable, Sendable {
    public let method: FactorMethod
    /// Of each rank √Σσ² over the groups, by falling size: as many lists as the method has ranks.
    public let values: [[Double]]
    /// Σw².
    let energy: Double

    init(_ method: FactorMethod, squares: [[Double]], energy: Double) {
        (self.method, self.energy) = (method, energy)
        values = squares.map { $0.map { $0.squareRoot() } }
    }

    /// The share of Σw² that such ranks keep; of ``FactorMethod/tucker`` no less than what both unfoldings leave (De Lathauwer, De Moor and
    /// Vandewalle 2000). Nil of zeros. Cost: O(ranks).
    public func keptEnergy(_ factorization: Factorization) -> Double? {
        guard energy > 0, factorization.ranks.count == values.count else { return nil }
        let dropped = zip(values, factorization.ranks).reduce(0) { $0 + $1.0.dropFirst($1.1).reduce(0) { $0 + $1 * $1 } }
        return max(0, 1 - dropped / energy)
    }
}
