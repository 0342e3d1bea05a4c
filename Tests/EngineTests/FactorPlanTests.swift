import Compression
import Engine
import Kernels
import Networks
import Tensors
import TestSupport
import Testing

/// Plans with layers of a lower rank, live and in trainings.
@Suite("Factors in the live engine")
struct FactorPlanTests {
    private let data = TrainingSample.data(300, seed: 2, split: .validation)

    private func plan(_ first: LowRank, _ second: LowRank? = nil, activations: ActivationQuantization? = nil) -> CompressionPlan {
        var layer = LayerPlan(weights: .factors(first))
        layer.activations = activations
        return TrainingSample.plan(layer, second.map { LayerPlan(weights: .factors($0)) } ?? .unchanged)
    }

    /// The network that was made, of an engine's own layers.
    private func applied(_ run: EngineRun, _ network: Network, _ plan: CompressionPlan, generation: UInt64, base: TrainedState?) -> Applied
    {
        var made: [String: CompressedLayer] = [:]
        for case .layer(let layer, generation) in run.events { made[layer.layer.weight] = layer }
        return Applied(network.layers.compactMap { made[$0.weight] }, of: network, plan: plan, base: base)
    }

    @Test("After any way to a plan every number is a fresh engine's, and the logits are those of the two layers")
    func plans() throws {
        let network = TrainingSample.network(seed: 4)
        let plans = [
            plan(.number(3)), plan(.number(7), .number(2)), CompressionPlan(),
            plan(.number(3), activations: .clipped(bits: 6, clip: .calibrated)),
            plan(.share(0.5)), plan(.number(3)),
        ]
        let run = EngineRun(network, .ready(data))
        for (index, plan) in plans.enumerated() {
            let generation = UInt64(index + 1)
            let found = run.settle(plan, generation: generation)
            #expect(found == Outcome.fresh(network, data, plan), "plan \(index)")
            #expect(found.failures.isEmpty && found.accuracy?.isExact == true)
            guard plan.layers.allSatisfy({ $0.plan.activations == nil }) else { continue }
            let made = applied(run, network, plan, generation: generation, base: nil).network
            #expect(made.layers.map(\.name) == layerNames(plan))
            let expected = try NetworkRun(made, input: data.inputs.floats, batch: data.count).logits
            #expect(NetworkRun.difference(found.currentLogits, expected) < NetworkRun.tolerance, "plan \(index)")
        }
    }

    private func layerNames(_ plan: CompressionPlan) -> [String] {
        ["fc1", "fc2"].flatMap { name in
            if case .factors = plan["\(name).weight"].weights { [name + ".right", name + ".left"] } else { [name] }
        }
    }

    @Test("A grouped convolution is refused aloud, and the other layers are made")
    func refusal() throws {
        var network = TrainingSample.network(seed: 4)
        var generator = SeededGenerator(seed: 1)
        let weights = Tensor(shape: [1, 1, 3, 3], floats: (0..<9).map { _ in Float(generator.normal()) })
        network.parameters["fc1.left"] = Parameter(name: "fc1.left", role: .other, values: weights)
        let run = EngineRun(network, .ready(data))
        let found = run.settle(plan(.number(3), .number(2)), generation: 1)
        guard case .plan(let message)? = found.failures.first else { return #expect(Bool(false), "no failure") }
        #expect(message.hasPrefix("fc1 can't be factors: ") && found.layers.keys.sorted() == ["fc2.weight"])
    }

    @Test("A training moves both factors; its accuracy is that of its state in the engine, and it goes on from any checkpoint")
    func training() throws {
        let recipe = TrainingRecipe(epochs: 2, batchSize: 16, rate: LearningRate(rate: 0.05), seed: 7)
        let request = TrainingSample.request(plan: plan(.number(4), .number(2)), recipe: recipe)
        let run = try TrainingRun(request)
        var checkpoint: TrainingCheckpoint?
        try TrainingSample.finish(run) { run in if run.stepNumber == 15, checkpoint == nil { checkpoint = run.checkpoint() } }
        let state = try #require(run.latest)
        #expect(checkpoint != nil)
        let resumed = try TrainingSample.finish(try TrainingRun(request, resuming: checkpoint))
        #expect(bits(resumed.latest) == bits(state) && bits(resumed.best) == bits(run.best))
        let losses = run.progress.history.compactMap(\.loss)
        #expect(losses.count == 2 && losses[1] < losses[0])
        let layer = try #require(state.layers["fc1.weight"]?.compressed)
        guard case .factors(let factors) = layer.form else { return #expect(Bool(false), "no factors") }
        #expect(factors.rank == 4 && layer.summary.plan.weights == .factors(.number(4)))
        let found = EngineRun(request.network, .ready(request.validation)).settle(request.plan, generation: 1, base: state)
        #expect(found.accuracy?.current == run.progress.history.last?.accuracy)
        let made = state.applied(to: request.network).network
        let expected = try NetworkRun(made, input: request.validation.inputs.floats, batch: request.validation.count).logits
        #expect(NetworkRun.difference(found.currentLogits, expected) < NetworkRun.tolerance)
        // A schedule's next stage starts from the state's own factors.
        let next = try TrainingRun(
            TrainingSample.request(plan: request.plan, recipe: TrainingRecipe(epochs: 0, batchSize: 16), base: state))
        #expect(try TrainingSample.finish(next).latest?.layers["fc1.weight"]?.compressed.form == layer.form)
    }
}
