import Compression
import Foundation
import Networks
import Tensors
import TestSupport
import Testing

/// Factors with plans of their own while they are trained.
@Suite("Training: plans of factors")
struct TrainedFactorPartTests {
    private static let plans: [(left: LayerPlan, right: LayerPlan)] = [
        (LayerPlan(pruning: .level(0.5)), LayerPlan()),
        (LayerPlan(weights: .shared(WeightSharing(bits: 3))), LayerPlan(pruning: .level(0.3))),
        (
            LayerPlan(pruning: .ratio(0.8), weights: .shared(WeightSharing(bits: 2))),
            LayerPlan(weights: .linear(LinearQuantization(bits: 6)))
        ),
        (LayerPlan(weights: .float16), LayerPlan(weights: .lattice(LatticeQuantization(step: 0.5, lambda: 0.05)))),
        (LayerPlan(weights: .ternary), LayerPlan(weights: .normalFloat(group: 32))),
    ]

    private func layer(seed: UInt64, isTransposed: Bool = false) throws -> LayerCase {
        var generator = SeededGenerator(seed: seed)
        return try LayerCase((0..<16 * 20).map { _ in Float(0.1 * generator.normal()) }, shape: [16, 20], isTransposed: isTransposed)
    }

    private func plan(_ place: Int) -> LayerPlan {
        var plan = LayerPlan(weights: .factors(.number(6)))
        (plan[.left], plan[.right]) = (Self.plans[place].left, Self.plans[place].right)
        return plan
    }

    private func trained(_ layer: LayerCase, _ plan: LayerPlan) -> TrainedLayer {
        let trained = TrainedLayer(
            layer: layer.layer, weights: layer.tensor, plan: .unchanged, mask: nil, threshold: 0, deviation: 1, options: TrainedOptions())
        trained.adopt(plan, mask: nil, threshold: 0)
        return trained
    }

    private func effective(_ layer: TrainedLayer) -> [Float] {
        Tensor(shape: [layer.layer.count]) { layer.writeEffective(into: $0) }.floats
    }

    /// As a step of an optimizer: every vector goes along its gradient, which is 0 for what is pruned.
    private func step(_ layer: TrainedLayer, seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var gradient = (0..<layer.layer.count).map { _ in Float(generator.normal()) }
        gradient.withUnsafeMutableBufferPointer { gradient in
            layer.receive(gradient)
            for vector in layer.vectors { for index in vector.values.indices { vector.values[index] -= 0.01 * vector.gradient[index] } }
        }
    }

    @Test("A layer begins with what its plan makes of it without training", arguments: 0..<5)
    func start(place: Int) throws {
        for isTransposed in [false, true] {
            let layer = try layer(seed: UInt64(place), isTransposed: isTransposed)
            let made = try layer.compressed(plan(place))
            let trained = trained(layer, plan(place))
            let kept = trained.compressed(bias: nil)
            // A clip of linear weights is sought on a coarser grid while they train.
            let isLinear = place == 2
            #expect(isLinear || effective(trained) == made.weights.floats)
            #expect(isLinear || kept.summary.bytes == made.summary.bytes && kept.summary.sparsity == made.summary.sparsity)
            #expect(isLinear || kept.parts.map(\.summary.zeros) == made.parts.map(\.summary.zeros))
            #expect(squaredError(trained.floats.floats, layer.weights) < 1e-10)
        }
    }

    @Test("Gradients of pruned numbers are 0, of others and of centroids those of Σ G · W by differences", arguments: [0, 1])
    func gradients(place: Int) throws {
        let trained = trained(try layer(seed: 4), plan(place))
        var generator = SeededGenerator(seed: 5)
        var gradient = (0..<trained.layer.count).map { _ in Float(generator.normal()) }
        let slope = gradient
        _ = effective(trained)
        gradient.withUnsafeMutableBufferPointer { trained.receive($0) }
        func loss() -> Double { zip(effective(trained), slope).reduce(0) { $0 + Double($1.0) * Double($1.1) } }
        #expect(trained.vectors.count == 2)
        for vector in trained.vectors {
            let found = Array(vector.gradient)
            var isPruned = 0
            for index in vector.values.indices {
                let value = vector.values[index]
                vector.values[index] = value + 0.25
                let above = loss()
                vector.values[index] = value - 0.25
                let difference = 2 * (above - loss())
                vector.values[index] = value
                if difference == 0 { isPruned += 1 }
                #expect(abs(difference - Double(found[index])) < 1e-3, "\(vector.name) \(index)")
            }
            let shares = vector.name.hasSuffix("centroids")
            let level = vector.name.contains("left") ? Self.plans[place].left.pruning.amount : Self.plans[place].right.pruning.amount
            #expect(shares || isPruned == Int((level * Double(vector.values.count)).rounded()), "\(vector.name)")
        }
    }

    @Test("What is pruned stays 0 and what is shared keeps its few values while steps are taken", arguments: 0..<5)
    func steps(place: Int) throws {
        let trained = trained(try layer(seed: 7), plan(place))
        let before = trained.compressed(bias: nil)
        for seed in 0..<4 {
            step(trained, seed: UInt64(seed))
            trained.renew()
        }
        let after = trained.compressed(bias: nil)
        #expect(effective(trained) == after.weights.floats && after.weights.floats != before.weights.floats)
        for (old, new) in zip(before.parts, after.parts) {
            #expect(new.weights.floats != old.weights.floats)
            #expect(new.layer.weight == old.layer.weight && new.summary.weight == new.layer.weight)
            guard new.summary.plan.prunes else { continue }
            for (a, b) in zip(old.weights.floats, new.weights.floats) where a == 0 { #expect(b == 0) }
            if case .shared(let sharing) = new.summary.plan.weights {
                #expect(Set(new.weights.floats).count <= 1 + 1 << sharing.bits)
            }
        }
        let product = after.parts.map(\.weights.floats)
        guard case .factors(let factors) = after.form else { throw CancellationError() }
        #expect(squaredError(factors.factorization.product(product, of: trained.layer.geometry), after.weights.floats) < 1e-10)
    }

    @Test("Training goes on from its buffers and from a state with the same bits", arguments: 0..<5)
    func keeping(place: Int) throws {
        let (layer, plan) = (try layer(seed: 9), plan(place))
        let trained = trained(layer, plan)
        for seed in 0..<3 { step(trained, seed: UInt64(seed)) }
        let resumed = self.trained(layer, plan)
        try resumed.restore(trained.buffers, plan: plan, threshold: 0, movesPruned: false)
        let made = trained.compressed(bias: nil)
        let tables = try JSONDecoder().decode(StoredTables.self, from: JSONEncoder().encode(StoredTables(made)))
        let kept = CompressedLayer(weights: made.weights, bias: nil, tables: tables, of: layer.layer, summary: made.summary)
        let next = self.trained(try LayerCase(trained.floats.floats, shape: [16, 20]), plan)
        #expect(next.takeCodebook(of: kept))
        // Grids that a state does not keep are found anew, as for layers.
        let others = [2, 3].contains(place) ? [resumed] : [resumed, next]
        for other in others { #expect(effective(other) == effective(trained)) }
        for layer in [trained, resumed, next] { step(layer, seed: 11) }
        for other in others { #expect(effective(other) == effective(trained)) }
        var wrong = trained.buffers
        wrong["left/shadow"] = nil
        if plan[.left] != .unchanged {
            #expect(throws: BufferError.self) { try resumed.restore(wrong, plan: plan, threshold: 0, movesPruned: false) }
        }
    }

    @Test("Another plan of one factor leaves the other as training made it")
    func turning() throws {
        let trained = trained(try layer(seed: 3), plan(1))
        for seed in 0..<3 { step(trained, seed: UInt64(seed)) }
        let before = trained.compressed(bias: nil)
        var plan = plan(1)
        plan[.right] = LayerPlan(pruning: .level(0.6))
        trained.adopt(plan, mask: nil, threshold: 0)
        let after = trained.compressed(bias: nil)
        #expect(after.parts[1].weights.floats == before.parts[1].weights.floats)
        #expect(after.parts[0].summary.zeros == Int((0.6 * Double(after.parts[0].layer.count)).rounded()))
    }
}
