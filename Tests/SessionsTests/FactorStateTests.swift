import Compression
import Networks
import Sessions
import Tensors
import Testing

/// A state with a layer of a lower rank in a session.
@Suite("States with factors in a session")
struct FactorStateTests {
    @Test("Both factors come back to the bit, and with them what is exported")
    func roundTrip() throws {
        let network = StateSample.network
        let layer = network.layers[0]
        let weights = try #require(network.parameters[layer.weight]?.values)
        let distribution = try WeightDistribution(weights)
        let plan = LayerPlan(weights: .factors(.number(5)))
        let made = try #require(
            try LayerCompressor.compress(
                layer: layer, weights: weights, bias: network.parameters["fc1.bias"]?.values, distribution: distribution, plan: plan,
                rule: .none))
        var record = StateSample.record(1)
        record.state.layers[layer.weight] = TrainedState.Layer(plan: plan, compressed: made, deviation: 1)
        let folder = try TemporaryFolder()
        let session = try OpenSession.create(
            "a", in: SessionFolder(own: folder.path), identity: StateSample.identity, plan: StateSample.plan)
        session.writer.save(record, of: network)
        #expect(session.writer.drain())
        let state = try SessionFolder.state(record.state.id, path: session.path, of: network)
        session.writer.close()
        let back = try #require(state.layers[layer.weight]?.compressed)
        #expect(back.form == made.form && back.weights.floats == made.weights.floats)
        let (before, after) = (record.state.applied(to: network).network, state.applied(to: network).network)
        #expect(after.nodes == before.nodes && after.layers.map(\.name) == ["fc1.right", "fc1.left", "fc2"])
        for name in ["fc1.right", "fc1.left"] { #expect(after.parameters[name]?.values.floats == before.parameters[name]?.values.floats) }
    }

    @Test("Parts of a convolution with groups come back too", arguments: FactorMethod.allCases)
    func methods(method: FactorMethod) throws {
        var generator = SeededGenerator(seed: 3)
        let weights = Tensor(shape: [6, 4, 3, 2], floats: (0..<144).map { _ in Float(generator.normal()) })
        let network = Network(
            name: "sample", input: "x", inputShape: [8, 6, 6], output: "y",
            nodes: [
                Node(
                    name: "c", operation: .convolution(Convolution(kernel: [3, 2], groups: 2)), inputs: ["x", "c.weight"], outputs: ["y"])
            ], parameters: ["c.weight": Parameter(name: "c.weight", role: .weight, values: weights)])
        let layer = network.layers[0]
        let plan = LayerPlan(weights: .factors(LowRank(.number(3), method: method, outputs: .number(2))))
        let made = try #require(
            try LayerCompressor.compress(
                layer: layer, weights: weights, bias: nil, distribution: WeightDistribution(weights), plan: plan, rule: .none))
        var record = StateSample.record(1)
        record.state = TrainedState(
            id: "grouped", parameters: ["c.weight": weights],
            layers: ["c.weight": TrainedState.Layer(plan: plan, compressed: made, deviation: 1)],
            plan: CompressionPlan(layers: [.init(pattern: "c.weight", plan: plan)]), recipe: TrainingRecipe(epochs: 1), epochs: 1)
        let folder = try TemporaryFolder()
        let session = try OpenSession.create(
            "a", in: SessionFolder(own: folder.path), identity: StateSample.identity, plan: record.state.plan)
        session.writer.save(record, of: network)
        #expect(session.writer.drain())
        let state = try SessionFolder.state("grouped", path: session.path, of: network)
        session.writer.close()
        let back = try #require(state.layers["c.weight"]?.compressed)
        #expect(back.form == made.form && back.summary == made.summary)
        guard case .factors = back.form else { return #expect(Bool(false), "no factors") }
        #expect(state.applied(to: network).network.nodes.count == (method == .tucker ? 3 : 2))
    }
}
