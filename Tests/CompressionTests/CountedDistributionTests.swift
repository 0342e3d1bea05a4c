import Compression
import Foundation
import Tensors
import Testing

/// Weights that were counted by their bits answer as those that were sorted.
@Suite("Counted distributions")
struct CountedDistributionTests {
    /// Laplace weights with some zeros, in a type of the file.
    private func tensor(_ type: ElementType, count: Int = 50_000) -> Tensor {
        var generator = SeededGenerator(seed: 3)
        let floats = (0..<count).map { _ in Float(generator.uniform() < 0.05 ? 0 : generator.laplace() * 0.04 + 0.003) }
        let storage = TensorStorage(byteCount: count * type.byteCount) { memory in
            for (index, value) in floats.enumerated() {
                switch type {
                case .float16: memory.storeBytes(of: value.halfBits, toByteOffset: 2 * index, as: UInt16.self)
                case .bfloat16:
                    memory.storeBytes(of: UInt16(value.roundedToBrainFloat.bitPattern >> 16), toByteOffset: 2 * index, as: UInt16.self)
                case .float8e5m2: memory[index] = UInt8(value.halfBits >> 8)
                default: memory.storeBytes(of: value.bitPattern, toByteOffset: 4 * index, as: UInt32.self)
                }
            }
        }
        return Tensor(shape: [count], elementType: type, storage: storage)
    }

    private func counted(_ tensor: Tensor) throws -> WeightDistribution {
        let tally = WeightTally(tensor)
        while !tally.isDone { tally.add(7_000) }
        return try tally.distribution()
    }

    @Test("Eight and sixteen bits: every answer is that of the sorted weights", arguments: [ElementType.float16, .bfloat16, .float8e5m2])
    func exact(type: ElementType) throws {
        let tensor = tensor(type)
        let (found, expected) = (try counted(tensor), try WeightDistribution(tensor))
        #expect(found.resolution == .exact && found.count == expected.count)
        #expect(found.withSortedWeights(Array.init).map { $0 + 0 } == expected.withSortedWeights(Array.init).map { $0 + 0 })
        #expect(found.givenZeros == expected.givenZeros && found.minimum == expected.minimum && found.maximum == expected.maximum)
        #expect(abs(found.standardDeviation / expected.standardDeviation - 1) < 1e-12)
        #expect(abs(found.nonzeroStandardDeviation / expected.nonzeroStandardDeviation - 1) < 1e-12)
        for threshold in [0, 0.01, 0.04, 0.1] {
            #expect(found.zeros(threshold: threshold) == expected.zeros(threshold: threshold))
            let (a, b) = (Survivors(found, threshold: threshold), Survivors(expected, threshold: threshold))
            #expect(abs(a.sumOfSquares - b.sumOfSquares) <= 1e-10 * b.sumOfSquares)
            #expect(Centroids.lloyd(a, k: 16).counts == Centroids.lloyd(b, k: 16).counts)
            let grid = UniformGrid.best(bits: 4, isSymmetric: true, survivors: b)
            #expect(grid.outcome(a).counts == grid.outcome(b).counts)
        }
        #expect(found.histogram(bins: 40, over: -0.2...0.2).counts == expected.histogram(bins: 40, over: -0.2...0.2).counts)
        #expect(found.threshold(level: 0.7).zeros == expected.threshold(level: 0.7).zeros)
    }

    @Test("float32: bins of 2⁻¹¹ of their value, exact extent and moments")
    func fine() throws {
        let tensor = tensor(.float32)
        let (found, expected) = (try counted(tensor), try WeightDistribution(tensor))
        #expect(found.resolution == .fine && found.count == expected.count && found.givenZeros == expected.givenZeros)
        #expect(found.minimum == expected.minimum && found.maximum == expected.maximum)
        #expect(abs(found.standardDeviation / expected.standardDeviation - 1) < 1e-10 && abs(found.mean - expected.mean) < 1e-10)
        for rank in stride(from: 0, to: found.count, by: 997) {
            #expect(abs(found[rank] - expected[rank]) <= 0x1p-11 * abs(expected[rank]))
        }
    }

    @Test("Coarse distributions keep extent, mean, σ and zeros, and survive being kept", arguments: [ElementType.bfloat16, .float32])
    func coarse(type: ElementType) throws {
        let full = try counted(tensor(type))
        let coarse = full.coarsened
        #expect(coarse.resolution == .coarse && coarse.byteCount < full.byteCount && coarse.count == full.count)
        #expect(
            coarse.standardDeviation == full.standardDeviation && coarse.givenZeros == full.givenZeros && coarse.maximum == full.maximum)
        for level in [0.2, 0.5, 0.9] {
            let threshold = full.threshold(level: level).threshold
            #expect(abs(Double(coarse.zeros(threshold: threshold)) / Double(coarse.count) - level) < 0.02)
        }
        let back = try #require(KeptDistributions.distributions(from: KeptDistributions.data(of: ["a": full, "b": coarse])))
        #expect(Set(back.keys) == ["a", "b"])
        for distribution in back.values {
            #expect(distribution.count == full.count && distribution.standardDeviation == full.standardDeviation)
            #expect(distribution.zeros(threshold: 0.05) == coarse.zeros(threshold: 0.05))
        }
        #expect(KeptDistributions.distributions(from: [1, 0, 0]) == nil)
    }

    @Test("The first NaN or infinity is named", arguments: [ElementType.bfloat16, .float32])
    func notFinite(type: ElementType) throws {
        let good = tensor(type, count: 5_000)
        let storage = TensorStorage(byteCount: good.bytes.count) { memory in
            memory.copyMemory(from: good.bytes)
            if type == .float32 {
                memory.storeBytes(of: Float.nan.bitPattern, toByteOffset: 4 * 1_234, as: UInt32.self)
            } else {
                memory.storeBytes(of: 0x7F80, toByteOffset: 2 * 1_234, as: UInt16.self)
            }
        }
        let tensor = Tensor(shape: [5_000], elementType: type, storage: storage)
        do throws(DistributionError) {
            let tally = WeightTally(tensor)
            tally.add(5_000)
            _ = try tally.distribution()
            Issue.record("a NaN was counted")
        } catch {
            let isNamed = if case .notFinite(1_234, _) = error { true } else { false }
            #expect(isNamed, "\(error)")
        }
    }
}
