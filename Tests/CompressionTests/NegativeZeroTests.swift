import Compression
import Networks
import Tensors
import TestSupport
import Testing

/// PyTorch's pruning writes weight · mask, which is −0 where a negative weight was pruned.
@Suite("−0 is a zero")
struct NegativeZeroTests {
    /// 12 rows of 64 Laplace weights times a mask that keeps a tenth; `zero` stands for the rest, with the weight's sign or without.
    private func layer(isSigned: Bool, keeping share: Double = 0.1) throws -> LayerCase {
        var generator = SeededGenerator(seed: 11)
        let weights = (0..<12 * 64).map { _ in
            let weight = Float(0.1 * generator.laplace())
            if generator.uniform() < share { return weight }
            return isSigned ? weight * 0 : 0
        }
        return try LayerCase(weights, shape: [12, 64])
    }

    @Test("A layer pruned elsewhere takes the same levels, bytes and figures with −0 as with +0", arguments: WeightRepresentation.examples)
    func layers(representation: WeightRepresentation) throws {
        for share in [0.1, 0.97] {
            let (signed, plain) = (try layer(isSigned: true, keeping: share), try layer(isSigned: false, keeping: share))
            #expect(signed.weights.contains { $0 == 0 && $0.sign == .minus })
            for pruning in [Pruning(), .level(0.95), .ratio(0.0001), Pruning(criterion: .level, amount: 0.02)] {
                let plan = LayerPlan(pruning: pruning, weights: representation)
                let (found, expected) = (try signed.compressed(plan), try plain.compressed(plan))
                #expect(found.weights.floats.map(\.bitPattern) == expected.weights.floats.map(\.bitPattern))
                #expect(found.summary == expected.summary)
                #expect(found.stored == expected.stored)
            }
        }
    }

    @Test("Few distinct values with −0 among them are a codebook, sparse floats take a bitmap, a bias its grid")
    func parameters() throws {
        let cases: [([Float], BiasRepresentation)] = [
            ((0..<512).map { Float($0 % 3) - 1 }, .float32), ([0.5, -1.27, 0.3, 1], .int8), ([0.5, -0.25, 2], .float16),
            ((0..<512).map { $0 % 9 == 0 ? 0.1 * Float($0 + 1) : 0 }, .float32),
        ]
        for (values, representation) in cases {
            let signed = values.map { $0 == 0 ? -0.0 : $0 } + [-0.0], plain = values.map { $0 == 0 ? 0 : $0 } + [0]
            let stored: [StoredWeights] = try [signed, plain].map {
                let layer = try LayerCase([1, 2], shape: [1, 2])
                return try #require(try layer.compressed(LayerPlan(biases: representation), bias: $0).storedBias)
            }
            #expect(stored[0] == stored[1])
            let rounded = try #require(
                try LayerCase([1, 2], shape: [1, 2]).compressed(LayerPlan(biases: representation), bias: plain).bias)
            #expect(stored[0].floats().map(\.bitPattern) == rounded.floats.map(\.bitPattern))
            #expect(LevelCoders.smallest(stored[0]).bytes == LevelCoders.smallest(stored[1]).bytes)
        }
    }

    @Test("An output channel without a weight does not turn a binary layer into floats, nor rounding to 16 bits make a −0")
    func roundedAway() throws {
        let dead = try LayerCase((0..<16 * 64).map { $0 < 64 ? -0.0 : Float($0 % 2) - 0.5 }, shape: [16, 64])
        guard case .grid = try dead.compressed(LayerPlan(weights: .binary(.channel))).stored.values else {
            Issue.record("no grid")
            return
        }
        let tiny = try LayerCase([1, -1e-30, 2, -1e-30], shape: [2, 2]).compressed(LayerPlan(weights: .float16))
        #expect(tiny.weights.floats.map(\.bitPattern) == [Float(1), 0, 2, 0].map(\.bitPattern))
    }

    @Test("A training starts from +0, so that what it keeps is sparse", arguments: [false, true])
    func training(isMasked: Bool) throws {
        let layer = try layer(isSigned: true, keeping: isMasked ? 0.1 : 0.97)
        let trained = TrainedLayer(
            layer: layer.layer, weights: layer.tensor, plan: .unchanged, mask: isMasked ? layer.weights.map { $0 == 0 ? 0 : 1 } : nil,
            threshold: 0, deviation: 1, options: TrainedOptions())
        for values in [trained.floats, trained.compressed(bias: nil).weights, try #require(trained.buffers["shadow"])] {
            #expect(values.floats.map(\.bitPattern) == layer.weights.map { $0 == 0 ? 0 : $0.bitPattern })
        }
    }

    @Test("The largest floats as biases of 8 bits stay finite; a layer of zeros has no table")
    func ends() throws {
        let layer = try LayerCase([0, 0, 0, 0], shape: [2, 2])
        let made = try layer.compressed(LayerPlan(weights: .binary(.channel), biases: .int8), bias: [.greatestFiniteMagnitude, 1])
        #expect(made.bias?.floats.allSatisfy(\.isFinite) == true)
        #expect(made.storedBias?.floats() == made.bias?.floats)
        #expect(made.stored.values == .codebook(negatives: [], positives: []))
    }
}
