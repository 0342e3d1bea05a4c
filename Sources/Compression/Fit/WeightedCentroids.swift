/// One-dimensional k-means with a weight for each value, which for shared weights is H_jj: what an error of it adds to the output's.
enum WeightedCentroids {
    private static let mostSteps = 100

    /// Lloyd's algorithm from these values until nothing changes or 100 steps are done; clusters that become empty are dropped. Ascending, distinct, none 0.
    ///
    /// Cost: O(n log n + steps · k log n).
    static func lloyd(_ points: [(value: Float, weight: Double)], from start: [Float]) -> [Float] {
        let sorted = points.filter { $0.weight > 0 }.sorted { $0.value < $1.value }
        guard !sorted.isEmpty else { return start }
        var (weights, sums) = ([0.0], [0.0])
        for point in sorted {
            weights.append(weights[weights.count - 1] + point.weight)
            sums.append(sums[sums.count - 1] + point.weight * Double(point.value))
        }
        var values = start
        for _ in 0..<mostSteps {
            let ends = ends(of: values, sorted)
            var means: [Float] = []
            for (begin, end) in zip([0] + ends, ends) where end > begin {
                let mean = Float((sums[end] - sums[begin]) / (weights[end] - weights[begin]))
                if mean != 0, mean != means.last { means.append(mean) }
            }
            if means == values { break }
            values = means
        }
        return values
    }

    /// Where the points of each value end: those in the middle of two go to the lower one.
    private static func ends(of values: [Float], _ sorted: [(value: Float, weight: Double)]) -> [Int] {
        let middles = zip(values, values.dropFirst()).map { (Double($0) + Double($1)) / 2 }
        return middles.map { middle in
            var (low, high) = (0, sorted.count)
            while low < high {
                let place = (low + high) / 2
                if Double(sorted[place].value) <= middle { low = place + 1 } else { high = place }
            }
            return low
        } + [sorted.count]
    }
}
