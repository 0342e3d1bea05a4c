import Compression
import Engine
import Networks
import Tensors
import TestSupport
import Testing

/// Equalized layers as a state, made by the lane.
@Suite("Equalized layers")
struct EqualizationTests {
    /// What the lane makes of it, without any examples, and what it says where it does not.
    private func lane(_ network: Network, base: TrainedState? = nil) -> (state: TrainedState?, reason: String?) {
        let run = EngineRun(network, .none)
        run.engine.start(.equalization(EqualizationOrder(base: base)))
        run.take(until: \.isEnd)
        let state = run.events.lazy.compactMap { $0.report(DerivedState.self)?.state }.first
        return (state, run.events.lazy.compactMap { $0.report(TaskEnd.self)?.reason }.first)
    }

    private func plan(_ plan: LayerPlan) -> CompressionPlan { CompressionPlan(layers: [.init(pattern: "*", plan: plan)]) }

    /// LeNet-5 with filters of conv2 that a power of two makes larger, and what reads them smaller: the same function.
    private func uneven() throws -> Network {
        var network = try Architecture(name: "lenet-5").network(seed: 3)
        func scale(_ name: String, _ exponent: (Int) -> Int) throws {
            let values = try #require(network.parameters[name]?.values)
            let floats = values.floats.enumerated().map { $0.element * Float(sign: .plus, exponent: exponent($0.offset), significand: 1) }
            network.parameters[name]?.values = Tensor(shape: values.shape, floats: floats)
        }
        try scale("conv2.weight") { $0 / 500 % 6 }
        try scale("conv2.bias") { $0 % 6 }
        try scale("fc1.weight") { -($0 % 800 / 16 % 6) }
        return network
    }

    @Test("LeNet-5 says the same bit for bit, and four bits for a whole layer lose less")
    func fewBits() throws {
        let network = try uneven()
        let state = try #require(lane(network).state)
        #expect(state.graph == nil && state.layers.isEmpty && state.base(of: network).nodes == network.nodes)
        let run = EngineRun(network, .ready(TrainingSample.noise(for: network, 40, seed: 1)))
        let floats = run.settle(CompressionPlan(), generation: 1, base: state)
        #expect(floats.currentLogits == floats.originalLogits && !floats.currentLogits.isEmpty && floats.failures.isEmpty)
        let plan = plan(LayerPlan(weights: .linear(LinearQuantization(bits: 4))))
        func error(_ outcome: Outcome) -> Float {
            zip(outcome.currentLogits, outcome.originalLogits).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        }
        let (before, after) = (run.settle(plan, generation: 2), run.settle(plan, generation: 3, base: state))
        #expect(error(after) < error(before) / 2, "\(error(before)) → \(error(after))")
        #expect(after.originalLogits == before.originalLogits && after.bytes?.original == network.denseByteCount)
    }

    @Test("Random networks: every number of a plan on the state is that of the equalized network opened as it is")
    func plans() throws {
        var count = 0
        for seed in 1...30 as ClosedRange<UInt64> {
            let opened = RandomNetwork.network(seed: seed)
            guard opened.unsupportedNodes.isEmpty, let equalized = try? opened.applying(.equalizeRanges) else { continue }
            count += 1
            let (state, data) = (try #require(lane(opened).state), TrainingSample.noise(for: opened, 40, seed: seed))
            for (name, parameter) in equalized.parameters {
                #expect(state.parameters[name]?.floats == parameter.values.floats, "seed \(seed) \(name)")
            }
            let plan = plan(LayerPlan(pruning: .level(0.3), weights: .shared(WeightSharing(bits: 3))))
            let own = EngineRun(opened, .ready(data)).settle(plan, generation: 1, base: state)
            let expected = Outcome.fresh(equalized, data, plan)
            #expect(own.layers == expected.layers && own.sparsity == expected.sparsity && own.bytes == expected.bytes, "seed \(seed)")
            #expect(own.currentLogits == expected.currentLogits && own.failures == expected.failures, "seed \(seed)")
        }
        #expect(count > 5)
    }

    @Test("Where nothing follows or everything is even, that is said and nothing is made; a second time it is even")
    func refusals() throws {
        let network = try uneven()
        let state = try #require(lane(network).state)
        let again = lane(network, base: state)
        #expect(again.state == nil && again.reason == "equalization: not done, for the ranges of the layers are even already.")
        var single = network.applying(.onlyNeeded(for: network.nodes[0].outputs[0]))
        single.nodes.append(Node(name: "flat", operation: .flatten(axis: 1), inputs: [single.output], outputs: ["flat"]))
        single.output = "flat"
        let reason = "equalization: not done, for no layer follows another one so that a channel's scale passes."
        #expect(lane(single).reason == reason)
    }

    @Test("From a trained state: layers that stay are as training left them, and clips of values that change are dropped")
    func trained() throws {
        let network = try uneven()
        // Uneven in one filter of conv2 and what reads it.
        let even = try #require(lane(network).state)
        var base = TrainedState(id: "base", network: network)
        base.graph = nil
        base.parameters.merge(even.parameters) { $1 }
        let filter: [(String, Float, (Int) -> Bool)] = [
            ("conv2.weight", 0.125, { $0 < 500 }), ("conv2.bias", 0.125, { $0 == 0 }), ("fc1.weight", 8, { $0 % 800 < 16 }),
        ]
        for (name, factor, isOfFilter) in filter {
            let values = try #require(base.parameters[name])
            let floats = values.floats.enumerated().map { isOfFilter($0.offset) ? $0.element * factor : $0.element }
            base.parameters[name] = Tensor(shape: values.shape, floats: floats)
        }
        for name in ["conv1.clip", "conv2.clip", "fc1.clip"] { base.parameters[name] = Tensor(shape: [1], floats: [3]) }
        (base.recipe, base.epochs) = (TrainingRecipe(), 4)
        for layer in network.layers {
            let values = try #require(base.parameters[layer.weight])
            let (sorted, plan) = (try WeightDistribution(values), LayerPlan(pruning: .level(0.5)))
            let made = try LayerCompressor.compress(
                layer: layer, weights: values, bias: nil, distribution: sorted, plan: plan, rule: PruningRule(plan, sorted))
            base.layers[layer.weight] = TrainedState.Layer(
                plan: plan, compressed: try #require(made), deviation: sorted.standardDeviation)
        }
        let state = try #require(lane(network, base: base).state)
        #expect(state.id != base.id && state.epochs == 4 && state.recipe == base.recipe && state.graph == nil)
        #expect(Set(state.layers.keys) == ["conv1.weight", "fc2.weight"] && state.parameters["conv2.clip"] == nil)
        #expect(state.parameters["conv1.clip"]?.floats == [3] && state.parameters["fc1.clip"]?.floats == [3])
        for (name, values) in even.parameters { #expect(state.parameters[name]?.floats == values.floats, "\(name)") }
        try state.applied(to: network).network.check()
    }
}
