/// Shared values over the surviving weights of a layer: the centroids of 1-D k-means with their counts and errors.
///
/// Assignment: the nearest value, a weight in the middle to the lower one; ``boundaries`` say it in float32, so that
/// counts by search and assignment weight by weight agree.
public struct SharedCodebook: Hashable, Sendable {
    /// How the values were found.
    public enum Origin: Hashable, Sendable {
        /// Lloyd's algorithm.
        case lloyd
        /// The least squared error over every weight (1-D dynamic programme over the distinct values).
        case exact
        /// The least squared error with boundaries on the edges of this many bins, then Lloyd's algorithm over every weight.
        case onHistogram(bins: Int)
    }

    /// Ascending, distinct; empty clusters are dropped, so there may be fewer than asked for.
    public var values: [Float]
    /// Survivors of each value.
    public var counts: [Int]
    /// Σ (w − value)² of each value.
    public var squaredErrors: [Double]
    /// `values.count − 1` thresholds: a weight w has the index of the first boundary ≥ w.
    public var boundaries: [Float]
    /// Lloyd steps taken, the last one without a change included.
    public var steps: Int
    /// Whether Lloyd's algorithm came to rest within the steps allowed.
    public var isConverged: Bool
    public var origin: Origin
    /// Σ of `squaredErrors`.
    public var squaredError: Double

    /// The index of the value that `weight` gets. Cost: O(log k).
    public func assign(_ weight: Float) -> Int {
        var (low, high) = (0, boundaries.count)
        while low < high {
            let middle = (low + high) / 2
            if boundaries[middle] < weight { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
