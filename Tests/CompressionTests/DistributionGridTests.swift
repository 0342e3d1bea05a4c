import Compression
import Foundation
import Tensors
import Testing

@Suite("Uniform grids against brute force")
struct DistributionGridTests {
    @Test("counts and errors by search are those of every weight quantized alone, and of the C loop")
    func outcomes() throws {
        try DistributionSample.each(seeds: 0..<25) { sample in
            let distribution = try WeightDistribution(sample.tensor)
            let survivors = Survivors(distribution, threshold: 0)
            let kept = sample.weights.filter { $0 != 0 }
            guard let largest = survivors.largestMagnitude else { return }
            for bits in [2, 3, 4, 8] {
                for clip in [Double(largest), Double(largest) * 0.37] {
                    for isSymmetric in [true, false] {
                        let grid = UniformGrid(
                            bits: bits, isSymmetric: isSymmetric, clip: clip, range: distribution.minimum...distribution.maximum)
                        check(grid, survivors, kept, sample)
                    }
                }
            }
        }
    }

    private func check(_ grid: UniformGrid, _ survivors: Survivors, _ kept: [Float], _ sample: DistributionSample) {
        let outcome = grid.outcome(survivors)
        var counts = grid.codes.map { _ in 0 }
        var error = 0.0
        for weight in kept {
            let code = grid.code(weight)
            counts[code - grid.codes.lowerBound] += 1
            let level = grid.quantize(weight)
            #expect(level == grid.levels[code - grid.codes.lowerBound])
            #expect(code - grid.codes.lowerBound == grid.boundaries.count { $0 < weight }, "\(sample), \(grid), \(weight)")
            error += (Double(weight) - Double(level)) * (Double(weight) - Double(level))
        }
        #expect(outcome.counts == counts, "\(sample), \(grid)")
        let squares = kept.reduce(0) { $0 + Double($1) * Double($1) }
        #expect(agree(outcome.squaredError, error, scale: squares), "\(sample), \(grid)")
        var quantized = [Float](repeating: .nan, count: kept.count)
        kept.withUnsafeBufferPointer { source in quantized.withUnsafeMutableBufferPointer { grid.quantize(source, into: $0) } }
        #expect(quantized == kept.map(grid.quantize), "\(sample), \(grid)")
    }

    @Test("ties go to the even code, ends are cut")
    func ties() {
        let grid = UniformGrid(bits: 3, isSymmetric: true, scale: 0.5)
        #expect([-9, -1.25, -0.75, -0.25, -0.0, 0.25, 0.75, 1.25, 9].map(grid.code) == [-3, -2, -2, 0, 0, 0, 2, 2, 3])
        #expect(grid.levels == [-1.5, -1, -0.5, 0, 0.5, 1, 1.5] && grid.clip == 1.5)
        let shifted = UniformGrid(bits: 2, isSymmetric: false, scale: 1, zeroPoint: 1)
        #expect([-2, -0.5, 0.5, 1.5, 3].map(shifted.code) == [0, 1, 1, 3, 3])
        #expect(shifted.levels == [-1, 0, 1, 2] && shifted.clip == 2)
    }

    @Test("zero is always a level, so that pruned weights stay zero")
    func zeroIsALevel() {
        for (low, high) in [(-1.0, 3.0), (2, 3), (-5, -4), (-0.1, 7)] {
            for bits in 2...8 {
                let grid = UniformGrid(bits: bits, isSymmetric: false, clip: 10, range: low...high)
                #expect(grid.quantize(0) == 0 && grid.levels.contains(0))
                #expect(grid.code(0) == grid.zeroPoint)
            }
        }
    }

    @Test("the best clip is within 0.1 % of the least error on a dense grid of clips", arguments: [2, 3, 4, 8])
    func bestSymmetric(bits: Int) throws {
        for kind in [0, 1, 2, 8, 10] {
            let sample = DistributionSample(kind: kind, seed: 1_000 + UInt64(bits), most: 30_000)
            let survivors = Survivors(try WeightDistribution(sample.tensor), threshold: 0.02)
            let best = UniformGrid.best(bits: bits, isSymmetric: true, survivors: survivors)
            let largest = Double(try #require(survivors.largestMagnitude))
            let least =
                (1...4_000).map { step in
                    let clip = largest * Double(step) / 4_000
                    return UniformGrid(bits: bits, isSymmetric: true, clip: clip, range: 0...0).outcome(survivors).squaredError
                }.min() ?? 0
            #expect(best.outcome(survivors).squaredError <= least * 1.001, "\(sample)")
        }
    }

    @Test("the best asymmetric grid is within 0.1 % of every zero point with a dense grid of scales", arguments: [2, 3, 4])
    func bestAsymmetric(bits: Int) throws {
        for kind in [0, 1, 2, 9] {
            let sample = DistributionSample(kind: kind, seed: 77, most: 9_000)
            let distribution = try WeightDistribution(sample.tensor)
            let survivors = Survivors(distribution, threshold: 0.02)
            let best = UniformGrid.best(bits: bits, isSymmetric: false, survivors: survivors)
            let width = max(0, distribution.maximum) - min(0, distribution.minimum)
            let widest = 1.2 * width / Double((1 << bits) - 1)
            let least =
                (0..<1 << bits).flatMap { zeroPoint in
                    (1...300).map { step in
                        UniformGrid(
                            bits: bits, isSymmetric: false, scale: Float(widest * Double(step) / 300), zeroPoint: zeroPoint
                        ).outcome(survivors).squaredError
                    }
                }.min() ?? 0
            #expect(best.outcome(survivors).squaredError <= least * 1.001, "\(sample)")
        }
    }

    @Test("no survivors, one survivor")
    func few() throws {
        let distribution = try WeightDistribution(Tensor(shape: [3], floats: [0, 0.3, 0]))
        for isSymmetric in [true, false] {
            let none = Survivors(distribution, threshold: 1)
            #expect(UniformGrid.best(bits: 4, isSymmetric: isSymmetric, survivors: none).outcome(none).squaredError == 0)
            let one = Survivors(distribution, threshold: 0)
            let outcome = UniformGrid.best(bits: 4, isSymmetric: isSymmetric, survivors: one).outcome(one)
            #expect(outcome.squaredError < 1e-9 && outcome.counts.reduce(0, +) == 1)
            #expect(outcome.entropy == 0)
        }
    }

    /// Signal to noise of a normal layer: 2 bits cut at max |w| are (nearly) all zeros, at the best clip 7.2 dB are left.
    ///
    /// Lloyd–Max theory for uniform symmetric quantizers of 3, 7 and 15 levels of a normal variable gives about 7.2, 13.3, 18.9 dB.
    @Test("known signal to noise of a normal layer")
    func signalToNoise() throws {
        var generator = SeededGenerator(seed: 3)
        let weights = (0..<200_000).map { _ in Float(generator.normal()) }
        let survivors = Survivors(try WeightDistribution(Tensor(shape: [weights.count], floats: weights)), threshold: 0)
        for (bits, decibels) in [(2, 7.2), (3, 13.3), (4, 18.9)] {
            let error = UniformGrid.best(bits: bits, isSymmetric: true, survivors: survivors).outcome(survivors).squaredError
            // 0.1 dB: the figures have one digit after the point, and the draws are random.
            #expect(abs(survivors.sumOfSquares / error / pow(10, decibels / 10) - 1) < 0.025)
        }
    }
}
