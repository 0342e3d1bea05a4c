extension WeightDistribution {
    /// Counts in `bins` equal bins over `range`; values outside are left out; the last bin holds its upper end. Cost: O(bins · log n).
    public func histogram(bins: Int, over range: ClosedRange<Double>, threshold: Double = 0) -> Histogram {
        histogram(bins: bins, over: range, pruned: prunedRanks(threshold: threshold))
    }

    /// The same with what is pruned given by its survivors, for an exact level.
    public func histogram(bins: Int, over range: ClosedRange<Double>, survivors: Survivors) -> Histogram {
        histogram(bins: bins, over: range, pruned: survivors.pruned)
    }

    private func histogram(bins: Int, over range: ClosedRange<Double>, pruned: Range<Int>) -> Histogram {
        var histogram = Histogram(range: range, counts: [], pruned: [])
        let width = range.upperBound - range.lowerBound
        var start = sorted.rank(notAbove: Float(below: range.lowerBound))
        for bin in 1...max(1, bins) where bins > 0 {
            let edge = range.lowerBound + width * Double(bin) / Double(bins)
            let limit = bin == bins ? Float(notAbove: range.upperBound) : Float(below: edge)
            let end = max(start, sorted.rank(notAbove: limit))
            histogram.counts.append(end - start)
            histogram.pruned.append((start..<end).clamped(to: pruned).count)
            start = end
        }
        return histogram
    }
}

/// Counts of weights in equal bins, and how many of each the threshold prunes.
public struct Histogram: Hashable, Sendable {
    public var range: ClosedRange<Double>
    public var counts: [Int]
    public var pruned: [Int]

    public init(range: ClosedRange<Double>, counts: [Int], pruned: [Int]) {
        self.range = range
        self.counts = counts
        self.pruned = pruned
    }
}
