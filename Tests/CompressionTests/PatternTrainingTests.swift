import Compression
import Networks
import Tensors
import TestSupport
import Testing

/// The mask of a pattern while a layer is trained, and what policies make of it.
@Suite("Patterns while training")
struct PatternTrainingTests {
    private func layer(_ weights: [Float], _ plan: LayerPlan) throws -> TrainedLayer {
        let sample = try LayerCase(weights, shape: [8, weights.count / 8])
        let trained = TrainedLayer(
            layer: sample.layer, weights: sample.tensor, plan: .unchanged, mask: nil, threshold: 0, deviation: sample.deviation,
            options: TrainedOptions())
        let mask = sample.tensor.withFloats {
            TrainedLayer.mask($0, of: sample.layer, rule: PruningRule(plan, sample.distribution), isGivenPruned: false)
        }
        trained.adopt(plan, mask: mask, threshold: 0)
        return trained
    }

    private func plan(_ pattern: PruningPattern, level: Double = 0, weights: WeightRepresentation = .float32) -> LayerPlan {
        var plan = LayerPlan(pruning: .level(level), weights: weights)
        plan.pattern = pattern
        return plan
    }

    private func weights(_ count: Int, seed: UInt64) -> [Float] {
        var generator = SeededGenerator(seed: seed)
        return (0..<count).map { _ in Float(generator.normal()) }
    }

    private func effective(_ layer: TrainedLayer) -> [Float] {
        Tensor(shape: layer.layer.shape) { layer.writeEffective(into: $0) }.floats
    }

    private func keeps(_ values: [Float], _ pattern: PruningPattern) -> Bool {
        stride(from: 0, to: values.count, by: pattern.span).allSatisfy { start in
            values[start..<start + pattern.span].count { $0 != 0 } <= pattern.kept(of: pattern.span)
        }
    }

    @Test("A mask N:M holds whatever moves the weights, and is that of the plan; policies make it anew from the floats as they are")
    func ofEach() throws {
        let pattern = PruningPattern.some(kept: 2, of: 4)
        for representation in [WeightRepresentation.float32, .shared(WeightSharing(bits: 3)), .linear(LinearQuantization(bits: 4))] {
            let start = weights(8 * 32, seed: 4)
            let layer = try layer(start, plan(pattern, weights: representation))
            let planned = try LayerCase(start, shape: [8, 32]).compressed(plan(pattern, weights: representation), findsOptimum: false)
            #expect(effective(layer).map { $0 == 0 } == planned.weights.floats.map { $0 == 0 })
            // Every second weight that stays becomes small: the mask stays until a policy acts.
            for index in layer.shadow.values.indices where layer.isKept(index) && index % 2 == 0 { layer.shadow.values[index] *= 0.001 }
            let kept = (0..<start.count).map(layer.isKept)
            layer.renew()
            #expect(keeps(effective(layer), pattern) && (0..<start.count).map(layer.isKept) == kept)
            let floats = layer.floats.floats
            layer.prune(level: 0.9)
            let expected = try LayerCase(floats, shape: [8, 32]).compressed(plan(pattern), findsOptimum: false).weights.floats
            #expect((0..<start.count).map(layer.isKept) == expected.map { $0 != 0 } && layer.plan.pattern == pattern)
            #expect(representation != .float32 || (0..<start.count).map(layer.isKept) != kept)
            layer.splice(sensitivity: 1, low: 0.9, high: 1.1)
            #expect(layer.movesPruned && layer.prunedCount == start.count / 2)
            #expect(layer.compressed(bias: nil).survivors?.givenZeros == start.count / 2)
        }
    }

    @Test("Policies prune whole blocks, never fewer than before, and keep the floor")
    func blocks() throws {
        let start = weights(8 * 32, seed: 9)
        var plan = plan(.blocks(4), level: 0.25)
        plan.keep = 40
        let layer = try layer(start, plan)
        #expect(layer.prunedCount == 64)
        layer.prune(level: 0.1)
        #expect(layer.prunedCount == 64)
        layer.prune(level: 0.5)
        #expect(layer.prunedCount == 128 && layer.plan.pruning == .level(0.5))
        layer.prune(rule: .threshold(100), as: nil)
        #expect(layer.prunedCount == 256 - 40 && layer.plan.pruning == .level(216.0 / 256))
        let mask = try #require(layer.keptMask)
        // Outputs are rows here: a block is four of them in one column.
        for column in 0..<32 { for row in [0, 4] { #expect(Set((row..<row + 4).map { mask[32 * $0 + column] }).count == 1) } }
        layer.splice(sensitivity: 0, low: 0.5, high: 0.8)
        let after = try #require(layer.keptMask)
        #expect(after.count { $0 == 0 } < 216 && layer.movesPruned)
    }
}
