/// The weights of a layer in ascending order, as far as searches need them: sorted one by one, or counted by their values.
protocol OrderedWeights: AnyObject, Sendable {
    var count: Int { get }
    /// What the sums are about.
    var centre: Double { get }
    /// The weight at a rank; the middle of its bin where values are only known by bins.
    subscript(rank: Int) -> Float { get }
    /// Weights ≤ `limit`. Cost: O(log n).
    func rank(notAbove limit: Float) -> Int
    /// Count, Σ (w − centre) and Σ (w − centre)² over a range of ranks.
    func moments(_ ranks: Range<Int>) -> CentredMoments
    /// Σ (w − value)² over a range.
    func squaredError(_ ranks: Range<Int>, around value: Double) -> Double
}

extension OrderedWeights {
    /// Weights < `limit`.
    func rank(below limit: Float) -> Int { rank(notAbove: limit.nextDown) }
}
