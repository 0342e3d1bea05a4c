import Compression
import Engine
import Kernels
import Networks
import Tensors
import TestSupport
import Testing

/// Stages of a schedule that leave a smaller network.
@Suite("Stages that thin")
struct ThinnedStageTests {
    private let recipe = TrainingRecipe(epochs: 2, batchSize: 16, rate: LearningRate(rate: 0.02), seed: 7)

    private func policy(_ filters: FilterPolicy) -> SchedulePolicy {
        SchedulePolicy(name: "f", action: .filters(filters), start: 0, end: 2)
    }

    /// The best state of a training of this network.
    private func trained(
        _ network: Network, _ policies: [SchedulePolicy], plan: CompressionPlan = CompressionPlan()
    ) throws -> TrainedState {
        let request = TrainingRequest(
            identifier: "run", network: network, plan: plan, recipe: recipe, policies: policies,
            training: TrainingSample.noise(for: network, 48, seed: 1), validation: TrainingSample.noise(for: network, 16, seed: 2),
            makeExecutor: TrainingRequest.fastExecutor)
        return try #require(TrainingSample.finish(TrainingRun(request)).best)
    }

    private func difference(_ state: TrainedState, _ thinned: TrainedState, of network: Network) throws -> Float {
        let input = NetworkRun.input(of: network, batch: 2, seed: 5)
        let logits = try [state, thinned].map { try NetworkRun($0.applied(to: network).network, input: input, batch: 2).logits }
        return NetworkRun.difference(logits[1], logits[0])
    }

    @Test(
        "What is left gives the logits of the masked network, with fewer multiply-adds",
        arguments: [ChannelNetwork.Kind.residualA, .residualB, .mobileNetV2, .denseNet, .shuffleNetV2, .grouped])
    func thinned(kind: ChannelNetwork.Kind) throws {
        let network = ChannelNetwork.network(kind)
        let free = network.layers.map(\.weight).filter { FilterPolicy(weights: [$0], final: 0.5).obstacle(in: network) == nil }
        let state = try trained(network, [policy(FilterPolicy(weights: free, final: 0.5))])
        let made = try state.thinned(of: network)
        let smaller = made.state.base(of: network)
        try smaller.check()
        #expect(try 4 * smaller.multiplyAdds().reduce(0, +) < 3 * network.multiplyAdds().reduce(0, +))
        #expect(try difference(state, made.state, of: network) <= 1e-5 && made.remark.hasPrefix("thinned: "))
        #expect(try made.state.thinned(of: network).state == made.state)
    }

    @Test("Single weights that are pruned stay so, at the level that is left of them; other forms are found anew for what stays")
    func pruned() throws {
        let network = TrainingSample.network(seed: 3)
        let plan = TrainingSample.plan(LayerPlan(pruning: .level(0.5), biases: .float16))
        let state = try trained(network, [policy(FilterPolicy(weights: ["fc1.weight"], final: 0.25))], plan: plan)
        let made = try state.thinned(of: network).state
        let (before, after) = (try #require(state.layers["fc1.weight"]), try #require(made.layers["fc1.weight"]))
        #expect(after.compressed.layer.shape == [12, 12] && before.compressed.layer.shape == [16, 12])
        #expect(after.compressed.summary.zeros == before.compressed.summary.zeros - 4 * 12)
        #expect(after.plan.pruning == .level(Double(after.compressed.summary.zeros) / 144) && after.plan.biases == .float16)
        #expect(try made.plan.resolved(for: made.base(of: network).layers)["fc1.weight"] == after.plan)
        #expect(try difference(state, made, of: network) <= 1e-5)
        let shared = TrainingSample.plan(LayerPlan(weights: .shared(WeightSharing(bits: 2))))
        let coarse = try trained(network, [policy(FilterPolicy(weights: ["fc1.weight"], final: 0.25))], plan: shared).thinned(of: network)
        let values = try #require(coarse.state.layers["fc1.weight"]).compressed.weights.floats
        #expect(values.count == 144 && Set(values).count <= 4)
    }

    @Test("Rows that pruning of single weights has emptied go where nothing is left of them; a bias keeps them, which is said")
    func emptied() throws {
        var network = TrainingSample.network(seed: 3)
        var (weights, biases) = (try #require(network.parameters["fc1.weight"]).values.floats, [Float](repeating: 0.5, count: 16))
        for index in 0..<5 * 12 { weights[index] = 0 }
        for unit in 0..<3 { biases[unit] = 0 }
        network.parameters["fc1.weight"]?.values = Tensor(shape: [16, 12], floats: weights)
        network.parameters["fc1.bias"]?.values = Tensor(shape: [16], floats: biases)
        let state = TrainedState(id: "s", network: network)
        let made = try state.thinned(of: network)
        #expect(made.state.base(of: network).layers.map(\.outputCount) == [13, 3] && made.remark.contains("fc1 13 of 16"))
        network.parameters["fc1.bias"]?.values = Tensor(shape: [16], floats: [Float](repeating: 0.5, count: 16))
        let kept = try TrainedState(id: "t", network: network).thinned(of: network)
        #expect(kept.state.id == "t" && kept.remark.contains("zero filters of fc1 stay"))
    }

    @Test("A stage that thins hands a smaller network to the next, which is trained and measured as such")
    func stages() throws {
        let network = TrainingSample.network(seed: 3)
        let first = CompressionSchedule.Stage(
            name: "filters", recipe: recipe, policies: [policy(FilterPolicy(weights: ["fc1.weight"], final: 0.5))], thins: true)
        let second = CompressionSchedule.Stage(name: "retrain", plan: TrainingSample.plan(LayerPlan(pruning: .level(0.5))), recipe: recipe)
        var walk = ScheduleWalk(CompressionSchedule(stages: [first, second]))
        let run = EngineRun(
            network, .ready(TrainingSample.data(90, seed: 2, split: .validation)),
            materials: TrainingMaterials(examples: .ready(TrainingSample.data(208, seed: 1))))
        var (state, messages): (TrainedState?, [String]) = (nil, [])
        while let order = walk.order(id: "stage \(walk.index)", after: state) {
            run.engine.start(.training(order))
            run.take(until: \.isEnd)
            for event in run.events {
                guard case .trained(let best, let progress)? = event.training, let best else { continue }
                (state, messages) = (best, messages + [progress.message].compactMap(\.self))
            }
            run.forget()
            if !walk.advance() { break }
        }
        let last = try #require(state)
        #expect(messages == ["thinned: fc1 8 of 16 channels stay."])
        #expect(last.base(of: network).layers.map(\.shape) == [[8, 12], [3, 8]])
        #expect(last.layers["fc1.weight"]?.compressed.summary.zeros == 48)
        let outcome = run.settle(last.plan, generation: 1, base: last)
        let plain = last.applied(to: network).network
        let expected = Outcome.fresh(plain, TrainingSample.data(90, seed: 2, split: .validation), CompressionPlan())
        #expect(outcome.layers["fc1.weight"]?.zeros == 48 && outcome.accuracy?.current == expected.accuracy?.current)
    }
}
