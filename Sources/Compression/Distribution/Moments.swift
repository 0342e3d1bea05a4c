/// Count, sum and sum of squares of some weights.
public struct Moments: Hashable, Sendable {
    public var count: Int
    /// Σ w.
    public var sum: Double
    /// Σ w².
    public var sumOfSquares: Double

    public init(count: Int, sum: Double, sumOfSquares: Double) {
        self.count = count
        self.sum = sum
        self.sumOfSquares = sumOfSquares
    }
}

/// The same about a centre c, so that nothing cancels: Σ (w − c) and Σ (w − c)².
struct CentredMoments {
    var count = 0
    var first = 0.0
    var second = 0.0

    static func + (left: Self, right: Self) -> Self {
        Self(count: left.count + right.count, first: left.first + right.first, second: left.second + right.second)
    }

    static func - (left: Self, right: Self) -> Self {
        Self(count: left.count - right.count, first: left.first - right.first, second: left.second - right.second)
    }

    /// Σ (w − mean)².
    var squaredDeviations: Double { count == 0 ? 0 : max(0, second - first * first / Double(count)) }

    /// Σ (w − value)² for a value given relative to the centre.
    func squaredError(around value: Double) -> Double {
        guard count > 0 else { return 0 }
        let difference = first / Double(count) - value
        return squaredDeviations + Double(count) * difference * difference
    }

    func uncentred(_ centre: Double) -> Moments {
        let shift = Double(count) * centre
        return Moments(count: count, sum: first + shift, sumOfSquares: max(0, second + centre * (2 * first + shift)))
    }

    /// Unbiased (n − 1); 0 for n < 2.
    var standardDeviation: Double { count < 2 ? 0 : (squaredDeviations / Double(count - 1)).squareRoot() }
}
