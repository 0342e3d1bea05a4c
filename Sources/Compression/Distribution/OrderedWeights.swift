import CKernels

/// The weights of a layer in ascending order, as far as searches need them: sorted one by one, or counted by their values.
protocol OrderedWeights: AnyObject, Sendable {
    var count: Int { get }
    /// What the sums are about.
    var centre: Double { get }
    /// The weight at a rank; the middle of its bin where values are only known by bins.
    subscript(rank: Int) -> Float { get }
    /// Weights ≤ `limit`. Cost: O(log n).
    func rank(notAbove limit: Float) -> Int
    /// Count, Σ (w − centre) and Σ (w − centre)² over a range of ranks.
    func moments(_ ranks: Range<Int>) -> CentredMoments
    /// Σ (w − value)² over a range.
    func squaredError(_ ranks: Range<Int>, around value: Double) -> Double
    /// Lends the weights of a range, ascending, in pieces that take about a millisecond: values, and how many weights have each (nil: one).
    func forEachPiece<Failure: Error>(
        _ ranks: Range<Int>, _ body: (UnsafeBufferPointer<Float>, UnsafeBufferPointer<Int>?) throws(Failure) -> Void
    ) throws(Failure)
}

extension OrderedWeights {
    /// Weights < `limit`.
    func rank(below limit: Float) -> Int { rank(notAbove: limit.nextDown) }

    /// Unbiased σ of two ranges together; where their weights lie so close that Σ (w − c)² says little about them, about their mean.
    func standardDeviation(_ below: Range<Int>, _ above: Range<Int>) -> Double {
        let sum = moments(below) + moments(above)
        guard sum.count > 1, sum.squaredDeviations < 1e-6 * sum.second else { return sum.standardDeviation }
        let mean = centre + sum.first / Double(sum.count)
        return ((addedError(below, around: mean) + addedError(above, around: mean)) / Double(sum.count - 1)).squareRoot()
    }

    /// Σ (w − value)² over a range, weight by weight: no difference of sums, so that it is exact however small. Cost: O(weights or values).
    func addedError(_ ranks: Range<Int>, around value: Double) -> Double {
        var (sum, error) = (0.0, 0.0)
        forEachPiece(ranks) { values, counts in
            if let counts {
                for (weight, count) in zip(values, counts) { error += Double(count) * (Double(weight) - value) * (Double(weight) - value) }
            } else {
                var added = 0.0
                pare_centred_sums(values.baseAddress, values.count, value, &sum, &added)
                error += added
            }
        }
        return error
    }
}
