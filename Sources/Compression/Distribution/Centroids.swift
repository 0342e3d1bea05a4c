import Tensors

/// One-dimensional k-means over survivors: each Lloyd step is k searches and k differences of prefix sums (Lloyd 1982).
public enum Centroids {
    /// At most this many steps; a linear start of 32 centroids was seen to need about 500.
    public static let maximumSteps = 2_000

    /// Lloyd's algorithm from a start, until no boundary passes a weight.
    ///
    /// With at most k distinct survivors each value is kept. A centroid that loses all its weights waits where it is and is
    /// dropped at the end. `warmStart`: ascending centroids to begin from instead, where there are k of them; the result then
    /// depends on them, so what is stored or compared should be found from `start`. Cost: O(steps · k · log n).
    public static func lloyd(
        _ survivors: Survivors, k: Int, start: WeightSharing.Start = .linear, seed: UInt64 = 1,
        warmStart: [Double]? = nil, maximumSteps: Int = Centroids.maximumSteps
    ) -> SharedCodebook {
        if let values = survivors.distinctValues(limit: max(1, k)) {
            return SharedCodebook(values: values, of: survivors, steps: 0, isConverged: true, origin: .lloyd)
        }
        let warm = warmStart.flatMap { $0.count == k ? $0.sorted() : nil }
        let centroids = warm ?? starts(survivors, k: max(1, k), start: start, seed: seed)
        return lloyd(survivors, from: centroids, maximumSteps: maximumSteps, origin: .lloyd)
    }

    static func lloyd(
        _ survivors: Survivors, from start: [Double], maximumSteps: Int, origin: SharedCodebook.Origin
    ) -> SharedCodebook {
        var centroids = start
        var ends = [Int](repeating: -1, count: centroids.count)
        var steps = 0
        var isConverged = false
        while steps < maximumSteps, !isConverged {
            steps += 1
            isConverged = !step(survivors, &centroids, &ends)
        }
        return SharedCodebook(
            values: centroids.map { Float($0) }, of: survivors, steps: steps, isConverged: isConverged, origin: origin)
    }

    /// One step: assigns, and moves each centroid to the mean of its weights. False where no weight changed its centroid.
    private static func step(_ survivors: Survivors, _ centroids: inout [Double], _ ends: inout [Int]) -> Bool {
        var changed = false
        var begin = 0
        for index in centroids.indices {
            let isLast = index == centroids.count - 1
            let boundary = isLast ? 0 : Float(notAbove: (centroids[index] + centroids[index + 1]) / 2)
            let end = isLast ? survivors.count : max(begin, survivors.rank(notAbove: boundary))
            if ends[index] != end { changed = true }
            ends[index] = end
            begin = end
        }
        guard changed else { return false }
        begin = 0
        for (index, end) in ends.enumerated() {
            if begin < end { centroids[index] = survivors.mean(of: begin..<end) }
            begin = end
        }
        return true
    }

    /// Squared error of `codebook` over that of `optimum`; nil where the optimum has none and the codebook has.
    ///
    /// At least 1: where the optimum was found on a histogram, Lloyd's algorithm may come out a hair lower.
    public static func distanceFromOptimum(_ codebook: SharedCodebook, optimum: SharedCodebook) -> Double? {
        if codebook.squaredError <= optimum.squaredError { return 1 }
        return optimum.squaredError > 0 ? codebook.squaredError / optimum.squaredError : nil
    }
}
