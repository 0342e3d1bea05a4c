extension WeightDistribution {
    /// The weight at a place of the ascending order. Cost: O(1).
    public subscript(rank: Int) -> Float {
        precondition(rank >= 0 && rank < count, "rank \(rank) of \(count) weights")
        return sorted[rank]
    }

    /// Lends the ascending weights, without a copy where they are sorted one by one.
    public func withSortedWeights<Result>(_ body: (UnsafeBufferPointer<Float>) throws -> Result) rethrows -> Result {
        guard let sorted = sorted as? SortedWeights else { return try (0..<count).map { self[$0] }.withUnsafeBufferPointer(body) }
        return try withExtendedLifetime(sorted) { try body(UnsafeBufferPointer(start: sorted.values, count: count)) }
    }

    /// Ranks of the weights in a closed interval. Cost: O(log n).
    public func indices(in interval: ClosedRange<Double>) -> Range<Int> {
        let low = sorted.rank(notAbove: Float(below: interval.lowerBound))
        return low..<max(low, sorted.rank(notAbove: Float(notAbove: interval.upperBound)))
    }

    /// Ranks of the weights in a half-open interval. Cost: O(log n).
    public func indices(in interval: Range<Double>) -> Range<Int> {
        let low = sorted.rank(notAbove: Float(below: interval.lowerBound))
        return low..<max(low, sorted.rank(notAbove: Float(below: interval.upperBound)))
    }

    /// Count, Σ w and Σ w² over a range of ranks; rounding is about 1e-16 of the sums over all weights. Cost: O(1).
    public func moments(of ranks: Range<Int>) -> Moments {
        precondition(ranks.lowerBound >= 0 && ranks.upperBound <= count, "ranks \(ranks) of \(count) weights")
        return sorted.moments(ranks).uncentred(sorted.centre)
    }

    /// The smallest |w| that is not zero; nil where all are. Cost: O(1).
    public var smallestMagnitude: Double? {
        let below = zeroRanks.lowerBound > 0 ? -sorted[zeroRanks.lowerBound - 1] : .infinity
        let above = zeroRanks.upperBound < count ? sorted[zeroRanks.upperBound] : .infinity
        let smallest = min(below, above)
        return smallest.isFinite ? Double(smallest) : nil
    }

    /// The largest |w|; 0 for no weights. Cost: O(1).
    var largestMagnitude: Float { count == 0 ? 0 : max(self[0].magnitude, self[count - 1].magnitude) }

    /// Distinct values with their counts, ascending (−0 counts as 0); nil where there are more than `limit`.
    ///
    /// Cost: O(min(distinct, limit) · log n).
    public func distinctValues(limit: Int) -> [(value: Float, count: Int)]? {
        var values: [(value: Float, count: Int)] = []
        var rank = 0
        while rank < count {
            guard values.count < limit else { return nil }
            let end = sorted.rank(notAbove: sorted[rank])
            values.append((sorted[rank] + 0, end - rank))
            rank = end
        }
        return values
    }

    /// The number of distinct values, nil where it exceeds `limit`. Cost as for ``distinctValues(limit:)``.
    public func distinctCount(limit: Int) -> Int? { distinctValues(limit: limit)?.count }
}
