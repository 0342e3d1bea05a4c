import Compression
import Tensors
import Testing

@Suite("Weight distribution against brute force")
struct DistributionTests {
    @Test("sorted weights, extremes, mean and both standard deviations")
    func statistics() throws {
        try DistributionSample.each(seeds: 0..<60) { sample in
            let weights = sample.weights
            let distribution = try WeightDistribution(sample.tensor)
            #expect(distribution.withSortedWeights(Array.init) == weights.sorted(), "\(sample)")
            #expect(distribution.count == weights.count)
            #expect(distribution.minimum == Double(weights.min() ?? 0))
            #expect(distribution.maximum == Double(weights.max() ?? 0))
            #expect(distribution.givenZeros == weights.count { $0 == 0 })
            let scale = weights.map { abs(Double($0)) }.max() ?? 0
            #expect(agree(distribution.mean, mean(weights), scale: scale))
            #expect(agree(distribution.standardDeviation, deviation(weights), scale: scale), "\(sample)")
            #expect(agree(distribution.nonzeroStandardDeviation, deviation(weights.filter { $0 != 0 }), scale: scale), "\(sample)")
            #expect(distribution.smallestMagnitude == weights.filter { $0 != 0 }.map { Double(abs($0)) }.min())
        }
    }

    @Test("sums about the median do not cancel: weights near one million with σ of one thousandth of it")
    func cancellation() throws {
        var generator = SeededGenerator(seed: 5)
        let weights = (0..<300_000).map { _ in 1e6 + Float(generator.normal()) }
        let distribution = try WeightDistribution(Tensor(shape: [weights.count], floats: weights))
        // The plain sums of the reference round 300,000 times.
        #expect(abs(distribution.standardDeviation / deviation(weights) - 1) < 1e-10)
        #expect(abs(distribution.mean / mean(weights) - 1) < 1e-14)
    }

    @Test("zeros of a threshold, exact levels")
    func thresholds() throws {
        try DistributionSample.each(seeds: 0..<60) { sample in
            let distribution = try WeightDistribution(sample.tensor)
            for threshold in sample.thresholds {
                #expect(distribution.zeros(threshold: threshold) == sample.weights.count { abs(Double($0)) <= threshold }, "\(sample)")
            }
            let magnitudes = sample.weights.map { Double(abs($0)) }.sorted()
            for level in [-1, 0, 0.1, 0.25, 0.5, 0.999, 1, 2] {
                let zeros = Int((min(max(level, 0), 1) * Double(magnitudes.count)).rounded())
                let (found, threshold) = distribution.threshold(level: level)
                #expect(found == zeros)
                #expect(threshold == (zeros == 0 ? 0 : magnitudes[zeros - 1]), "\(sample)")
            }
            #expect(distribution.zeros(threshold: .nan) == 0)
        }
    }

    @Test("histograms, pruned part, every bin")
    func histograms() throws {
        try DistributionSample.each(seeds: 0..<40) { sample in
            let distribution = try WeightDistribution(sample.tensor)
            let ranges = [distribution.minimum...distribution.maximum, -1...1, 0...0, -0.25...0.5]
            for (range, bins) in zip(ranges, [16, 7, 3, 1]) {
                let histogram = distribution.histogram(bins: bins, over: range, threshold: 0.2)
                #expect(histogram == bruteHistogram(sample.weights, bins, range, threshold: 0.2), "\(sample), \(range)")
                let survivors = Survivors(distribution, threshold: 0.2)
                #expect(distribution.histogram(bins: bins, over: range, survivors: survivors) == histogram)
            }
        }
    }

    @Test("ranks of intervals and their moments")
    func intervals() throws {
        try DistributionSample.each(seeds: 0..<40, most: 3_000) { sample in
            let distribution = try WeightDistribution(sample.tensor)
            let sorted = sample.weights.sorted()
            let bounds = sample.thresholds.flatMap { [$0, -$0] }
            for (low, high) in zip(bounds, bounds.dropFirst()) where low < high {
                #expect(distribution.indices(in: low...high).count == sorted.count { Double($0) >= low && Double($0) <= high })
                #expect(distribution.indices(in: low..<high).count == sorted.count { Double($0) >= low && Double($0) < high })
                let ranks = distribution.indices(in: low...high)
                let part = sorted[ranks].map(Double.init)
                let moments = distribution.moments(of: ranks)
                let scale = sorted.reduce(0) { $0 + abs(Double($1)) }
                let squares = sorted.reduce(0) { $0 + Double($1) * Double($1) }
                #expect(moments.count == part.count)
                #expect(agree(moments.sum, part.reduce(0, +), scale: scale), "\(sample)")
                #expect(agree(moments.sumOfSquares, part.reduce(0) { $0 + $1 * $1 }, scale: squares), "\(sample)")
            }
        }
    }

    @Test("distinct values with counts, up to a limit")
    func distinct() throws {
        try DistributionSample.each(seeds: 0..<30) { sample in
            let distribution = try WeightDistribution(sample.tensor)
            let expected = Dictionary(sample.weights.map { ($0 + 0, 1) }, uniquingKeysWith: +).sorted { $0.key < $1.key }
            let values = try #require(distribution.distinctValues(limit: expected.count))
            #expect(values.map(\.value) == expected.map(\.key))
            #expect(values.map(\.count) == expected.map(\.value))
            #expect(distribution.distinctCount(limit: 5) == (expected.count <= 5 ? expected.count : nil))
        }
    }

    @Test("the first NaN or infinity is refused with its index", arguments: [3, 1_000, 50_000, 400_000])
    func nonFinite(count: Int) {
        for bad in [Float.nan, .infinity, -.infinity, -.nan] {
            for index in [0, count / 2, count - 1] {
                var weights = (0..<count).map { Float($0 % 977) - 400 }
                weights[count - 1] = .infinity
                weights[index] = bad
                do {
                    _ = try WeightDistribution(Tensor(shape: [count], floats: weights))
                    Issue.record("\(bad) was sorted")
                } catch {
                    if case .notFinite(let found, let value) = error, value == bad || (value.isNaN && bad.isNaN) {
                        #expect(found == index)
                    } else {
                        Issue.record("\(error)")
                    }
                }
            }
        }
    }

    private func bruteHistogram(_ weights: [Float], _ bins: Int, _ range: ClosedRange<Double>, threshold: Double) -> Histogram {
        let width = range.upperBound - range.lowerBound
        let edges = (0...bins).map { $0 == bins ? range.upperBound : range.lowerBound + width * Double($0) / Double(bins) }
        var histogram = Histogram(
            range: range, counts: [Int](repeating: 0, count: bins), pruned: [Int](repeating: 0, count: bins))
        for weight in weights.map(Double.init) where range.contains(weight) {
            let bin = (0..<bins).first { weight >= edges[$0] && weight < edges[$0 + 1] } ?? bins - 1
            histogram.counts[bin] += 1
            if abs(weight) <= threshold { histogram.pruned[bin] += 1 }
        }
        return histogram
    }
}

func mean(_ weights: [Float]) -> Double {
    weights.isEmpty ? 0 : weights.reduce(0) { $0 + Double($1) } / Double(weights.count)
}

/// Two passes, n − 1.
func deviation(_ weights: [Float]) -> Double {
    guard weights.count > 1 else { return 0 }
    let mean = mean(weights)
    let squares = weights.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
    return (squares / Double(weights.count - 1)).squareRoot()
}
