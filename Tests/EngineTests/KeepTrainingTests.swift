import Compression
import Engine
import Networks
import OrderedCollections
import Tensors
import Testing

/// The floor of a layer's pruning while it is trained, and in networks that are too large to be kept sorted.
@Suite("Floors of pruning")
struct KeepTrainingTests {
    private let recipe = TrainingRecipe(epochs: 3, batchSize: 52, rate: LearningRate(rate: 0.05), seed: 7)

    private func plan(_ pruning: Pruning, keep: Int) -> CompressionPlan {
        var plan = LayerPlan(pruning: pruning)
        plan.keep = keep
        return TrainingSample.plan(plan, plan)
    }

    /// Kept weights of fc1.weight (192 weights) before the first batch of each epoch.
    private func kept(_ run: TrainingRun, then: (TrainingRun) throws -> Void = { _ in }) throws -> [Int] {
        var counts: [Int: Int] = [:]
        try TrainingSample.finish(run) { run in
            guard run.progress.phase == .training, run.progress.batch == 0, counts[run.progress.epoch] == nil else { return }
            counts[run.progress.epoch] = run.current()?.layers["fc1.weight"]?.keptCount
            try then(run)
        }
        return counts.keys.sorted().compactMap { counts[$0] }
    }

    static let prunings = [
        Pruning.ratio(40), .level(1), Pruning(amount: 40, scope: .global), Pruning(criterion: .level, amount: 1, scope: .global),
    ]

    @Test("The masks of a plan leave exactly the floor, and a turned floor is followed", arguments: prunings)
    func masks(pruning: Pruning) throws {
        let run = try TrainingRun(TrainingSample.request(plan: plan(pruning, keep: 30), recipe: recipe))
        let counts = try kept(run) { run in
            if run.progress.epoch == 2 { try run.adopt(plan: plan(pruning, keep: 41)) }
        }
        #expect(counts == [30, 30, 41])
    }

    @Test("On a trained state the floor is of the weights as they are", arguments: prunings)
    func base(pruning: Pruning) throws {
        let first = try TrainingSample.finish(try TrainingRun(TrainingSample.request(plan: CompressionPlan(), recipe: recipe)))
        let state = try #require(first.current())
        let run = try TrainingRun(TrainingSample.request(plan: plan(pruning, keep: 30), recipe: recipe, base: state))
        #expect(Set(try kept(run)) == [30])
    }

    @Test("Policies of a schedule stop at the floor")
    func policies() throws {
        let actions: [ScheduleAction] = [
            .level(["fc1.weight": 0.95]), .magnitude(["fc1.weight": 50]), .sensitivity(["fc1.weight": 30]),
            .gradual(initial: 0.5, final: 0.99, weights: ["fc1.weight"]),
            .splicing(sensitivities: ["fc1.weight": 20], low: 0.9, high: 1.1),
        ]
        for action in actions {
            let policy = SchedulePolicy(name: "p", action: action, start: 0, end: 3)
            let run = try TrainingRun(TrainingSample.request(plan: plan(Pruning(), keep: 60), recipe: recipe, policies: [policy]))
            let counts = try kept(run)
            #expect(counts.last == 60 && counts.allSatisfy { $0 >= 60 }, "\(action)")
        }
    }

    @Test("Layers that are read one by one keep at least their floor", arguments: prunings)
    func large(pruning: Pruning) throws {
        var generator = SeededGenerator(seed: 5)
        var tensors: OrderedDictionary<String, Tensor> = [:]
        for layer in 0..<6 {
            let shape = Shape([20 + layer, 40])
            tensors["model.\(layer).weight"] = Tensor(
                shape: shape, floats: (0..<shape.count).map { _ in Float(generator.laplace() * 0.05) })
        }
        var floored = LayerPlan(pruning: pruning)
        floored.keep = 77
        let plan = CompressionPlan(layers: [
            .init(pattern: "*", plan: LayerPlan(pruning: pruning)), .init(pattern: "model.2.weight", plan: floored),
            .init(pattern: "model.4.weight", plan: floored),
        ])
        for budget in [0, 1 << 30] {
            var options = EngineOptions(niceness: 0)
            options.weightsBudget = budget
            options.distributionsBudget = 20_000
            let engine = LiveEngine(network: Network(weights: tensors, name: "many"), data: .none, options: options) {}
            engine.request(plan, generation: 1)
            engine.waitUntilSettled()
            defer { engine.stop() }
            var kept: [String: Int] = [:]
            for case .layer(let layer, _) in engine.takeEvents() { kept[layer.layer.weight] = layer.layer.count - layer.summary.zeros }
            #expect(kept.count == 6)
            for (weight, count) in kept {
                let isFloored = ["model.2.weight", "model.4.weight"].contains(weight)
                #expect(isFloored ? count >= 77 && count < 90 : count <= 1, "\(weight): \(count)")
            }
        }
    }
}
