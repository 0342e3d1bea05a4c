import Compression
import Engine
import Foundation
import Kernels
import Networks
import Reports
import Tensors
import TestSupport
import Testing

/// What a run makes of a small network.
@Suite("Training under a plan")
struct TrainingRunTests {
    private func recipe(_ optimizer: Optimizer = .sgd(), epochs: Int = 4) -> TrainingRecipe {
        let rate = if case .adamW = optimizer { 0.01 } else { 0.05 }
        return TrainingRecipe(
            epochs: epochs, batchSize: 16, optimizer: optimizer, rate: LearningRate(rate: rate), weightDecay: 1e-3, seed: 7)
    }

    @Test(
        "A float network learns; epoch 0 is measured first; best is the highest, of equal ones the later",
        arguments: TrainingSample.optimizers)
    func learns(optimizer: Optimizer) throws {
        let run = try TrainingSample.finish(try TrainingRun(TrainingSample.request(recipe: recipe(optimizer))))
        let history = run.progress.history
        #expect(history.map(\.number) == [0, 1, 2, 3, 4] && run.progress.phase == .finished)
        #expect(history[0].accuracy < 0.6 && (history.last?.accuracy ?? 0) > 0.85)
        #expect(history[0].loss == nil && history[1].loss.map { $0 > (history[4].loss ?? 9) } == true)
        let best = history.map(\.accuracy).max()
        #expect(run.progress.best == history.last { $0.accuracy == best })
        #expect(run.best?.epochs == run.progress.best?.number)
        #expect(run.progress.lossCurve.count == 4 * 13 && run.stepNumber == 52)
    }

    @Test("Pruned weights stay exactly zero and their float value never moves", arguments: TrainingSample.optimizers)
    func masks(optimizer: Optimizer) throws {
        let plan = TrainingSample.plan(LayerPlan(pruning: .ratio(1)), LayerPlan(pruning: .level(0.5), weights: .ternary))
        let request = TrainingSample.request(plan: plan, recipe: recipe(optimizer))
        let run = try TrainingSample.finish(try TrainingRun(request)) { run in
            guard let state = run.current() else { return }
            for layer in state.layers.values {
                let (mask, floats) = (layer.mask?.bytes, state.parameters[layer.compressed.layer.weight]?.floats ?? [])
                let original = request.network.parameters[layer.compressed.layer.weight]?.values.floats ?? []
                for (index, weight) in layer.compressed.weights.floats.enumerated() where mask?[index] == 0 {
                    #expect(weight == 0 && weight.sign == .plus && floats[index] == original[index])
                }
            }
        }
        let state = try #require(run.best)
        #expect(state.layers["fc2.weight"]?.mask?.bytes.count { $0 == 0 } == 24)
        #expect(state.layers["fc1.weight"]?.compressed.summary.zeros == state.layers["fc1.weight"]?.mask?.bytes.count { $0 == 0 })
        #expect((run.progress.best?.accuracy ?? 0) > 0.8)
    }

    @Test("Every representation learns, and its values are counted on what is evaluated", arguments: WeightRepresentation.examples)
    func representations(weights: WeightRepresentation) throws {
        for pruning in [Pruning(), .level(0.3)] {
            let layer = LayerPlan(pruning: pruning, weights: weights)
            let run = try TrainingSample.finish(
                try TrainingRun(TrainingSample.request(plan: TrainingSample.plan(layer, layer), recipe: recipe(epochs: 6))))
            #expect(
                (run.progress.best?.accuracy ?? 0) > (weights.name == "shared" ? 0.6 : 0.8),
                "\(weights) \(pruning.amount): \(run.progress.history.map(\.accuracy))")
            for layer in (run.best?.layers ?? [:]).values {
                let summary = layer.compressed.summary
                let values = layer.compressed.weights.floats
                #expect(summary.zeros == values.count { $0 == 0 } && summary.bytes.dense == 4 * values.count)
                // The product of two factors has neither the zeros of pruning nor few values.
                if case .factors = weights { continue }
                #expect(summary.plan.weights == weights && summary.sparsity >= pruning.amount - 0.02)
                guard ![.float32, .float16, .bfloat16].contains(weights) else { continue }
                #expect(summary.codebook.reduce(0) { $0 + $1.count } == values.count - (layer.mask?.bytes.count { $0 == 0 } ?? 0))
                if case .lattice = weights { continue }
                let hasCells = if case .shared(let sharing) = weights { sharing.span != nil } else { false }
                #expect(
                    Set(values.filter { $0 != 0 }).count <= max(2, (1 << weights.bits) * (hasCells || summary.scales.count > 1 ? 16 : 1)))
            }
        }
    }

    @Test("The same seed gives the same bits, another seed others")
    func seeds() throws {
        var recipe = self.recipe()
        recipe.augmentation = Augmentation(shift: 1, flips: true, erasing: 0.3)
        let one = try TrainingSample.finish(try TrainingRun(TrainingSample.request(plan: TrainingSample.mixedPlan, recipe: recipe)))
        let two = try TrainingSample.finish(try TrainingRun(TrainingSample.request(plan: TrainingSample.mixedPlan, recipe: recipe)))
        recipe.seed = 8
        let other = try TrainingSample.finish(try TrainingRun(TrainingSample.request(plan: TrainingSample.mixedPlan, recipe: recipe)))
        #expect(bits(one.current()) == bits(two.current()) && bits(one.best) == bits(two.best))
        #expect(bits(one.current()) != bits(other.current()))
    }

    private func sameHistory(_ a: TrainingRun, _ b: TrainingRun) -> Bool {
        let (a, b) = (a.progress, b.progress)
        return zip(a.history, b.history).allSatisfy {
            $0.accuracy == $1.accuracy && $0.crossEntropy == $1.crossEntropy && $0.loss == $1.loss && $0.sparsity == $1.sparsity
        } && a.history.count == b.history.count && a.lossCurve == b.lossCurve && a.best?.number == b.best?.number
    }

    @Test(
        "A run stopped at any batch, saved and resumed gives the same bits",
        arguments: [SharedAssignment.fixed, .everyEpoch, .fisher], [Optimizer.adamW(), .sgd()])
    func resume(assignment: SharedAssignment, optimizer: Optimizer) throws {
        var recipe = self.recipe(optimizer, epochs: 2)
        recipe.augmentation = Augmentation(shift: 1, flips: true, erasing: 0.3)
        recipe.assignment = assignment
        recipe.learnsClips = assignment == .everyEpoch
        let policy = SchedulePolicy(
            name: "agp", action: .gradual(initial: 0.3, final: 0.6, weights: ["fc2.weight"]), start: 0, end: 2, batchFrequency: 5)
        let teacher = TrainingSample.network(seed: 11, name: "teacher")
        let request = TrainingSample.request(
            plan: TrainingSample.mixedPlan, recipe: recipe, policies: [policy], teachers: [teacher])
        var saved: [(json: Data, buffers: [String: Tensor])] = []
        let through = try TrainingSample.finish(try TrainingRun(request)) { run in
            guard saved.count < run.stepNumber / 3 + 1, let checkpoint = run.checkpoint() else { return }
            saved.append((try checkpoint.json(), checkpoint.buffers))
        }
        #expect(saved.count > 8)
        for checkpoint in saved {
            let resumed = try TrainingCheckpoint(json: checkpoint.json, buffers: checkpoint.buffers)
            let run = try TrainingSample.finish(try TrainingRun(request, resuming: resumed))
            #expect(bits(run.current()) == bits(through.current()), "from step \(resumed.header.step)")
            #expect(bits(run.best) == bits(through.best) && sameHistory(run, through))
        }
    }

    @Test("Logits that are no numbers leave an epoch without cross-entropy and KL, and are counted")
    func nothingFinite() throws {
        var request = TrainingSample.request(recipe: recipe(epochs: 0), teachers: [TrainingSample.network(seed: 11, name: "teacher")])
        request.validation.inputs = Tensor(shape: [90, 1, 3, 4], floats: [Float](repeating: 1e38, count: 90 * 12))
        let weights = try #require(request.network.parameters["fc2.weight"]?.values)
        request.graph.parameters["fc2.weight"]?.values = Tensor(shape: weights.shape, floats: weights.floats.map { $0 * 1e30 })
        let epoch = try #require(try TrainingSample.finish(try TrainingRun(request)).progress.history.first)
        #expect(epoch.crossEntropy == nil && epoch.crossEntropyLeftOut == 90)
        #expect(epoch.divergence == nil && epoch.divergenceLeftOut == 90)
    }

    @Test("Knobs turned while it trains, logged with their step and replayed, give the same bits")
    func replay() throws {
        let plans: [Int: CompressionPlan] = [
            5: TrainingSample.plan(LayerPlan(pruning: .ratio(0.8))),
            13: TrainingSample.plan(LayerPlan(pruning: .ratio(0.8), weights: .shared(WeightSharing(bits: 3)))),
            21: TrainingSample.plan(LayerPlan(pruning: .ratio(0.3), weights: .linear(LinearQuantization(bits: 4)))),
            30: TrainingSample.plan(LayerPlan(pruning: .ratio(0.3), bypass: true), LayerPlan(weights: .ternary)),
            35: TrainingSample.plan(LayerPlan(weights: .lattice(LatticeQuantization(step: 0.5))), LayerPlan(weights: .ternary)),
            40: TrainingSample.plan(LayerPlan(pruning: .level(0.5)), LayerPlan(weights: .dorefa(bits: 2), biases: .int8)),
        ]
        func run() throws -> (TrainingRun, log: [Int]) {
            var log: [Int] = []
            let run = try TrainingRun(TrainingSample.request(recipe: recipe()))
            try TrainingSample.finish(run) { run in
                guard let plan = plans[run.stepNumber], !log.contains(run.stepNumber) else { return }
                log.append(run.stepNumber)
                try run.adopt(plan: plan)
            }
            return (run, log)
        }
        let (one, two) = (try run(), try run())
        #expect(one.log == [5, 13, 21, 30, 35, 40] && bits(one.0.current()) == bits(two.0.current()))
        let state = try #require(one.0.current())
        #expect(state.layers["fc1.weight"]?.compressed.summary.zeros == 96)
        #expect(Set(state.layers["fc2.weight"]?.compressed.weights.floats ?? []).count <= 4)
    }

    @Test("A looser ratio brings the last float values back, by the σ of the weights as opened")
    func loosening() throws {
        let request = TrainingSample.request(plan: TrainingSample.plan(LayerPlan(pruning: .ratio(1.2))), recipe: recipe())
        let run = try TrainingRun(request)
        while run.stepNumber < 20 { _ = try run.step() }
        let before = try #require(run.current())
        try run.adopt(plan: TrainingSample.plan(LayerPlan(pruning: .ratio(0.4))))
        let after = try #require(run.current())
        let deviation = try #require(before.layers["fc1.weight"]?.deviation)
        let original = try #require(request.network.parameters["fc1.weight"]?.values)
        #expect(deviation == (try WeightDistribution(original)).standardDeviation)
        let floats = try #require(before.parameters["fc1.weight"]?.floats)
        #expect(after.layers["fc1.weight"]?.compressed.weights.floats == floats.map { Double(abs($0)) > 0.4 * deviation ? $0 : 0 })
    }

    @Test("A state's ratios keep their thresholds, whatever their scope and σ, where another knob is turned")
    func ratiosOfStates() throws {
        for scope in Pruning.Scope.allCases {
            for deviation in Pruning.Deviation.allCases {
                let pruning = Pruning(amount: 0.8, scope: scope, deviation: deviation)
                let plan = TrainingSample.plan(LayerPlan(pruning: pruning), LayerPlan(pruning: pruning))
                let request = TrainingSample.request(plan: plan, recipe: recipe(epochs: 1))
                let first = try #require(try TrainingSample.finish(try TrainingRun(request)).current())
                let again = TrainingSample.request(plan: plan, recipe: recipe(epochs: 1), base: first)
                let second = try #require(try TrainingSample.finish(try TrainingRun(again)).current())
                for state in [first, second] {
                    let turned = TrainingSample.plan(
                        LayerPlan(pruning: pruning, weights: .float16), LayerPlan(pruning: pruning, weights: .float16))
                    let resolved = try turned.resolved(for: request.network.layers)
                    let distributions = try state.layers.keys.reduce(into: [String: WeightDistribution]()) {
                        $0[$1] = try WeightDistribution(try #require(state.parameters[$1]))
                    }
                    let rules = resolved.pruningRules(distributions: distributions, bases: state.layers.mapValues(\.ratioBasis))
                    for (weight, layer) in state.layers { #expect(rules[weight] == .threshold(layer.compressed.summary.threshold)) }
                }
            }
        }
    }

    @Test("A state goes on with its own mask and codebook, not with what its plan would make of its weights now")
    func base() throws {
        let request = TrainingSample.request(plan: TrainingSample.mixedPlan, recipe: recipe())
        let first = try #require(try TrainingSample.finish(try TrainingRun(request)).current())
        let next = try TrainingRun(TrainingSample.request(plan: TrainingSample.mixedPlan, recipe: recipe(), base: first))
        while next.progress.history.isEmpty { _ = try next.step() }
        let begun = try #require(next.current())
        #expect(begun.layers["fc1.weight"]?.compressed.weights.floats == first.layers["fc1.weight"]?.compressed.weights.floats)
        #expect(
            begun.layers["fc1.weight"]?.compressed.summary.codebook.map(\.value)
                == first.layers["fc1.weight"]?.compressed.summary.codebook.map(\.value))
        for (name, layer) in begun.layers {
            #expect(layer.mask.map { Array($0.bytes) } == first.layers[name]?.mask.map { Array($0.bytes) })
        }
    }

    @Test("Divergence stops the run, keeps the best state and says what to lower")
    func divergence() throws {
        var recipe = self.recipe()
        recipe.rate = LearningRate(rate: 1e6, course: .constant)
        let run = try TrainingSample.finish(try TrainingRun(TrainingSample.request(recipe: recipe)))
        #expect(run.progress.phase == .diverged && run.best?.epochs == 0)
        #expect(run.progress.message?.contains("lower the rate (1e+06; try 1e+05)") == true)
        #expect(run.progress.message?.contains("momentum (0.9)") == true)
    }

    @Test("Distillation: the student comes nearer to its teachers; temperature and weights may be turned")
    func distillation() throws {
        let teacher = TrainingSample.network(seed: 21, name: "teacher")
        var plan = CompressionPlan(temperature: 3, lossWeights: LossWeights(distillation: 1, student: 0))
        let run = try TrainingRun(TrainingSample.request(plan: plan, recipe: recipe(epochs: 6), teachers: [teacher]))
        try TrainingSample.finish(run) { run in
            if run.stepNumber == 26, plan.temperature == 3 {
                plan.temperature = 1
                try run.adopt(plan: plan)
            }
        }
        let history = run.progress.history
        let (first, last) = (try #require(history[0].divergence), try #require(history[6].divergence))
        #expect(last < 0.25 * first, "\(first) to \(last)")
    }

    @Test("What does not fit is refused with both sides")
    func refusals() throws {
        var request = TrainingSample.request(recipe: recipe())
        request.training.labels[4] = 5
        #expect(throws: TrainingFailure.self) { _ = try TrainingRun(request) }
        do { _ = try TrainingRun(request) } catch { #expect(error.description.contains("labels up to 5 but sample has 3 classes")) }
        request = TrainingSample.request(recipe: recipe())
        request.training.inputs = Tensor(shape: [208, 1, 2, 4], floats: [Float](repeating: 0, count: 208 * 8))
        do { _ = try TrainingRun(request) } catch { #expect(error.description.contains("[1×2×4] but sample reads [1×3×4]")) }
        request = TrainingSample.request(recipe: recipe())
        request.validation.labels = []
        #expect(throws: TrainingFailure.noExamples(dataset: "points", split: .validation)) { _ = try TrainingRun(request) }
        let policy = SchedulePolicy(name: "p", action: .level(["fc9.weight": 0.5]), start: 0, end: 1)
        let run = try TrainingRun(TrainingSample.request(recipe: recipe(), policies: [policy]))
        #expect(throws: TrainingFailure.policy(name: "p", reason: "the network has no trained weights fc9.weight")) {
            try TrainingSample.finish(run)
        }
    }
}
