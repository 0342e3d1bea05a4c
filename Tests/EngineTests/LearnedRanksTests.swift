import Compression
import Engine
import Networks
import Tensors
import Testing

/// Trainings that learn their layers' ranks.
@Suite("Ranks that are learned")
struct LearnedRanksTests {
    private func recipe(_ epochs: Int = 9, _ optimizer: Optimizer = .sgd(momentum: 0.9)) -> TrainingRecipe {
        TrainingRecipe(epochs: epochs, batchSize: 16, optimizer: optimizer, rate: LearningRate(rate: 0.05, course: .constant), seed: 7)
    }

    private func policy(_ settings: LearnedRanks, start: Int = 1, end: Int = 8, every batches: Int? = nil) -> SchedulePolicy {
        SchedulePolicy(name: "ranks", action: .ranks(settings), start: start, end: end, batchFrequency: batches)
    }

    private func finished(_ policies: [SchedulePolicy], _ recipe: TrainingRecipe, plan: CompressionPlan = CompressionPlan()) throws
        -> TrainingRun
    {
        try TrainingSample.finish(try TrainingRun(TrainingSample.request(plan: plan, recipe: recipe, policies: policies)))
    }

    /// What the weights cost that the plans of a state leave.
    private func parameters(_ state: TrainedState, _ network: Network) -> Int {
        network.layers.reduce(19) { sum, layer in
            let made = state.layers[layer.weight]?.plan.factorization(of: layer.geometry)
            return sum + (made?.parameterCount(of: layer.geometry) ?? layer.count)
        }
    }

    /// How far float weights are from the factors that are evaluated, relative to their size: the largest of the layers that have a rank.
    private func distance(_ state: TrainedState) -> Double {
        state.layers.reduce(0) { largest, layer in
            guard layer.value.plan.weights.isProduct, let floats = state.parameters[layer.key]?.floats else { return largest }
            let errors = zip(floats, layer.value.compressed.weights.floats).reduce(0) { $0 + Double($1.0 - $1.1) * Double($1.0 - $1.1) }
            return max(largest, (errors / floats.reduce(0) { $0 + Double($1) * Double($1) }).squareRoot())
        }
    }

    @Test(
        "In the end the weights are their factors, which cost what was asked for, and the network has learned",
        arguments: TrainingSample.optimizers)
    func converges(optimizer: Optimizer) throws {
        let network = TrainingSample.network(seed: 3)
        let dense = network.parameters.values.reduce(0) { $0 + $1.values.count }
        #expect(dense == 259)
        var recipe = recipe(8, optimizer)
        if case .adamW = optimizer { recipe.rate.rate = 0.02 }
        let settings = LearnedRanks(share: 0.5, growth: 4)
        let run = try finished([policy(settings)], recipe)
        let state = try #require(run.latest)
        #expect(state.layers["fc1.weight"]?.plan.weights.isProduct == true)
        #expect(Double(parameters(state, network)) <= 0.5 * Double(dense))
        #expect(distance(state) < 1e-3, "\(distance(state))")
        // One that hardly pulls ends with weights that are far from any such factors.
        let loose = try #require(try finished([policy(LearnedRanks(share: 0.5, penalty: 1e-6, growth: 1))], recipe).latest)
        #expect(distance(loose) > 0.1)
        let history = run.progress.history
        #expect(try #require(history.last).accuracy > 0.9 && history.count == 9)
        // What is chosen in the end has the ranks, however good the dense states before were.
        #expect(run.best?.plan == state.plan && run.best?.layers["fc1.weight"]?.plan == state.layers["fc1.weight"]?.plan)
    }

    @Test("After the last turn training goes on with the factors; where the recipe ends before, the last epoch is the last turn")
    func times() throws {
        let settings = LearnedRanks(.multiplyAdds, share: 0.6, weights: ["fc1.weight"])
        for (end, epochs, expected) in [
            (3, 6, [false, false, false, true, true, true, true]), (40, 4, [false, false, false, false, true]),
        ] {
            var hasRank: [Bool] = []
            func look(_ run: TrainingRun) {
                guard run.progress.history.count > hasRank.count, let state = run.latest else { return }
                hasRank.append(state.layers["fc1.weight"]?.plan.weights.isProduct == true)
            }
            let run = try TrainingRun(TrainingSample.request(recipe: recipe(epochs), policies: [policy(settings, end: end)]))
            look(try TrainingSample.finish(run, look))
            #expect(hasRank == expected && run.latest?.layers["fc2.weight"]?.plan == .unchanged)
        }
    }

    @Test("A run that was interrupted anywhere goes on to the same bits", arguments: [nil, 5])
    func interrupted(every: Int?) throws {
        let request = TrainingSample.request(
            recipe: recipe(4, .adamW()), policies: [policy(LearnedRanks(share: 0.45, growth: 3), start: 0, end: 3, every: every)])
        let whole = bits(try TrainingSample.finish(try TrainingRun(request)).current())
        var (run, resumed) = (try TrainingRun(request), Set<Int>())
        while try run.step() {
            // Once at every second batch, with what a turn before it found.
            guard run.stepNumber % 2 == 0, run.progress.phase == .training, !resumed.contains(run.stepNumber), let kept = run.checkpoint()
            else { continue }
            resumed.insert(run.stepNumber)
            run = try TrainingRun(request, resuming: try TrainingCheckpoint(json: try kept.json(), buffers: kept.buffers))
        }
        #expect(resumed.count > 10 && bits(run.current()) == whole)
    }

    @Test("What can't be followed is refused with the reason")
    func refusals() throws {
        let named = LearnedRanks(share: 0.5, weights: ["fc1.weight"])
        let cases: [([SchedulePolicy], CompressionPlan, String)] = [
            ([policy(named)], TrainingSample.plan(LayerPlan(pruning: .level(0.5))), "fc1 is pruned"),
            ([policy(named)], TrainingSample.plan(LayerPlan(weights: .factors(.number(2)))), "fc1 has factors weights in its plan"),
            ([policy(named), policy(named)], CompressionPlan(), "only one can"),
            ([policy(LearnedRanks(share: 0.5, weights: ["fc9.weight"]))], CompressionPlan(), "no trained weights fc9.weight"),
            ([policy(LearnedRanks(share: 0.5))], TrainingSample.mixedPlan, "no layer can get a rank"),
        ]
        for (policies, plan, words) in cases {
            do {
                _ = try finished(policies, recipe(1), plan: plan)
                Issue.record("\(words): it was trained")
            } catch let failure as TrainingFailure {
                #expect(failure.description.contains(words), "\(failure)")
            }
        }
    }
}
