import Compression
import Engine
import Foundation
import Reports
import Tensors
import Testing

/// What policies do to the weights of a run, and when.
@Suite("Policies of a schedule")
struct TrainingPolicyTests {
    private let recipe = TrainingRecipe(epochs: 5, batchSize: 16, rate: LearningRate(rate: 0.05), seed: 7)

    /// Zeros of fc1.weight (192 weights) before the first batch of each epoch.
    private func zeros(_ policy: SchedulePolicy, recipe: TrainingRecipe? = nil) throws -> [Int] {
        var zeros: [Int: Int] = [:]
        let run = try TrainingRun(TrainingSample.request(recipe: recipe ?? self.recipe, policies: [policy]))
        try TrainingSample.finish(run) { run in
            guard run.progress.phase == .training, run.progress.batch == 0, zeros[run.progress.epoch] == nil else { return }
            zeros[run.progress.epoch] = run.current()?.layers["fc1.weight"]?.compressed.summary.zeros
        }
        return zeros.keys.sorted().compactMap { zeros[$0] }
    }

    @Test("Gradual pruning: s(t) = f + (i − f)(1 − t / span)³, span as Distiller has it")
    func gradual() throws {
        let policy = SchedulePolicy(
            name: "agp", action: .gradual(initial: 0.05, final: 0.8, weights: ["fc1.weight"]), start: 1, end: 5, frequency: 1)
        // span = ((5 − 1 − 1) div 1) · 1 = 3; t = 0, 1, 2, 3.
        let levels = [0.05, 0.8 - 0.75 * 8 / 27, 0.8 - 0.75 / 27, 0.8]
        #expect(try zeros(policy) == [0] + levels.map { Int((192 * $0).rounded()) })
        // span = ((5 − 0 − 1) div 3) · 3 = 3; acts in epochs 0 and 3.
        let rare = SchedulePolicy(
            name: "agp", action: .gradual(initial: 0.25, final: 0.5, weights: ["fc1.weight"]), start: 0, end: 5, frequency: 3)
        #expect(try zeros(rare) == [48, 48, 48, 96, 96])
    }

    @Test("Exact levels, thresholds and sensitivities with σ of the first time")
    func magnitudes() throws {
        let weights = try #require(TrainingSample.network(seed: 3).parameters["fc1.weight"]?.values)
        let deviation = try WeightDistribution(weights).standardDeviation
        let actions: [(ScheduleAction, Int)] = [
            (.level(["fc1.weight": 0.4]), 77),
            (.magnitude(["fc1.weight": 0.2]), weights.floats.count { abs($0) <= 0.2 }),
            (.sensitivity(["fc1.weight": 0.7]), weights.floats.count { Double(abs($0)) <= 0.7 * deviation }),
        ]
        for (action, expected) in actions {
            let found = try zeros(SchedulePolicy(name: "p", action: action, start: 0, end: 3))
            #expect(found.first == expected && found == found.sorted())
        }
    }

    @Test("While policies prune, the plan that was asked for is measured on what training left; afterwards it is the plan that counts")
    func measuredMeanwhile() throws {
        let run = EngineRun(
            TrainingSample.network(seed: 3), .ready(TrainingSample.data(90, seed: 2, split: .validation)),
            materials: TrainingMaterials(examples: .ready(TrainingSample.data(208, seed: 1))))
        let asked = CompressionPlan()
        var order = TrainingOrder(id: "live", plan: asked, recipe: TrainingRecipe(epochs: 2_000, batchSize: 16, seed: 7))
        order.policies = [SchedulePolicy(name: "p", action: .level(["fc1.weight": 0.5]), start: 0, end: 1)]
        run.engine.start(.training(order))
        run.take { if case .epoch(_, let epoch)? = $0.training { epoch.number == 1 } else { false } }
        let epochs = run.events.compactMap { if case .epoch(let state, let epoch)? = $0.training { (state, epoch) } else { nil } }
        let (state, epoch) = try #require(epochs.last)
        let meanwhile = run.settle(asked, generation: 1, base: state)
        #expect(meanwhile.layers["fc1.weight"]?.zeros == 96 && meanwhile.accuracy?.current == epoch.accuracy)
        run.engine.tell(TaskID(.training, "live"), .stop)
        run.take(until: \.isEnd)
        let afterwards = run.settle(asked, generation: 2, base: state)
        #expect(afterwards.layers["fc1.weight"]?.zeros == 0)
    }

    @Test("Splicing lets weights come back; other pruners do not")
    func splicing() throws {
        let policy = SchedulePolicy(
            name: "s", action: .splicing(sensitivities: ["fc1.weight": 0.2], low: 0.9, high: 1.1), start: 0, end: 5, batchFrequency: 2)
        var (former, returned): ([UInt8]?, Int) = (nil, 0)
        let run = try TrainingRun(TrainingSample.request(recipe: recipe, policies: [policy]))
        try TrainingSample.finish(run) { run in
            guard let layer = run.current()?.layers["fc1.weight"] else { return }
            let mask = layer.mask.map { Array($0.bytes) }
            if let former, let mask { returned += zip(former, mask).count { $0 == 0 && $1 == 1 } }
            former = mask
            for (index, weight) in layer.compressed.weights.floats.enumerated() where mask?[index] == 0 { #expect(weight == 0) }
        }
        #expect(returned > 0 && run.progress.phase == .finished)
    }

    @Test("A splicing sensitivity grows by its multiplier with every epoch")
    func growth() throws {
        // Nearly no rate and no way back, so that the weights are those of the start.
        let policy = SchedulePolicy(
            name: "s", action: .splicing(sensitivities: ["fc1.weight": 0.1], low: 0.9, high: 1_000, growth: 2), start: 1, end: 5)
        let still = TrainingRecipe(epochs: 5, batchSize: 16, rate: LearningRate(rate: 1e-12), seed: 7)
        let weights = try #require(TrainingSample.network(seed: 3).parameters["fc1.weight"]?.values).floats.map { Double(abs($0)) }
        let mean = weights.reduce(0, +) / Double(weights.count)
        let deviation = (weights.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(weights.count - 1)).squareRoot()
        let expected = [0.1, 0.3, 0.5, 0.7].map { sensitivity in weights.count { $0 < 0.9 * (mean + sensitivity * deviation) } }
        #expect(try zeros(policy, recipe: still) == [0] + expected)
        #expect(Set(expected).count == 4)
    }

    @Test("L1 shrinks the weights that it names; the rate is multiplied at its times; DoReFa changes the representation")
    func others() throws {
        func run(_ policies: [SchedulePolicy]) throws -> TrainingRun {
            try TrainingSample.finish(try TrainingRun(TrainingSample.request(recipe: recipe, policies: policies)))
        }
        func magnitude(_ run: TrainingRun) -> Double {
            (run.current()?.parameters["fc1.weight"]?.floats ?? []).reduce(0) { $0 + Double(abs($1)) }
        }
        let plain = try run([])
        let lasso = try run([SchedulePolicy(name: "l", action: .lasso(["fc1.weight": 0.01]), start: 0, end: 5)])
        #expect(magnitude(lasso) < 0.8 * magnitude(plain))
        var constant = recipe
        constant.rate.course = .constant
        let slow = try TrainingRun(
            TrainingSample.request(
                recipe: constant, policies: [SchedulePolicy(name: "r", action: .rate(factors: [1: 0.5, 3: 0.1]), start: 0, end: 5)]))
        var rates: [Int: Double] = [:]
        try TrainingSample.finish(slow) { if $0.progress.batch > 0 { rates[$0.progress.epoch] = $0.progress.rate } }
        for (epoch, factor) in [(1, 1.0), (2, 0.5), (3, 0.5), (4, 0.05), (5, 0.05)] {
            #expect(rates[epoch].map { abs($0 - 0.05 * factor) < 1e-12 } == true)
        }
        // A loss that must fall below −999 times the best one never does: from the second epoch on each lowers the rate of the next.
        let rule = PlateauRule(factor: 0.5, patience: 0, threshold: 1_000, minimum: 0.01)
        let plateau = try TrainingRun(
            TrainingSample.request(
                recipe: constant, policies: [SchedulePolicy(name: "p", action: .plateau(rule), start: 0, end: 5)]))
        try TrainingSample.finish(plateau) { if $0.progress.batch > 0 { rates[$0.progress.epoch] = $0.progress.rate } }
        for (epoch, rate) in [(1, 0.05), (2, 0.05), (3, 0.025), (4, 0.0125), (5, 0.01)] {
            #expect(rates[epoch].map { abs($0 - rate) < 1e-12 } == true)
        }
        let bits = try run([
            SchedulePolicy(name: "d", action: .dorefa(weights: ["fc1.weight": 2], activations: [:]), start: 0, end: 5)
        ])
        #expect(Set(bits.current()?.layers["fc1.weight"]?.compressed.weights.floats ?? []).count == 4)
    }
}
