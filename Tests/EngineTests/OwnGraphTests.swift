import Compression
import Engine
import Kernels
import Networks
import Tensors
import TestSupport
import Testing

/// A state whose graph is not the opened one, against the same graph opened as a network.
@Suite("States with a graph of their own")
struct OwnGraphTests {
    /// A random network with what normalizes it, the same with that folded in, and a state that is the latter.
    private func sample(_ seed: UInt64) -> (opened: Network, folded: Network, state: TrainedState)? {
        let opened = RandomNetwork.network(seed: seed)
        let folded = opened.applying(.foldBatchNormalization)
        guard folded.nodes.count < opened.nodes.count, opened.unsupportedNodes.isEmpty else { return nil }
        return (opened, folded, TrainedState(id: "folded", network: folded))
    }

    private func plan(_ seed: UInt64, _ network: Network) -> CompressionPlan {
        var generator = SeededGenerator(seed: seed)
        let entries = network.layers.map { layer in
            let weights: [WeightRepresentation] = [
                .float32, .shared(WeightSharing(bits: 2)), .linear(LinearQuantization(bits: 4)), .float16,
            ]
            var plan = LayerPlan(pruning: .level(generator.uniform() * 0.7), weights: weights[Int.random(in: 0..<4, using: &generator)])
            if generator.uniform() < 0.4 { plan.activations = .clipped(bits: 4, clip: .calibrated) }
            return CompressionPlan.Entry(pattern: layer.weight, plan: plan)
        }
        return CompressionPlan(layers: entries)
    }

    @Test("Every number of a plan on such a state is that of the plan on its graph, bit for bit")
    func plans() throws {
        var count = 0
        for seed in 1...60 as ClosedRange<UInt64> {
            guard let (opened, folded, state) = sample(seed) else { continue }
            count += 1
            let data = TrainingSample.noise(for: opened, 40, seed: seed)
            let plan = plan(seed, folded)
            let run = EngineRun(opened, .ready(data))
            let before = run.settle(plan, generation: 1)
            let own = run.settle(plan, generation: 2, base: state)
            let expected = Outcome.fresh(folded, data, plan)
            #expect(own.layers == expected.layers && own.sparsity == expected.sparsity, "seed \(seed)")
            #expect(own.bytes?.compressed == expected.bytes?.compressed && own.bytes?.original == opened.denseByteCount, "seed \(seed)")
            #expect(own.currentLogits == expected.currentLogits && own.failures == expected.failures, "seed \(seed)")
            #expect(run.settle(plan, generation: 3) == before, "seed \(seed)")
        }
        #expect(count > 10)
    }

    @Test("A training that goes on from such a state is the training of its graph, bit for bit; its states have the graph")
    func training() throws {
        var count = 0
        for seed in 1...60 as ClosedRange<UInt64> {
            guard let (opened, folded, state) = sample(seed), TrainingRequest.refusal(of: folded) == nil else { continue }
            count += 1
            func best(_ network: Network, _ base: TrainedState?) throws -> TrainedState? {
                let recipe = TrainingRecipe(epochs: 1, batchSize: 8)
                let request = TrainingRequest(
                    identifier: "run", network: network, base: base, plan: plan(seed, folded), recipe: recipe,
                    training: TrainingSample.noise(for: network, 24, seed: 1), validation: TrainingSample.noise(for: network, 16, seed: 2),
                    makeExecutor: { network, size throws(KernelError) in try ReferenceTrainingExecutor(network: network, batchSize: size) })
                return try TrainingSample.finish(try TrainingRun(request)).latest
            }
            let (own, expected) = (try best(opened, state), try best(folded, nil))
            #expect(bits(own) == bits(expected), "seed \(seed)")
            #expect(own?.graph == state.graph && expected?.graph == nil, "seed \(seed)")
            let applied = try #require(own).applied(to: opened)
            #expect(applied.network.nodes == expected?.applied(to: folded).network.nodes, "seed \(seed)")
        }
        #expect(count > 5)
    }

    @Test("A training of a smaller network goes on from its checkpoint with the state of its last epoch, to the same bits")
    func resuming() throws {
        let thinned = try FilterRemoval(weight: "fc1.weight", count: 5).state(from: nil, of: TrainingSample.network(seed: 3))
        func request(on base: TrainedState?) -> TrainingRequest {
            TrainingSample.request(
                plan: TrainingSample.mixedPlan, recipe: TrainingRecipe(epochs: 3, batchSize: 16, weightDecay: 1e-3, seed: 7), base: base)
        }
        let through = try TrainingSample.finish(try TrainingRun(request(on: thinned)))
        let run = try TrainingRun(request(on: thinned))
        while (run.latest?.epochs ?? 0) < 1 || run.checkpoint() == nil { _ = try run.step() }
        let (checkpoint, last) = (try #require(run.checkpoint()), try #require(run.latest))
        #expect(last.graph == thinned.graph && last.epochs == 1)
        let resumed = try TrainingSample.finish(try TrainingRun(request(on: last), resuming: checkpoint))
        #expect(bits(resumed.current()) == bits(through.current()))
        #expect(throws: TrainingFailure.self) { try TrainingSample.finish(try TrainingRun(request(on: nil), resuming: checkpoint)) }
    }
}
