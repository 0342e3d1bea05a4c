import Compression
import Engine
import Kernels
import Networks
import Tensors
import TestSupport
import Testing

/// A smaller network as a state, made by the lane.
@Suite("Filters that are removed")
struct FilterRemovalTests {
    /// What the lane makes of it, without any examples, and what it says where it does not.
    private func lane(_ network: Network, _ weight: String, _ count: Int) -> (state: TrainedState?, reason: String?) {
        let run = EngineRun(network, .none)
        run.engine.start(.filterRemoval(FilterRemovalOrder(FilterRemoval(weight: weight, count: count), base: nil, label: "fewer")))
        run.take(until: \.isEnd)
        let state = run.events.lazy.compactMap { $0.report(DerivedState.self)?.state }.first
        return (state, run.events.lazy.compactMap { $0.report(TaskEnd.self)?.reason }.first)
    }

    /// Random networks with a layer of which filters can go, and the state without some.
    private func samples(_ seeds: ClosedRange<UInt64>) throws -> [(seed: UInt64, opened: Network, state: TrainedState)] {
        try seeds.compactMap { seed in
            let opened = RandomNetwork.network(seed: seed)
            var generator = SeededGenerator(seed: seed)
            let layers = opened.layers.filter { opened.filterObstacle(of: $0) == nil }
            guard opened.unsupportedNodes.isEmpty, let layer = layers.randomElement(using: &generator) else { return nil }
            let count = Int.random(in: 1..<opened.removableFilters(of: layer), using: &generator)
            return (seed, opened, try FilterRemoval(weight: layer.weight, count: count).state(from: nil, of: opened))
        }
    }

    private func plan(_ network: Network) -> CompressionPlan {
        let forms: [WeightRepresentation] = [.float32, .shared(WeightSharing(bits: 2)), .linear(LinearQuantization(bits: 4))]
        return CompressionPlan(
            layers: network.layers.enumerated().map { place, layer in
                .init(pattern: layer.weight, plan: LayerPlan(pruning: .level(0.3), weights: forms[place % 3]))
            })
    }

    @Test("LeNet-5: the logits are those of the network in which the filters of the smallest L1 norm are zero, with their biases")
    func zeros() throws {
        let network = try Architecture(name: "lenet-5").network(seed: 3)
        for (name, count) in [("conv1", 5), ("conv2", 20), ("fc1", 137)] {
            let state = try #require(lane(network, name + ".weight", count).state)
            let (weights, bias) = (network.parameters[name + ".weight"], network.parameters[name + ".bias"])
            var (floats, shifts) = (try #require(weights).values.floats, try #require(bias).values.floats)
            let length = floats.count / shifts.count
            let norms = shifts.indices.map { floats[$0 * length..<($0 + 1) * length].reduce(0) { $0 + Double(abs($1)) } }
            for filter in shifts.indices.sorted(by: { norms[$0] < norms[$1] }).prefix(count) {
                for index in filter * length..<(filter + 1) * length { floats[index] = 0 }
                shifts[filter] = 0
            }
            var zeroed = network
            zeroed.parameters[name + ".weight"]?.values = Tensor(shape: try #require(weights).shape, floats: floats)
            zeroed.parameters[name + ".bias"]?.values = Tensor(shape: try #require(bias).shape, floats: shifts)
            let thinned = state.base(of: network)
            try thinned.check()
            let input = NetworkRun.input(of: network, batch: 2, seed: 1)
            let found = try NetworkRun(thinned, input: input, batch: 2).logits
            #expect(try NetworkRun.difference(found, NetworkRun(zeroed, input: input, batch: 2).logits) <= 1e-5, "\(name)")
            #expect(thinned.layer(of: name + ".weight")?.outputCount == shifts.count - count)
            #expect(try thinned.multiplyAdds().reduce(0, +) < network.multiplyAdds().reduce(0, +))
        }
    }

    @Test("Random networks: every number of a plan on the state is that of the smaller network opened as it is; the original stays")
    func plans() throws {
        let samples = try samples(1...40)
        for (seed, opened, state) in samples {
            let (thinned, data) = (state.base(of: opened), TrainingSample.noise(for: opened, 40, seed: seed))
            try thinned.check()
            #expect(thinned.parameterCount < opened.parameterCount && thinned.layers.map(\.weight) == opened.layers.map(\.weight))
            let run = EngineRun(opened, .ready(data))
            let before = run.settle(plan(opened), generation: 1)
            let own = run.settle(plan(opened), generation: 2, base: state)
            let expected = Outcome.fresh(thinned, data, plan(opened))
            #expect(own.layers == expected.layers && own.sparsity == expected.sparsity, "seed \(seed)")
            #expect(own.bytes?.compressed == expected.bytes?.compressed && own.bytes?.original == opened.denseByteCount, "seed \(seed)")
            #expect(own.currentLogits == expected.currentLogits && own.failures == expected.failures, "seed \(seed)")
            #expect(own.originalLogits == before.originalLogits && run.settle(plan(opened), generation: 3) == before, "seed \(seed)")
        }
        #expect(samples.count > 15)
    }

    @Test("A training goes on from it as from the smaller network, bit for bit")
    func training() throws {
        let samples = try samples(1...40).filter { TrainingRequest.refusal(of: $0.state.base(of: $0.opened)) == nil }
        for (seed, opened, state) in samples {
            func best(_ network: Network, _ base: TrainedState?) throws -> TrainedState? {
                let request = TrainingRequest(
                    identifier: "run", network: network, base: base, plan: plan(opened), recipe: TrainingRecipe(epochs: 1, batchSize: 8),
                    training: TrainingSample.noise(for: network, 24, seed: 1), validation: TrainingSample.noise(for: network, 16, seed: 2),
                    makeExecutor: { network, size throws(KernelError) in try ReferenceTrainingExecutor(network: network, batchSize: size) })
                return try TrainingSample.finish(try TrainingRun(request)).latest
            }
            let (own, expected) = (try best(opened, state), try best(state.base(of: opened), nil))
            #expect(bits(own) == bits(expected) && own?.graph == state.graph, "seed \(seed)")
        }
        #expect(samples.count > 5)
    }

    @Test("What holds the filters is said, and nothing is made")
    func refusals() throws {
        let lenet = try Architecture(name: "lenet-5").network(seed: 1)
        let output = lane(lenet, "fc2.weight", 1)
        #expect(output.state == nil && output.reason == "fewer: not done, for they leave the network as 'logits'.")
        #expect(lane(lenet, "fc9.weight", 1).reason == "fewer: not done, for nobody knows what reads them.")
        #expect(lane(lenet, "conv1.weight", 20).reason == "fewer: not done, for there is one only.")
        let residual = try Architecture(name: "resnet-20").network(seed: 1)
        for name in ["conv1.weight", "layer1.0.conv1.weight"] {
            let layer = try #require(residual.layer(of: name))
            #expect(residual.filterObstacle(of: layer) == nil && residual.removableFilters(of: layer) == 16)
        }
        #expect(throws: FilterObstacle.unscaled) {
            try FilterRemoval(weight: "conv1.weight", count: 1, criterion: .gamma).removed(from: lenet)
        }
    }

    @Test("From a trained state: layers that stay whole are as training left them, and clips and epochs are kept")
    func trained() throws {
        let network = try Architecture(name: "lenet-5").network(seed: 2)
        var base = TrainedState(id: "base", network: network)
        base.graph = nil
        base.parameters["fc1.clip"] = Tensor(shape: [1], floats: [3])
        (base.recipe, base.epochs) = (TrainingRecipe(), 4)
        for layer in network.layers {
            let values = try #require(network.parameters[layer.weight]?.values)
            let (sorted, plan) = (try WeightDistribution(values), LayerPlan(pruning: .level(0.5)))
            let made = try LayerCompressor.compress(
                layer: layer, weights: values, bias: nil, distribution: sorted, plan: plan, rule: PruningRule(plan, sorted))
            let compressed = try #require(made)
            base.layers[layer.weight] = TrainedState.Layer(plan: plan, compressed: compressed, deviation: sorted.standardDeviation)
        }
        let state = try FilterRemoval(weight: "conv1.weight", count: 4).state(from: base, of: network)
        #expect(Set(state.layers.keys) == ["fc1.weight", "fc2.weight"] && state.epochs == 4 && state.recipe == base.recipe)
        #expect(state.parameters["fc1.clip"]?.floats == [3] && state.id != base.id && state.graph != nil)
        let applied = state.applied(to: network).network
        try applied.check()
        #expect(applied.parameters["conv2.weight"]?.shape == [50, 16, 5, 5])
        #expect(applied.parameters["fc1.weight"]?.values.floats == base.layers["fc1.weight"]?.compressed.weights.floats)
        // A second one, on what the first one left.
        let next = try FilterRemoval(weight: "fc1.weight", count: 1).state(from: state, of: network)
        #expect(next.id != state.id && next.graph != state.graph && next.base(of: network).parameters["conv1.bias"]?.shape == [16])
    }
}
