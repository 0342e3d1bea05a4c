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
        _ survivors: Survivors, k: Int, start: WeightSharing.Start = .linear, seed: UInt64 = 1, warmStart: [Double]? = nil
    ) -> SharedCodebook {
        lloyd(survivors, k: k, start: start, seed: seed, warmStart: warmStart) {}
    }

    /// The same; `pause` is called between bursts of a few milliseconds and may end it by throwing.
    static func lloyd<Failure: Error>(
        _ survivors: Survivors, k: Int, start: WeightSharing.Start, seed: UInt64, warmStart: [Double]?,
        pause: () throws(Failure) -> Void
    ) throws(Failure) -> SharedCodebook {
        if let values = survivors.distinctValues(limit: max(1, k)) {
            return SharedCodebook(values: values, of: survivors, steps: 0, isConverged: true, origin: .lloyd)
        }
        let warm = warmStart.flatMap { $0.count == k ? $0.sorted() : nil }
        let centroids = warm ?? starts(survivors, k: max(1, k), start: start, seed: seed)
        return try lloyd(survivors, from: centroids, origin: .lloyd, pause: pause)
    }

    static func lloyd<Failure: Error>(
        _ survivors: Survivors, from start: [Double], origin: SharedCodebook.Origin, pause: () throws(Failure) -> Void
    ) throws(Failure) -> SharedCodebook {
        var centroids = start
        var ends = [Int](repeating: -1, count: centroids.count)
        var steps = 0
        var isConverged = false
        while steps < maximumSteps, !isConverged {
            steps += 1
            isConverged = !step(survivors, &centroids, &ends)
            if steps.isMultiple(of: stepsOfBurst) { try pause() }
        }
        return SharedCodebook(
            values: centroids.map { Float($0) }, of: survivors, steps: steps, isConverged: isConverged, origin: origin)
    }

    /// With 256 centroids a few milliseconds.
    private static let stepsOfBurst = 64

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
}
