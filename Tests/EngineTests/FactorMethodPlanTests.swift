import Compression
import Engine
import Kernels
import Networks
import Tensors
import TestSupport
import Testing

/// Convolutions by other methods than channel SVD, live and in trainings.
@Suite("Methods of factors in the live engine")
struct FactorMethodPlanTests {
    private let data = TrainingSample.data(200, seed: 2, split: .validation)
    private let network = ActivationSample.network(seed: 4)

    private func plan(_ method: FactorMethod) -> CompressionPlan {
        let rank = LowRank(.number(2), method: method, outputs: method == .tucker ? .number(3) : nil)
        return CompressionPlan(layers: [.init(pattern: "conv1.weight", plan: LayerPlan(weights: .factors(rank)))])
    }

    @Test("Numbers are a fresh engine's and logits those of the graph with the parts", arguments: [FactorMethod.spatial, .tucker])
    func live(method: FactorMethod) throws {
        let run = EngineRun(network, .ready(data))
        _ = run.settle(plan(.channel), generation: 1)
        let found = run.settle(plan(method), generation: 2)
        #expect(found == Outcome.fresh(network, data, plan(method)) && found.failures.isEmpty && found.accuracy?.isExact == true)
        var made: [String: CompressedLayer] = [:]
        for case .layer(let layer, 2) in run.events { made[layer.layer.weight] = layer }
        let conv = try #require(made["conv1.weight"])
        #expect(conv.spectrum?.method == method && conv.spectrum?.values.count == (method == .tucker ? 2 : 1))
        let applied = Applied(base: network, layers: [conv], plan: plan(method))
        let names = method == .tucker ? ["conv1.right", "conv1.middle", "conv1.left"] : ["conv1.right", "conv1.left"]
        #expect(applied.network.layers.map(\.name) == names + ["fc1", "fc2"])
        let expected = try NetworkRun(applied.network, input: data.inputs.floats, batch: data.count).logits
        #expect(NetworkRun.difference(found.currentLogits, expected) < NetworkRun.tolerance)
    }

    @Test(
        "A training moves every part, goes on from a checkpoint to the same bits, and its state is what the engine measures",
        arguments: [FactorMethod.spatial, .tucker])
    func training(method: FactorMethod) throws {
        let recipe = TrainingRecipe(epochs: 2, batchSize: 16, rate: LearningRate(rate: 0.05), seed: 7)
        let request = TrainingRequest(
            identifier: "run", network: network, plan: plan(method), recipe: recipe, training: TrainingSample.data(208, seed: 1),
            validation: data,
            makeExecutor: { network, size throws(KernelError) in try ReferenceTrainingExecutor(network: network, batchSize: size) })
        let run = try TrainingRun(request)
        var checkpoint: TrainingCheckpoint?
        try TrainingSample.finish(run) { run in if run.stepNumber == 15, checkpoint == nil { checkpoint = run.checkpoint() } }
        let state = try #require(run.latest)
        let resumed = try TrainingSample.finish(try TrainingRun(request, resuming: checkpoint))
        #expect(checkpoint != nil && bits(resumed.latest) == bits(state))
        let losses = run.progress.history.compactMap(\.loss)
        #expect(losses.count == 2 && losses[1] < losses[0])
        guard case .factors(let factors)? = state.layers["conv1.weight"]?.compressed.form else { return #expect(Bool(false), "no factors") }
        #expect(factors.factorization.method == method)
        let found = EngineRun(network, .ready(data)).settle(plan(method), generation: 1, base: state)
        #expect(found.accuracy?.current == run.progress.history.last?.accuracy)
        let expected = try NetworkRun(state.applied(to: network).network, input: data.inputs.floats, batch: data.count).logits
        #expect(NetworkRun.difference(found.currentLogits, expected) < NetworkRun.tolerance)
    }
}
