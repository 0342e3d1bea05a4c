import Compression
import Tensors
import Testing

@Suite("Centroids against brute force")
struct DistributionCentroidsTests {
    static let starts = WeightSharing.Start.allCases

    @Test("counts, errors and assignment of every weight agree with the values")
    func codebooks() throws {
        try DistributionSample.each(seeds: 0..<25) { sample in
            let distribution = try WeightDistribution(sample.tensor)
            for threshold in [-1, 0, 0.3] {
                let survivors = Survivors(distribution, threshold: threshold)
                let kept = sample.weights.filter { threshold < 0 || abs(Double($0)) > threshold }
                for start in Self.starts {
                    for k in [1, 2, 5, 32] {
                        check(Centroids.lloyd(survivors, k: k, start: start, seed: sample.seed), kept, k: k, sample)
                    }
                }
                check(Centroids.optimal(survivors, k: 7), kept, k: 7, sample)
            }
        }
    }

    private func check(_ codebook: SharedCodebook, _ kept: [Float], k: Int, _ sample: DistributionSample) {
        #expect(codebook.values == codebook.values.sorted() && Set(codebook.values).count == codebook.values.count)
        #expect(codebook.values.count <= k && codebook.isConverged, "\(sample)")
        #expect(codebook.values.isEmpty == kept.isEmpty && codebook.boundaries.count == max(0, codebook.values.count - 1))
        var counts = codebook.values.map { _ in 0 }
        var errors = codebook.values.map { _ in 0.0 }
        for weight in kept {
            let index = codebook.assign(weight)
            let distances = codebook.values.map { abs(Double($0) - Double(weight)) }
            #expect(distances[index] == distances.min(), "\(sample)")
            counts[index] += 1
            errors[index] += distances[index] * distances[index]
        }
        #expect(codebook.counts == counts && !counts.contains(0), "\(sample)")
        let squares = kept.reduce(0) { $0 + Double($1) * Double($1) }
        for (found, error) in zip(codebook.squaredErrors, errors) { #expect(agree(found, error, scale: squares), "\(sample)") }
        #expect(agree(codebook.squaredError, errors.reduce(0, +), scale: squares))
    }

    @Test("Lloyd's fixed point: each value is the mean of its weights")
    func fixedPoint() throws {
        try DistributionSample.each(seeds: 4..<20) { sample in
            let survivors = Survivors(try WeightDistribution(sample.tensor), threshold: 0.01)
            let codebook = Centroids.lloyd(survivors, k: 6, start: .density)
            var begin = 0
            for (value, count) in zip(codebook.values, codebook.counts) {
                let part = (begin..<begin + count).map { survivors[$0] }
                begin += count
                #expect(abs(Double(value) - mean(part)) <= abs(mean(part)) * 1e-7 + 1e-44, "\(sample)")
            }
        }
    }

    @Test("the optimum is what trying every partition finds")
    func optimum() throws {
        try DistributionSample.each(seeds: 0..<60, most: 14) { sample in
            let distribution = try WeightDistribution(sample.tensor)
            let sorted = sample.weights.map(Double.init).sorted()
            for k in 1...5 {
                let codebook = Centroids.optimal(Survivors(distribution, threshold: -1), k: k)
                let squares = sorted.reduce(0) { $0 + $1 * $1 }
                #expect(codebook.origin == .exact)
                // Values are rounded to float32: among denormals by up to 2^-150 for each weight.
                let rounding = Double(sorted.count) * 0x1p-300
                #expect(agree(codebook.squaredError, leastError(sorted, parts: k), scale: squares + rounding * 1e12), "\(sample), k \(k)")
            }
        }
    }

    /// Σ (w − mean)² of the best cut of ascending values into at most `parts`, over all cuts.
    private func leastError(_ sorted: [Double], parts: Int) -> Double {
        func error(_ part: ArraySlice<Double>) -> Double {
            let mean = part.reduce(0, +) / Double(part.count)
            return part.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        }
        func least(from begin: Int, parts: Int) -> Double {
            if begin == sorted.count { return 0 }
            if parts == 1 { return error(sorted[begin...]) }
            return (begin + 1...sorted.count).map { error(sorted[begin..<$0]) + least(from: $0, parts: parts - 1) }.min() ?? 0
        }
        return sorted.isEmpty ? 0 : least(from: 0, parts: parts)
    }

    @Test("no start ends below the optimum", arguments: [0, 1, 2, 10])
    func distances(kind: Int) throws {
        let survivors = try survivors(DistributionSample(kind: kind, seed: 5, most: 12_000).weights.map { $0 * 3 })
        let optimum = Centroids.optimal(survivors, k: 16)
        for start in Self.starts {
            let lloyd = Centroids.lloyd(survivors, k: 16, start: start)
            let distance = try #require(OptimumDistance(of: lloyd, from: optimum).ratio)
            #expect(distance >= 1 && lloyd.squaredError >= optimum.squaredError * (1 - 1e-9))
        }
    }

    private func survivors(_ weights: [Float]) throws -> Survivors {
        Survivors(try WeightDistribution(Tensor(shape: [weights.count], floats: weights)), threshold: 0.5)
    }

    @Test("more centroids than distinct values: each value is kept, without an error")
    func fewValues() throws {
        let weights: [Float] = [0.5, -0.25, 0.5, 3, -0.25, 0, 0x1p-133]
        let survivors = Survivors(try WeightDistribution(Tensor(shape: [7], floats: weights)), threshold: 0)
        for codebook in [Centroids.lloyd(survivors, k: 8), Centroids.optimal(survivors, k: 4)] {
            #expect(codebook.values == [-0.25, 0x1p-133, 0.5, 3])
            #expect(codebook.counts == [2, 1, 2, 1])
            #expect(codebook.squaredError == 0 && codebook.steps == 0)
        }
    }

    @Test("a warm start from the result takes one step and changes nothing")
    func warmStart() throws {
        var generator = SeededGenerator(seed: 9)
        let weights = (0..<5_000).map { _ in Float(generator.normal()) }
        let survivors = try survivors(weights)
        let cold = Centroids.lloyd(survivors, k: 12, start: .linear)
        let warm = Centroids.lloyd(survivors, k: 12, warmStart: cold.values.map(Double.init))
        #expect(warm.steps <= 2 && warm.values == cold.values && warm.squaredErrors == cold.squaredErrors)
        #expect(cold.steps > 5)
    }
}
