import Compression
import Engine
import Networks
import Tensors
import TestSupport
import Testing

/// Penalties and thresholds of groups while a network is trained.
@Suite("Policies of groups of weights")
struct StructurePolicyTests {
    private let recipe = TrainingRecipe(epochs: 3, batchSize: 16, rate: LearningRate(rate: 0.05, course: .constant), seed: 7)

    private func state(_ action: ScheduleAction?, plan: CompressionPlan = CompressionPlan()) throws -> TrainedState {
        let policies = action.map { [SchedulePolicy(name: "g", action: $0, start: 0, end: 3)] } ?? []
        let request = TrainingSample.request(plan: plan, recipe: recipe, policies: policies)
        return try #require(TrainingSample.finish(TrainingRun(request)).current())
    }

    /// ‖·‖₂ of each column of fc2.weight: what reads a hidden unit.
    private func norms(_ state: TrainedState) throws -> [Double] {
        let floats = try #require(state.layers["fc2.weight"]).compressed.weights.floats
        return (0..<16).map { unit in
            (0..<3).reduce(0) { $0 + Double(floats[$1 * 16 + unit]) * Double(floats[$1 * 16 + unit]) }.squareRoot()
        }
    }

    @Test("Group lasso makes norms smaller; the variance of groups becomes larger where its inverse is a term")
    func penalties() throws {
        func variance(_ norms: [Double]) -> Double {
            let mean = norms.reduce(0, +) / 16
            return norms.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 15
        }
        let plain = try norms(state(nil))
        let lasso = try norms(state(.penalty(StructurePenalty(kind: .lasso, terms: ["fc2.weight": [StructureTerm(.inputs, 0.02)]]))))
        #expect(lasso.reduce(0, +) < 0.8 * plain.reduce(0, +))
        let spread = try norms(state(.penalty(StructurePenalty(kind: .variance, terms: ["fc2.weight": [StructureTerm(.inputs, 0.002)]]))))
        #expect(variance(spread) > 1.2 * variance(plain))
    }

    @Test("Group lasso that makes groups zero and keeps them so leaves a smaller network")
    func zeros() throws {
        let terms = ["fc2.weight": [StructureTerm(.inputs, 0.03)]]
        let kept = try state(.penalty(StructurePenalty(kind: .lasso, terms: terms, zeros: .mean, keepsZeros: true)))
        let dead = try norms(kept).count { $0 == 0 }
        #expect(dead > 0 && dead < 16 && kept.layers["fc2.weight"]?.mask?.bytes.count { $0 == 0 } == 3 * dead)
        let network = TrainingSample.network(seed: 3)
        let thinned = try kept.thinned(of: network).state
        #expect(thinned.base(of: network).layers.map(\.shape) == [[16 - dead, 12], [3, 16 - dead]])
        let input = NetworkRun.input(of: network, batch: 4, seed: 5)
        let logits = try [kept, thinned].map { try NetworkRun($0.applied(to: network).network, input: input, batch: 4).logits }
        #expect(NetworkRun.difference(logits[1], logits[0]) <= 1e-5)
    }

    @Test("A limit masks groups at its times")
    func limits() throws {
        let network = TrainingSample.network(seed: 3)
        let floats = try #require(network.parameters["fc1.weight"]).values.floats
        let means = (0..<16).map { unit in (0..<12).reduce(0) { $0 + Double(abs(floats[unit * 12 + $1])) } / 12 }
        let limit = (means.sorted()[3] + means.sorted()[4]) / 2
        let policy = SchedulePolicy(
            name: "g", action: .structures(["fc1.weight": [StructureTerm(.filters, limit)]], by: .mean), start: 0, end: 1)
        let run = try TrainingRun(TrainingSample.request(recipe: recipe, policies: [policy]))
        let layer = try #require(TrainingSample.finish(run).best?.layers["fc1.weight"])
        for unit in 0..<16 {
            let row = layer.compressed.weights.floats[unit * 12..<(unit + 1) * 12]
            #expect(row.allSatisfy { $0 == 0 } == (means[unit] <= limit))
        }
        #expect(layer.compressed.summary.zeros == 4 * 12 && layer.plan.pruning == .level(0.25))
    }

    @Test("Layers without such groups, or whose weights stand still, are refused by name")
    func refusals() throws {
        func reason(_ action: ScheduleAction, plan: CompressionPlan = CompressionPlan()) -> String {
            let error = #expect(throws: TrainingFailure.self) { try state(action, plan: plan) }
            return error?.description ?? ""
        }
        func lasso(_ structure: WeightStructure) -> ScheduleAction {
            .penalty(StructurePenalty(kind: .lasso, terms: ["fc1.weight": [StructureTerm(structure, 0.1)]]))
        }
        #expect(reason(lasso(.kernels)) == "the policy g can't be followed: fc1.weight: it has no kernels")
        let shared = TrainingSample.plan(LayerPlan(weights: .shared(WeightSharing(bits: 2))))
        #expect(reason(lasso(.filters), plan: shared).contains("stand still"))
        #expect(reason(.structures(["fc1.weight": [StructureTerm(.kernels, 0.1)]], by: .mean)).contains("it has no kernels"))
    }
}
