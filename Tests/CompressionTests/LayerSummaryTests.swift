import Compression
import Foundation
import Tensors
import TestSupport
import Testing

@Suite("Layer: the numbers of the summary")
struct LayerSummaryTests {
    static let representations =
        WeightRepresentation.examples
        + [2, 8].flatMap { bits in
            [true, false].map { flag in WeightRepresentation.linear(LinearQuantization(bits: bits, isSymmetric: flag, isPerChannel: !flag))
            }
        }

    @Test("Zeros, codebook and decibels on the result", arguments: representations)
    func figures(representation: WeightRepresentation) throws {
        for seed in 0..<40 as Range<UInt64> {
            let layer = try LayerCase(seed: seed)
            for pruning in LayerRepresentationTests.prunings {
                let state = try layer.compressed(LayerPlan(pruning: pruning, weights: representation))
                let (kept, values, summary) = (layer.pruned(pruning), state.weights.floats, state.summary)
                #expect(summary.zeros == values.count { $0 == 0 })
                let survivors = kept.indices.filter { kept[$0] != 0 }
                let pruned = squaredError(layer.weights, kept)
                let signal = layer.weights.reduce(0.0) { $0 + Double($1) * Double($1) }
                // Given zeros that binary weights fill count as noise of the representation.
                let rounding = squaredError(kept, values)
                expectDecibels(summary.signalToNoise.pruning, signal, pruned)
                expectDecibels(summary.signalToNoise.representation, signal - pruned, rounding)
                // Pruned weights become small in a product, in others they stay 0.
                expectDecibels(summary.signalToNoise.whole, signal, squaredError(layer.weights, values))
                if !summary.codebook.isEmpty {
                    let isFilled = summary.codebook.reduce(0) { $0 + $1.count } == layer.weights.count
                    #expect(isFilled || summary.codebook.reduce(0) { $0 + $1.count } == survivors.count)
                    let error = summary.codebook.reduce(0) { $0 + $1.squaredError }
                    #expect(abs(error - rounding) <= 1e-9 + 1e-6 * rounding)
                    #expect(summary.codebook.map(\.value) == summary.codebook.map(\.value).sorted())
                }
            }
        }
    }

    private func expectDecibels(_ measured: Double?, _ signal: Double, _ noise: Double) {
        guard signal > 1e-12, noise > 1e-12 * signal else { return }
        #expect(abs((measured ?? .nan) - 10 * log10(signal / noise)) < 1e-4)
    }

    @Test("Decibels of a few tiny weights, and none where nothing is changed, in layers with any median")
    func tinyNoise() throws {
        var generator = SeededGenerator(seed: 12)
        let denormals = (1...2_000).map { Float(bitPattern: $0) }
        for centre in [0, 0.7] as [Float] {
            let weights = denormals + (0..<6_000).map { _ in centre + 0.1 * Float(generator.laplace()) }
            let layer = try LayerCase(weights, shape: [80, 100])
            for level in [0.05, 0.25] {
                let decibels = try layer.compressed(LayerPlan(pruning: .level(level))).summary.signalToNoise
                let pruned = squaredError(weights, layer.pruned(.level(level)))
                let expected = 10 * log10(weights.reduce(0.0) { $0 + Double($1) * Double($1) } / pruned)
                #expect(pruned > 0 && abs((decibels.pruning ?? 0) - expected) < 1e-9)
                #expect(decibels.whole == decibels.pruning && decibels.representation == nil)
            }
            let sparse = try LayerCase([Float](repeating: 0, count: 2_000) + weights, shape: [100, 100])
            for plan in [LayerPlan.unchanged, LayerPlan(pruning: .level(0.1)), LayerPlan(pruning: .ratio(1), bypass: true)] {
                #expect(try sparse.compressed(plan).summary.signalToNoise == SignalToNoise())
            }
            let estimate = LayerEstimator.summary(
                of: sparse.layer, distribution: sparse.distribution, plan: .unchanged, rule: .none)
            #expect(estimate?.signalToNoise == SignalToNoise())
        }
    }

    @Test("Errors of heaps much narrower than the layer are those of every weight")
    func narrowHeaps() throws {
        var generator = SeededGenerator(seed: 13)
        let heaps = (0..<12_000).map { index in [-0.31, 0.02, 0.47][index % 3] * (1 + 1e-6 * generator.normal()) }
        let layer = try LayerCase(heaps.map { Float($0) }, shape: [120, 100])
        let state = try layer.compressed(LayerPlan(weights: .shared(WeightSharing(bits: 2, start: .density))))
        let values = state.summary.codebook.map { Float($0.value) }
        let survivors = Survivors(layer.distribution, threshold: 0)
        var begin = 0
        for (value, count) in zip(values, state.summary.codebook.map(\.count)) {
            let errors = (begin..<begin + count).map { Double(survivors[$0]) - Double(value) }
            let found = survivors.squaredError(of: begin..<begin + count, around: Double(value))
            let expected = errors.reduce(0) { $0 + $1 * $1 }
            #expect(abs(found - expected) <= 1e-6 * expected)
            begin += count
        }
        let nonzero = try LayerCase([Float](repeating: 0, count: 9_000) + heaps.filter { $0 > 0.4 }.map { Float($0) }, shape: [130, 100])
        let expected = nonzero.deviation(of: nonzero.weights.filter { $0 != 0 })
        #expect(abs(nonzero.distribution.nonzeroStandardDeviation - expected) <= 1e-6 * expected)
    }

    @Test("Bytes against placing every entry", arguments: [4, 8], [1, 3, 5])
    func bytes(indexBits: Int, bits: Int) throws {
        for seed in 0..<40 as Range<UInt64> {
            let layer = try LayerCase(seed: seed, rows: 20, columns: 30)
            let plan = LayerPlan(pruning: .level(0.9), weights: .shared(WeightSharing(bits: bits)), indexBits: indexBits)
            let state = try layer.compressed(plan)
            let expected = hanBytes(
                state.weights.floats, valueBits: bits, indexBits: indexBits, overheadBits: 32 * state.summary.codebook.count,
                hasCodes: true)
            #expect(state.summary.bytes.sparse == expected.sparse)
            #expect(state.summary.bytes.huffman == expected.huffman)
            let floats = try layer.compressed(LayerPlan(pruning: .level(0.9), indexBits: indexBits))
            let dense = hanBytes(floats.weights.floats, valueBits: 32, indexBits: indexBits, overheadBits: 0, hasCodes: false)
            if floats.summary.bytes.valueBits == 32 { #expect(floats.summary.bytes.sparse == dense.sparse) }
        }
    }

    @Test("An unchanged layer has its own bytes, and bits by default 8 for convolutions and 5 for the rest")
    func unchanged() throws {
        let layer = try LayerCase(seed: 1, rows: 10, columns: 40)
        let summary = try layer.compressed(.unchanged).summary
        #expect(summary.bytes == LayerBytes(dense: 1_600, sparse: 1_600, huffman: 1_600, fillers: 0, indexBits: 0, valueBits: 32))
        #expect(summary.signalToNoise == SignalToNoise() && summary.zeros == 0 && summary.remarks.isEmpty)
        #expect(try layer.compressed(LayerPlan(pruning: .level(0.9))).summary.bytes.indexBits == 5)
        #expect(try LayerCase(seed: 2, rows: 10, columns: 40).compressed(LayerPlan(pruning: .level(0.9))).summary.bytes.indexBits == 8)
    }

    @Test("Bypass is the original; the knobs stay in the plan")
    func bypass() throws {
        let layer = try LayerCase(seed: 4)
        var plan = LayerPlan(pruning: .level(0.9), weights: .ternary, biases: .int8)
        plan.bypass = true
        let state = try layer.compressed(plan, bias: [0.3, 0.1])
        #expect(state.weights.floats == layer.weights && state.bias?.floats == [0.3, 0.1])
        #expect(state.summary.plan == plan && state.summary.threshold == 0)
    }

    @Test("Biases: 16-bit floats, 8-bit codes, and what 8 bits can't hold")
    func biases() throws {
        let layer = try LayerCase(seed: 1)
        let bias: [Float] = [0.3, -1.27, 0.005, 0, 1e-9]
        #expect(try layer.compressed(LayerPlan(biases: .float16), bias: bias).bias?.floats == bias.map { Float(Float16($0)) })
        let codes = try layer.compressed(LayerPlan(biases: .int8), bias: bias).bias?.floats ?? []
        #expect(zip(codes, [0.3, -1.27, 0.0, 0, 0]).allSatisfy { abs(Double($0) - $1) < 1e-6 })
        let few = try layer.compressed(LayerPlan(biases: .int4), bias: bias).bias?.floats ?? []
        #expect(zip(few, [2 * 1.27 / 7, -1.27, 0.0, 0, 0]).allSatisfy { abs(Double($0) - $1) < 1e-6 })
        #expect(throws: CompressionError.biasNotFinite(name: "fc1.bias", index: 1)) {
            try layer.compressed(LayerPlan(biases: .int8), bias: [1, .nan])
        }
    }

    @Test(
        "A bias of 8 or 4 bits is stored as such, also where a small negative one became zero, and a trained one too",
        arguments: [(BiasRepresentation.int8, [30, -127, 0, 90, 42] as [Int32]), (.int4, [2, -7, 0, 5, 2])])
    func storedBiases(representation: BiasRepresentation, levels: [Int32]) throws {
        let bias: [Float] = [0.3, -1.27, -0.001, 0.9, 0.42]
        let layer = try LayerCase(seed: 1).compressed(LayerPlan(biases: representation), bias: bias)
        let rounded = try #require(layer.bias)
        let trained = TrainedBias(name: "fc1.bias", values: Tensor(shape: [5], floats: bias), representation: representation)
        let floats = [Float](unsafeUninitializedCapacity: 5) { buffer, count in
            trained.writeEffective(into: UnsafeMutableBufferPointer(rebasing: buffer[0..<5]))
            count = 5
        }
        #expect(floats == rounded.floats)
        let (effective, form) = trained.effective(shape: [5])
        #expect(effective.floats == floats)
        #expect(rounded.floats[2].bitPattern == 0 && floats[2].bitPattern == 0)
        for form in [layer.biasForm, form, StoredForm(recognizing: effective, as: representation)] {
            guard case .levels(let stored) = form, case .grid = stored.values else {
                Issue.record("stored as \(form)")
                continue
            }
            #expect(stored.levels == levels)
        }
    }

    @Test("Steps without effect are remarked")
    func remarks() throws {
        let layer = try LayerCase([0.5, -0.25, 0.75, 1], shape: [2, 2])
        func remarks(_ plan: LayerPlan) throws -> [LayerRemark] { try layer.compressed(plan).summary.remarks }
        #expect(try remarks(LayerPlan(pruning: .ratio(0.1))) == [.thresholdBelowWeights(smallest: 0.25)])
        #expect(try remarks(LayerPlan(pruning: .ratio(100))) == [.everythingPruned])
        #expect(try remarks(LayerPlan(weights: .shared(WeightSharing(bits: 3)))) == [.moreCentroidsThanValues(distinct: 4)])
        #expect(try remarks(LayerPlan(weights: .shared(WeightSharing(bits: 1)))).isEmpty)
        let tiny = try LayerCase(Array(repeating: 1e-9, count: 10), shape: [2, 5])
        #expect(try tiny.compressed(LayerPlan(weights: .float16)).summary.remarks.contains(.allRoundedToZero))
    }

    @Test("A shared value of exactly 0 is stored like the others, and its weights count as zeros")
    func zeroCentroid() throws {
        let layer = try LayerCase([-1, 1, -1, 1], shape: [2, 2])
        let state = try layer.compressed(LayerPlan(weights: .shared(WeightSharing(bits: 1))))
        #expect(state.summary.codebook.map(\.value) == [-1, 1] && state.summary.zeros == 0)
        let book = try LayerCase([-8, -7, -1, 1, 7, 8], shape: [2, 3])
        let optimal = try book.compressed(LayerPlan(weights: .shared(WeightSharing(bits: 2, method: .optimal))))
        #expect(optimal.summary.zeros == optimal.weights.floats.count { $0 == 0 })
        #expect(optimal.summary.codebook.reduce(0) { $0 + $1.count } == 6)
    }

    @Test("A cancelled layer is nil, whatever the representation", arguments: representations)
    func cancelled(representation: WeightRepresentation) throws {
        let layer = try LayerCase(seed: 1)
        let plan = LayerPlan(pruning: .ratio(0.5), weights: representation)
        for allowed in 0..<3 {
            var asked = 0
            let result = try LayerCompressor.compress(
                layer: layer.layer, weights: layer.tensor, bias: nil, distribution: layer.distribution, plan: plan,
                rule: PruningRule(plan, layer.distribution)
            ) {
                asked += 1
                return asked > allowed
            }
            if asked > allowed { #expect(result == nil) }
        }
    }

    @Test("Counts that disagree, and plans out of range")
    func errors() throws {
        let layer = try LayerCase(seed: 1, rows: 2, columns: 2)
        #expect(throws: CompressionError.countMismatch(weight: "fc1.weight", expected: 4, actual: 3)) {
            try LayerCompressor.compress(
                layer: layer.layer, weights: Tensor(shape: [3], floats: [1, 2, 3]), bias: nil, distribution: layer.distribution,
                plan: .unchanged, rule: .none)
        }
        #expect(throws: CompressionError.self) { try layer.compressed(LayerPlan(indexBits: 60)) }
        #expect(throws: CompressionError.self) { try layer.compressed(LayerPlan(weights: .shared(WeightSharing(bits: 60)))) }
    }

    @Test("Empty and all-zero layers under every representation", arguments: representations)
    func degenerate(representation: WeightRepresentation) throws {
        for weights in [[], [0, 0, 0, 0], [0.5], [-0.0, .leastNonzeroMagnitude, -.leastNonzeroMagnitude, 3e38]] as [[Float]] {
            let layer = try LayerCase(weights, shape: [weights.count, 1])
            let summary = try layer.compressed(LayerPlan(pruning: .ratio(0), weights: representation)).summary
            #expect(summary.weights == weights.count && summary.bytes.huffman <= summary.bytes.sparse)
            #expect(summary.codebook.allSatisfy { $0.value.isFinite && $0.squaredError.isFinite })
        }
    }
}
