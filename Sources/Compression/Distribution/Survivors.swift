/// The weights that a threshold leaves: two ranges of the sorted weights, below −t and above t.
///
/// What is asked while one turns a knob is a search: O(log n), whatever the size of the layer.
public struct Survivors: Sendable {
    public let distribution: WeightDistribution
    /// The largest |w| that may be pruned.
    public let threshold: Double
    /// Ranks of the pruned weights; the survivors are those before and after.
    public let pruned: Range<Int>

    /// The weights with |w| > threshold.
    public init(_ distribution: WeightDistribution, threshold: Double) {
        self.distribution = distribution
        self.threshold = threshold
        pruned = distribution.prunedRanks(threshold: threshold)
    }

    /// All but the `zeros` smallest magnitudes.
    ///
    /// Counts are exact. Which of equal magnitudes go is decided by index elsewhere; here the negative and the positive ones
    /// give in proportion, so Σ w (not Σ w²) can differ by what those ties weigh.
    public init(_ distribution: WeightDistribution, zeros: Int) {
        self.distribution = distribution
        let zeros = min(max(0, zeros), distribution.count)
        let largest = distribution.magnitude(zeros: zeros)
        threshold = Double(largest)
        pruned = Self.pruned(distribution, zeros: zeros, largest: largest)
    }

    /// Ranks of the `zeros` smallest magnitudes, the largest of which is `largest`.
    private static func pruned(_ distribution: WeightDistribution, zeros: Int, largest: Float) -> Range<Int> {
        let all = distribution.prunedRanks(threshold: Double(largest))
        guard largest > 0 else { return all.lowerBound..<all.lowerBound + zeros }
        let inner = distribution.prunedRanks(threshold: Double(largest.nextDown))
        let (below, above) = (inner.lowerBound - all.lowerBound, all.upperBound - inner.upperBound)
        let wanted = zeros - inner.count
        let start = inner.lowerBound - max(wanted - above, wanted * below / (below + above))
        return start..<start + zeros
    }

    /// How many weights are pruned.
    public var zeros: Int { pruned.count }
    /// How many weights are left.
    public var count: Int { distribution.count - pruned.count }
    public var isEmpty: Bool { count == 0 }

    /// Σ w of the survivors.
    public var sum: Double { moments(of: 0..<count).sum }
    /// Σ w² of the survivors, weight by weight. Cost: O(n).
    public var sumOfSquares: Double {
        let (below, above) = split(0..<count)
        return distribution.sorted.addedError(below, around: 0) + distribution.sorted.addedError(above, around: 0)
    }
    /// Σ w² over the pruned weights, weight by weight: 0 exactly where only zeros are. Cost: O(n).
    public var prunedSumOfSquares: Double { distribution.sorted.addedError(pruned, around: 0) }

    /// Mean |w|; 0 for none. The zeros lie between the two ranges, so each has one sign.
    public var meanMagnitude: Double {
        let above = distribution.moments(of: pruned.upperBound..<distribution.count).sum
        let below = distribution.moments(of: 0..<pruned.lowerBound).sum
        return count == 0 ? 0 : (above - below) / Double(count)
    }

    public var minimum: Float? { count == 0 ? nil : self[0] }
    public var maximum: Float? { count == 0 ? nil : self[count - 1] }
}
