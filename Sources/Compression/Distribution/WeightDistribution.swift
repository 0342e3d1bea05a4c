import Tensors

/// The sorted weights of one layer: sparsity, histograms and errors become searches.
///
/// Opening costs a radix sort and one pass of sums, O(n); every question after that O(log n) per threshold, bin or centroid.
/// Memory: 4.08 bytes a weight beside the tensor; while it sorts, up to 4 more where most weights share their upper 16 bits.
public struct WeightDistribution: Sendable {
    let sorted: any OrderedWeights
    /// How closely the values are known.
    public let resolution: Resolution
    /// Where the exact zeros (−0 and +0) lie among the sorted weights.
    let zeroRanks: Range<Int>
    /// The number of weights.
    public let count: Int
    /// 0 for no weights, as are `maximum` and `mean`.
    public let minimum: Double
    public let maximum: Double
    public let mean: Double
    /// Unbiased (n − 1); 0 for n < 2.
    public let standardDeviation: Double
    /// The same over the weights that are not zero.
    public let nonzeroStandardDeviation: Double
    /// Exact zeros that the layer came with.
    public var givenZeros: Int { zeroRanks.count }

    /// Sorts the weights. Throws the index of the first NaN or infinity.
    public init(_ weights: Tensor) throws(DistributionError) {
        let result = weights.withFloats { floats in Result { () throws(DistributionError) in try SortedWeights(sorting: floats) } }
        self.init(try result.get())
    }

    /// Sorts weights that are no tensor, for example one output channel.
    public init(_ weights: UnsafeBufferPointer<Float>) throws(DistributionError) {
        self.init(try SortedWeights(sorting: weights))
    }

    private init(_ sorted: SortedWeights) { self.init(sorted, resolution: .exact) }

    /// Of ordered weights; `moments` and extent are given where those of the bins are not exact.
    init(
        _ sorted: any OrderedWeights, resolution: Resolution, moments: CentredMoments? = nil, minimum: Double? = nil,
        maximum: Double? = nil
    ) {
        let count = sorted.count
        let zeros = sorted.rank(below: 0)..<sorted.rank(notAbove: 0)
        let all = moments ?? sorted.moments(0..<count)
        let nonzero =
            moments == nil
            ? sorted.standardDeviation(0..<zeros.lowerBound, zeros.upperBound..<count) : (all - sorted.moments(zeros)).standardDeviation
        let facts = Facts(
            minimum: count == 0 ? 0 : minimum ?? Double(sorted[0]), maximum: count == 0 ? 0 : maximum ?? Double(sorted[count - 1]),
            mean: count == 0 ? 0 : sorted.centre + all.first / Double(count), standardDeviation: all.standardDeviation,
            nonzeroStandardDeviation: nonzero)
        self.init(sorted, resolution: resolution, facts: facts)
    }

    init(_ sorted: any OrderedWeights, resolution: Resolution, facts: Facts) {
        self.sorted = sorted
        self.resolution = resolution
        count = sorted.count
        zeroRanks = sorted.rank(below: 0)..<sorted.rank(notAbove: 0)
        (minimum, maximum, mean) = (facts.minimum, facts.maximum, facts.mean)
        (standardDeviation, nonzeroStandardDeviation) = (facts.standardDeviation, facts.nonzeroStandardDeviation)
    }

    /// Weights with |w| ≤ threshold: those that become zero. Cost: O(log n).
    public func zeros(threshold: Double) -> Int { prunedRanks(threshold: threshold).count }

    /// The threshold of an exact level: round(level · n) zeros, and the largest |w| among them. Cost: O(log n).
    ///
    /// `level` is cut to 0…1; halves round up. For no zeros the threshold is 0. Ties are settled by whoever has the indexes.
    public func threshold(level: Double) -> (zeros: Int, threshold: Double) {
        let zeros = Int((min(max(level, 0), 1) * Double(count)).rounded())
        return (zeros, Double(magnitude(zeros: zeros)))
    }

    /// The smallest magnitude t with at least `zeros` weights |w| ≤ t; magnitudes of floats sort like their bit patterns.
    func magnitude(zeros: Int) -> Float {
        guard zeros > 0 else { return 0 }
        var (low, high) = (UInt32(0), Float.greatestFiniteMagnitude.bitPattern)
        while low < high {
            let middle = (low + high) / 2
            if self.zeros(threshold: Double(Float(bitPattern: middle))) >= zeros { high = middle } else { low = middle + 1 }
        }
        return Float(bitPattern: low)
    }

    /// Where the weights with |w| ≤ threshold lie; none for a negative threshold or NaN.
    func prunedRanks(threshold: Double) -> Range<Int> {
        guard threshold >= 0 else { return zeroRanks.lowerBound..<zeroRanks.lowerBound }
        let limit = Float(notAbove: threshold)
        return sorted.rank(below: -limit)..<sorted.rank(notAbove: limit)
    }
}

/// Weights that can't be sorted.
public enum DistributionError: Error, Hashable, Sendable {
    case notFinite(index: Int, value: Float)
    /// The memory for the sorted weights can't be had.
    case noMemory(byteCount: Int)
}
