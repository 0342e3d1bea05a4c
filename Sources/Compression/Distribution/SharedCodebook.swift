/// Shared values over the surviving weights of a layer: the centroids of 1-D k-means with their counts and errors.
///
/// Assignment: the nearest value, a weight in the middle to the lower one; ``boundaries`` say it in float32, so that
/// counts by search and assignment weight by weight agree.
public struct SharedCodebook: Hashable, Sendable {
    /// How the values were found.
    public enum Origin: Hashable, Sendable {
        /// Lloyd's algorithm.
        case lloyd
        /// The least squared error over every weight.
        case exact
        /// Lloyd's algorithm from the least squared error over neighbours taken together; the error is at most `bound` times the least one (nil: not known).
        case nearOptimal(bound: Double?)
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

extension SharedCodebook {
    /// Counts and errors of the survivors for these values; values without weights are dropped.
    ///
    /// A boundary is the largest float not above the middle of two values. Cost: O(k · log n).
    init(values: [Float], of survivors: Survivors, steps: Int, isConverged: Bool, origin: Origin) {
        var values = Array(Set(values.map { $0 + 0 })).sorted()
        var ends = Self.ends(values, survivors)
        while let empty = values.indices.first(where: { ends[$0] == ($0 == 0 ? 0 : ends[$0 - 1]) }) {
            values.remove(at: empty)
            ends = Self.ends(values, survivors)
        }
        let begins = [0] + ends.dropLast()
        let errors = values.indices.map { survivors.squaredError(of: begins[$0]..<ends[$0], around: Double(values[$0])) }
        self.init(
            values: values, counts: zip(begins, ends).map { $1 - $0 }, squaredErrors: errors,
            boundaries: Self.boundaries(values), steps: steps, isConverged: isConverged, origin: origin,
            squaredError: errors.reduce(0, +))
    }

    private static func boundaries(_ values: [Float]) -> [Float] {
        zip(values, values.dropFirst()).map { Float(notAbove: (Double($0) + Double($1)) / 2) }
    }

    private static func ends(_ values: [Float], _ survivors: Survivors) -> [Int] {
        boundaries(values).map { survivors.rank(notAbove: $0) } + (values.isEmpty ? [] : [survivors.count])
    }
}
