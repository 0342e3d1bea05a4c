import Tensors

/// The weights that a threshold leaves: two ranges of the sorted weights, below −t and above t.
public struct Survivors: Sendable {
    public let distribution: WeightDistribution
    /// The largest |w| that may be pruned.
    public let threshold: Double
    /// How many weights are pruned.
    public let zeros: Int

    /// The weights with |w| > threshold.
    public init(_ distribution: WeightDistribution, threshold: Double) {
        self.distribution = distribution
        self.threshold = threshold
        zeros = distribution.zeros(threshold: threshold)
    }

    /// All but the `zeros` smallest magnitudes; which of equal magnitudes go is decided by index elsewhere.
    public init(_ distribution: WeightDistribution, zeros: Int) {
        self.distribution = distribution
        self.zeros = zeros
        threshold = 0
    }

    public var count: Int { distribution.count - zeros }
    public var sum: Double { 0 }
    public var sumOfSquares: Double { 0 }
    /// Mean |w|; 0 for none.
    public var meanMagnitude: Double { 0 }
    /// Σ w² over the pruned weights.
    public var prunedSumOfSquares: Double { 0 }
    public var minimum: Float? { nil }
    public var maximum: Float? { nil }
    public var smallestMagnitude: Float? { nil }
    public var largestMagnitude: Float? { nil }
    /// The nearest-rank percentile (0…100) of |w|; nil for none.
    public func percentile(_ percent: Double) -> Double? { nil }
}
