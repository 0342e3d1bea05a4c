/// Ascending values with how many weights have each: what remains of a layer that was counted and not sorted.
///
/// Exact where every stored value has an entry, as for 16-bit floats. Memory: 28 bytes a value.
final class CountedWeights: OrderedWeights {
    let count: Int
    let centre: Double
    /// Ascending and distinct.
    let values: [Float]
    /// Weights up to and with each value.
    let ends: [Int]
    /// Σ (w − centre) and Σ (w − centre)² up to and with each value.
    private let sums: [Double]
    private let squares: [Double]

    /// Counts are positive, values ascending and finite. Cost: O(values).
    init(values: [Float], counts: [Int], centre: Double) {
        self.values = values
        self.centre = centre
        var moments = CentredMoments()
        var (ends, sums, squares): ([Int], [Double], [Double]) = ([], [], [])
        for (value, count) in zip(values, counts) {
            moments = moments + Self.moments(of: count, value: value, centre: centre)
            ends.append(moments.count)
            sums.append(moments.first)
            squares.append(moments.second)
        }
        (self.ends, self.sums, self.squares) = (ends, sums, squares)
        count = moments.count
    }

    /// Bytes of its arrays.
    var byteCount: Int { values.count * 28 }

    /// How many weights have the value at `index`.
    func count(at index: Int) -> Int { ends[index] - (index > 0 ? ends[index - 1] : 0) }

    subscript(rank: Int) -> Float { values[index(of: rank)] }

    func rank(notAbove limit: Float) -> Int {
        var (low, high) = (0, values.count)
        while low < high {
            let middle = (low + high) / 2
            if values[middle] <= limit { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? 0 : ends[low - 1]
    }

    func moments(_ ranks: Range<Int>) -> CentredMoments {
        if ranks.isEmpty { return CentredMoments() }
        let first = index(of: ranks.lowerBound)
        if ends[first] >= ranks.upperBound { return Self.moments(of: ranks.count, value: values[first], centre: centre) }
        return prefix(ranks.upperBound) - prefix(ranks.lowerBound)
    }

    func squaredError(_ ranks: Range<Int>, around value: Double) -> Double {
        if ranks.isEmpty { return 0 }
        let first = index(of: ranks.lowerBound)
        if ends[first] >= ranks.upperBound {
            let error = Double(values[first]) - value
            return Double(ranks.count) * error * error
        }
        let error = moments(ranks).squaredError(around: value - centre)
        return error > (squares.last ?? 0) * 1e-10 ? error : addedError(ranks, around: value)
    }

    func forEachPiece<Failure: Error>(
        _ ranks: Range<Int>, _ body: (UnsafeBufferPointer<Float>, UnsafeBufferPointer<Int>?) throws(Failure) -> Void
    ) throws(Failure) {
        if ranks.isEmpty { return }
        let (first, last) = (index(of: ranks.lowerBound), index(of: ranks.upperBound - 1))
        for start in stride(from: first, through: last, by: 1 << 16) {
            let indexes = start..<min(start + 1 << 16, last + 1)
            // Of the first and last value a part may lie outside.
            let counts = indexes.map { min(ends[$0], ranks.upperBound) - max(ends[$0] - count(at: $0), ranks.lowerBound) }
            try values[indexes].withUnsafeBufferPointer { (values) throws(Failure) in
                try counts.withUnsafeBufferPointer { (counts) throws(Failure) in try body(values, counts) }
            }
        }
    }

    /// The value that the weight at a rank has.
    private func index(of rank: Int) -> Int {
        var (low, high) = (0, ends.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if ends[middle] <= rank { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Moments of the `rank` smallest weights.
    private func prefix(_ rank: Int) -> CentredMoments {
        if rank == 0 { return CentredMoments() }
        let index = index(of: rank - 1)
        let before =
            index == 0 ? CentredMoments() : CentredMoments(count: ends[index - 1], first: sums[index - 1], second: squares[index - 1])
        return before + Self.moments(of: rank - before.count, value: values[index], centre: centre)
    }

    private static func moments(of count: Int, value: Float, centre: Double) -> CentredMoments {
        let difference = Double(value) - centre
        return CentredMoments(count: count, first: Double(count) * difference, second: Double(count) * difference * difference)
    }
}
