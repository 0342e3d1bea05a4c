/// Ranks here count survivors only: 0 is the smallest survivor, `count` − 1 the largest.
extension Survivors {
    /// The survivor at a rank. Cost: O(1).
    public subscript(rank: Int) -> Float { distribution[rank < pruned.lowerBound ? rank : rank + pruned.count] }

    /// Survivors ≤ `limit`. Cost: O(log n).
    public func rank(notAbove limit: Float) -> Int {
        let rank = distribution.sorted.rank(notAbove: limit)
        return rank <= pruned.lowerBound ? rank : max(pruned.lowerBound, rank - pruned.count)
    }

    /// Count, Σ w and Σ w² over a range of ranks. Cost: O(1).
    public func moments(of ranks: Range<Int>) -> Moments { centred(ranks).uncentred(distribution.sorted.centre) }

    /// Σ (w − value)² over a range of ranks. Cost: O(1).
    public func squaredError(of ranks: Range<Int>, around value: Double) -> Double {
        let (below, above) = split(ranks)
        return distribution.sorted.squaredError(below, around: value) + distribution.sorted.squaredError(above, around: value)
    }

    func centred(_ ranks: Range<Int>) -> CentredMoments {
        let (below, above) = split(ranks)
        return distribution.sorted.moments(below) + distribution.sorted.moments(above)
    }

    /// The mean of a range that is not empty.
    func mean(of ranks: Range<Int>) -> Double {
        let (first, last) = (self[ranks.lowerBound], self[ranks.upperBound - 1])
        if first == last { return Double(first) }
        let moments = centred(ranks)
        let mean = distribution.sorted.centre + moments.first / Double(moments.count)
        return min(max(mean, Double(first)), Double(last))
    }

    /// The same range among all sorted weights, before and after the pruned ones.
    func split(_ ranks: Range<Int>) -> (below: Range<Int>, above: Range<Int>) {
        let edge = pruned.lowerBound
        let below = min(ranks.lowerBound, edge)..<min(ranks.upperBound, edge)
        let above = max(ranks.lowerBound, edge) + pruned.count..<max(ranks.upperBound, edge) + pruned.count
        return (below, above)
    }

    /// Lends the survivors, ascending, in pieces; see ``OrderedWeights``.
    func forEachPiece<Failure: Error>(
        _ body: (UnsafeBufferPointer<Float>, UnsafeBufferPointer<Int>?) throws(Failure) -> Void
    ) throws(Failure) {
        let (below, above) = split(0..<count)
        try distribution.sorted.forEachPiece(below, body)
        try distribution.sorted.forEachPiece(above, body)
    }

    /// Distinct values, ascending; nil where there are more than `limit`.
    func distinctValues(limit: Int) -> [Float]? {
        var values: [Float] = []
        var rank = 0
        while rank < count {
            guard values.count < limit else { return nil }
            values.append(self[rank] + 0)
            rank = self.rank(notAbove: self[rank])
        }
        return values
    }
}

extension Survivors {
    /// The smallest |w|; nil for none.
    public var smallestMagnitude: Float? { count == 0 ? nil : magnitude(1) }

    /// The largest |w|; nil for none.
    public var largestMagnitude: Float? { count == 0 ? nil : max(abs(self[0]), abs(self[count - 1])) }

    /// The smallest |w| that at least `percent` per cent (0…100) of the survivors do not exceed; nil for none. Cost: O(log n).
    public func percentile(_ percent: Double) -> Double? {
        guard count > 0 else { return nil }
        let rank = (min(max(percent, 0), 100) / 100 * Double(count)).rounded(.up)
        return Double(magnitude(max(1, Int(rank))))
    }

    /// The `rank`-th smallest magnitude, from 1, is the weights' (zeros + rank)-th.
    private func magnitude(_ rank: Int) -> Float { distribution.magnitude(zeros: zeros + rank) }
}
