import Compression
import Tensors
import Testing

@Suite("Given structure")
struct GivenStructureTests {
    private func detect(_ weights: [Float]) throws -> GivenStructure {
        let tensor = Tensor(shape: [weights.count], floats: weights)
        return GivenStructure.detect(weights: tensor, distribution: try WeightDistribution(tensor))
    }

    @Test("Ordinary weights have none")
    func none() throws {
        var generator = SeededGenerator(seed: 6)
        let given = try detect((0..<5_000).map { _ in Float(0.1 * generator.laplace()) })
        #expect(given == GivenStructure(zeros: 0, count: 5_000, values: [], grid: nil))
        #expect(given.remarks.isEmpty)
        // A small layer has few values because it has few weights.
        #expect(try detect((0..<100).map { _ in Float(generator.laplace()) }).values.isEmpty)
    }

    @Test("Codebooks of random values with zeros", arguments: [1, 2, 5, 31, 256])
    func codebooks(size: Int) throws {
        for seed in 0..<20 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let book = (0..<size).map { _ in Float(generator.laplace()) }
            let weights = (0..<4_000).map { index in
                generator.uniform() < 0.5 ? 0 : book[index < 2 * size ? index / 2 % size : Int(generator.next() % UInt64(size))]
            }
            let given = try detect(weights)
            let expected = Set(weights.filter { $0 != 0 }).sorted()
            #expect(given.values == expected)
            #expect(given.zeros == weights.count { $0 == 0 } && given.isPruned)
            if size > 4 { #expect(given.grid == nil) }
        }
        var generator = SeededGenerator(seed: 9)
        let wide = (0..<257).map { _ in Float(generator.laplace()) }
        #expect(try detect(wide + wide + wide).values.isEmpty)
    }

    @Test("Symmetric grids: step and bits", arguments: 2...8)
    func symmetric(bits: Int) throws {
        for seed in 0..<20 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let (scale, limit) = (Float(0.001 + 0.1 * generator.uniform()), (1 << (bits - 1)) - 1)
            let codes = [-limit, limit, 1] + (0..<3_000).map { _ in Int(generator.next() % UInt64(2 * limit + 1)) - limit }
            let grid = try #require(try detect(codes.map { Float($0) * scale }).grid)
            #expect(abs(grid.step / Double(scale) - 1) < 1e-6)
            #expect(grid.bits == bits && grid.offset == 0)
        }
    }

    @Test("Grids with a zero point, and with an offset that is no multiple of the step", arguments: [3, 4, 8])
    func asymmetric(bits: Int) throws {
        for seed in 0..<20 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let (scale, last) = (0.001 + 0.1 * generator.uniform(), (1 << bits) - 1)
            let codes = [0, last, 1] + (0..<3_000).map { _ in Int(generator.next() % UInt64(last + 1)) }
            let zeroPoint = last / 4
            let whole = try #require(try detect(codes.map { Float(Double($0 - zeroPoint) * scale) }).grid)
            #expect(abs(whole.step / scale - 1) < 1e-6 && whole.bits == bits && whole.offset == 0)
            let offset = -scale * (Double(zeroPoint) + 0.37)
            let shifted = try #require(try detect(codes.map { Float(Double($0) * scale + offset) }).grid)
            #expect(abs(shifted.step / scale - 1) < 1e-4 && shifted.bits == bits)
            #expect(abs(shifted.offset - offset) < 1e-6)
        }
    }

    @Test(
        "One value, and two of both signs: counted as a codebook of 1 bit, as shared weights are",
        arguments: [[0.7], [-0.25, 0.25]] as [[Float]])
    func fewestBits(values: [Float]) throws {
        let layer = try LayerCase((0..<25_088).map { values[$0 % values.count] }, shape: [64, 392])
        let given = try layer.compressed(.unchanged).summary
        let shared = try layer.compressed(LayerPlan(weights: .shared(WeightSharing(bits: 1)))).summary
        #expect(given.bytes == shared.bytes && given.bytes.valueBits == 1)
        #expect(given.bytes.sparse == 3_136 + 4 * values.count)
        if values.count == 1 { #expect(given.remarks == [.givenCodebook(distinct: 1)]) }
    }

    @Test("An unchanged layer that came sparse, shared or quantized counts as such; pruning it further drops values")
    func bytes() throws {
        var generator = SeededGenerator(seed: 10)
        let book = (0..<16).map { _ in Float(generator.laplace()) }
        let weights = (0..<4_000).map { _ in generator.uniform() < 0.9 ? 0 : book[Int(generator.next() % 16)] }
        let layer = try LayerCase(weights, shape: [40, 100])
        let summary = try layer.compressed(.unchanged).summary
        let expected = hanBytes(weights, valueBits: 4, indexBits: 5, overheadBits: 32 * 16, hasCodes: true)
        #expect(summary.bytes.sparse == expected.sparse && summary.bytes.huffman == expected.huffman)
        #expect(summary.codebook.map { Float($0.value) } == book.sorted())
        #expect(summary.zeros == weights.count { $0 == 0 } && summary.signalToNoise == SignalToNoise())
        #expect(summary.remarks == [.givenZeros(summary.zeros), .givenCodebook(distinct: 16)])
        let further = try layer.compressed(LayerPlan(pruning: .ratio(2))).summary
        #expect(further.codebook.count < 16 && further.bytes.sparse < summary.bytes.sparse)
    }
}
