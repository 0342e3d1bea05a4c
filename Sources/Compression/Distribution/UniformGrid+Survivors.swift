import CKernels

extension UniformGrid {
    /// What a grid does to the survivors.
    public struct Outcome: Hashable, Sendable {
        /// Survivors of each code, in the order of `codes`; those at the zero point become zeros.
        public var counts: [Int]
        /// Σ (w − ŵ)² of each code.
        public var squaredErrors: [Double]
        /// Σ (w − ŵ)².
        public var squaredError: Double { squaredErrors.reduce(0, +) }
        /// Entropy of the codes of the survivors, bits a weight.
        public var entropy: Double { Entropy.bitsPerSymbol(counts) }
    }

    /// Counts and errors of every code by searches. Cost: O(2^b · log n).
    public func outcome(_ survivors: Survivors) -> Outcome {
        var outcome = Outcome(counts: [], squaredErrors: [])
        var begin = 0
        let ends = boundaries.map { survivors.rank(notAbove: $0) } + [survivors.count]
        for (level, end) in zip(levels, ends) {
            outcome.counts.append(end - begin)
            outcome.squaredErrors.append(survivors.squaredError(of: begin..<end, around: Double(level)))
            begin = end
        }
        return outcome
    }

    /// Σ (w − ŵ)² over the survivors, the cheaper way: weight by weight where there are few for each code.
    func squaredError(_ survivors: Survivors) -> Double {
        guard survivors.count < 32 << bits, let sorted = survivors.distribution.sorted as? SortedWeights else {
            return outcome(survivors).squaredError
        }
        let values = sorted.values
        let (low, high, end) = (survivors.pruned.lowerBound, survivors.pruned.upperBound, survivors.distribution.count)
        return pare_quantization_error(values, low, scale, Int32(lowest), Int32(highest))
            + pare_quantization_error(values + high, end - high, scale, Int32(lowest), Int32(highest))
    }
}
