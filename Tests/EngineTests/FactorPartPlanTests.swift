import Compression
import Engine
import Kernels
import Networks
import Reports
import Tensors
import TestSupport
import Testing

/// Plans of each factor, live and in trainings.
@Suite("Plans of factors in the live engine")
struct FactorPartPlanTests {
    private let data = TrainingSample.data(300, seed: 2, split: .validation)

    private func plan(_ left: LayerPlan, _ right: LayerPlan, rank: Int = 4) -> CompressionPlan {
        var layer = LayerPlan(weights: .factors(.number(rank)))
        (layer[.left], layer[.right]) = (left, right)
        return TrainingSample.plan(layer, .unchanged)
    }

    private let shared = LayerPlan(pruning: .level(0.5), weights: .shared(WeightSharing(bits: 3)))
    private let linear = LayerPlan(weights: .linear(LinearQuantization(bits: 6)))

    @Test("After any way to a plan every number is a fresh engine's, and the logits are those of the factors as stored")
    func plans() throws {
        let network = TrainingSample.network(seed: 4)
        var coded = shared
        coded.coder = .dense
        let plans = [
            plan(shared, linear), plan(.unchanged, linear), plan(shared, .unchanged, rank: 6), CompressionPlan(), plan(coded, linear),
            plan(shared, linear),
        ]
        let run = EngineRun(network, .ready(data))
        for (index, plan) in plans.enumerated() {
            let generation = UInt64(index + 1)
            let found = run.settle(plan, generation: generation)
            #expect(found == Outcome.fresh(network, data, plan), "plan \(index)")
            #expect(found.failures.isEmpty && found.accuracy?.isExact == true)
            var made: [String: CompressedLayer] = [:]
            for case .layer(let layer, generation) in run.events { made[layer.layer.weight] = layer }
            let applied = Applied(network.layers.compactMap { made[$0.weight] }, of: network, plan: plan, base: nil)
            let expected = try NetworkRun(applied.network, input: data.inputs.floats, batch: data.count).logits
            #expect(NetworkRun.difference(found.currentLogits, expected) < NetworkRun.tolerance, "plan \(index)")
            let parts = made["fc1.weight"]?.parts ?? []
            #expect(parts.count == (plan.layers.isEmpty ? 0 : 2))
            for part in parts { #expect(applied.network.parameters[part.layer.weight]?.values.floats == part.weights.floats) }
            guard plan.layers.first?.plan[.left].prunes == true, let left = parts.last else { continue }
            #expect(left.summary.zeros == left.layer.count / 2 && left.summary.distanceFromOptimum != nil)
            #expect(applied.coding(of: "fc1.left", among: [:]) == plan.layers.first?.plan[.left].coder)
        }
    }

    @Test(
        "A training keeps masks and shares of factors, goes on from a checkpoint to the same bits, and its state is what is measured"
    )
    func training() throws {
        let plan = plan(shared, LayerPlan(pruning: .level(0.25)))
        let recipe = TrainingRecipe(epochs: 2, batchSize: 16, rate: LearningRate(rate: 0.05), seed: 7)
        let request = TrainingSample.request(plan: plan, recipe: recipe)
        let run = try TrainingRun(request)
        var checkpoint: TrainingCheckpoint?
        try TrainingSample.finish(run) { run in if run.stepNumber == 15, checkpoint == nil { checkpoint = run.checkpoint() } }
        let state = try #require(run.latest)
        let resumed = try TrainingSample.finish(try TrainingRun(request, resuming: checkpoint))
        #expect(checkpoint != nil && bits(resumed.latest) == bits(state) && bits(resumed.best) == bits(run.best))
        let losses = run.progress.history.compactMap(\.loss)
        #expect(losses.count == 2 && losses[1] < losses[0])
        let layer = try #require(state.layers["fc1.weight"]?.compressed)
        let (right, left) = (try #require(layer.parts.first), try #require(layer.parts.last))
        #expect(left.summary.zeros >= left.layer.count / 2 && Set(left.weights.floats).count <= 9)
        #expect(right.summary.zeros == Int((0.25 * Double(right.layer.count)).rounded()))
        #expect(left.stored.levels.allSatisfy { $0.magnitude <= 8 })
        let summaries = ["fc1.weight", "fc2.weight"].compactMap { state.layers[$0]?.compressed.summary }
        #expect(run.progress.history.last?.sparsity == summaries.sparsity)
        let found = EngineRun(request.network, .ready(request.validation)).settle(plan, generation: 1, base: state)
        #expect(found.accuracy?.current == run.progress.history.last?.accuracy)
        let made = state.applied(to: request.network).network
        let expected = try NetworkRun(made, input: request.validation.inputs.floats, batch: request.validation.count).logits
        #expect(NetworkRun.difference(found.currentLogits, expected) < NetworkRun.tolerance)
        let next = try TrainingRun(
            TrainingSample.request(plan: plan, recipe: TrainingRecipe(epochs: 0, batchSize: 16), base: state))
        #expect(try TrainingSample.finish(next).latest?.layers["fc1.weight"]?.compressed.form == layer.form)
    }
}
