import Compression
import Tensors
import Testing

@Suite("Survivors against brute force")
struct DistributionSurvivorsTests {
    @Test("by threshold: counts, sums, extremes, percentiles")
    func byThreshold() throws {
        try DistributionSample.each(seeds: 0..<40) { sample in
            let distribution = try WeightDistribution(sample.tensor)
            for threshold in sample.thresholds {
                let survivors = Survivors(distribution, threshold: threshold)
                let kept = sample.weights.filter { abs(Double($0)) > threshold }
                expect(survivors, kept, sample)
                #expect((0..<survivors.count).map { survivors[$0] } == kept.sorted())
                for limit in sample.thresholds.map({ Float($0) }) {
                    #expect(survivors.rank(notAbove: limit) == kept.count { $0 <= limit })
                    #expect(survivors.rank(notAbove: -limit) == kept.count { $0 <= -limit })
                }
            }
        }
    }

    @Test("by an exact number of zeros, ties included")
    func byLevel() throws {
        try DistributionSample.each(seeds: 0..<40) { sample in
            let distribution = try WeightDistribution(sample.tensor)
            let magnitudes = sample.weights.map { abs($0) }.sorted()
            for zeros in Set([0, 1, magnitudes.count / 3, magnitudes.count / 2, magnitudes.count - 1, magnitudes.count])
            where 0...magnitudes.count ~= zeros {
                let survivors = Survivors(distribution, zeros: zeros)
                #expect(survivors.zeros == zeros && survivors.count == magnitudes.count - zeros, "\(sample)")
                #expect((0..<survivors.count).map { abs(survivors[$0]) }.sorted() == Array(magnitudes.dropFirst(zeros)), "\(sample)")
                #expect(survivors.threshold == (zeros == 0 ? 0 : Double(magnitudes[zeros - 1])))
                #expect(survivors.smallestMagnitude == magnitudes.dropFirst(zeros).first)
            }
        }
    }

    private func expect(_ survivors: Survivors, _ kept: [Float], _ sample: DistributionSample) {
        let doubles = kept.map(Double.init)
        let all = sample.weights.map(Double.init)
        let (scale, squares) = (all.reduce(0) { $0 + abs($1) }, all.reduce(0) { $0 + $1 * $1 })
        #expect(survivors.count == kept.count && survivors.zeros == all.count - kept.count, "\(sample)")
        #expect(agree(survivors.sum, doubles.reduce(0, +), scale: scale))
        #expect(agree(survivors.sumOfSquares, doubles.reduce(0) { $0 + $1 * $1 }, scale: squares))
        #expect(agree(survivors.prunedSumOfSquares, squares - doubles.reduce(0) { $0 + $1 * $1 }, scale: squares))
        let mean = doubles.isEmpty ? 0 : doubles.reduce(0) { $0 + abs($1) } / Double(doubles.count)
        #expect(agree(survivors.meanMagnitude * Double(kept.count), mean * Double(kept.count), scale: scale), "\(sample)")
        #expect(survivors.minimum == kept.min() && survivors.maximum == kept.max())
        let magnitudes = kept.map { abs($0) }.sorted()
        #expect(survivors.smallestMagnitude == magnitudes.first && survivors.largestMagnitude == magnitudes.last)
        for percent in [0, 0.1, 50, 99, 100] {
            let rank = max(1, Int((percent / 100 * Double(kept.count)).rounded(.up)))
            #expect(survivors.percentile(percent) == (kept.isEmpty ? nil : Double(magnitudes[rank - 1])))
        }
    }
}
