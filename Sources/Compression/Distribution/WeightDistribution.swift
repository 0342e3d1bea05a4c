import Tensors

/// The sorted weights of one layer: sparsity, histograms and errors become searches.
public struct WeightDistribution: Sendable {
    /// The number of weights.
    public let count: Int
    public let minimum: Double
    public let maximum: Double
    public let mean: Double
    /// Unbiased (n − 1); 0 for n < 2.
    public let standardDeviation: Double
    /// The same over the weights that are not zero.
    public let nonzeroStandardDeviation: Double
    /// Exact zeros that the layer came with.
    public let givenZeros: Int

    /// Sorts the weights. Throws the index of the first NaN or infinity.
    public init(_ weights: Tensor) throws(DistributionError) {
        count = weights.count
        (minimum, maximum, mean, standardDeviation, nonzeroStandardDeviation, givenZeros) = (0, 0, 0, 0, 0, 0)
    }

    /// Weights with |w| ≤ threshold: those that become zero. Cost: O(log n).
    public func zeros(threshold: Double) -> Int { 0 }

    /// The threshold of an exact level: round(level · n) zeros, and the largest |w| among them. Cost: O(log n).
    public func threshold(level: Double) -> (zeros: Int, threshold: Double) { (0, 0) }

    /// Counts in `bins` equal bins over `range`; values outside are left out; the last bin holds its upper end. Cost: O(bins · log n).
    public func histogram(bins: Int, over range: ClosedRange<Double>, threshold: Double = 0) -> Histogram {
        Histogram(range: range, counts: [], pruned: [])
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

/// Weights that can't be sorted.
public enum DistributionError: Error, Hashable, Sendable {
    case notFinite(index: Int, value: Float)
}
