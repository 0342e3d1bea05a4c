import Compression
import Engine
import Tensors
import Testing

/// What a checkpoint must hold.
@Suite("Checkpoints of a training")
struct TrainingCheckpointTests {
    private func recipe(_ optimizer: Optimizer) -> TrainingRecipe {
        TrainingRecipe(epochs: 2, batchSize: 16, optimizer: optimizer, rate: LearningRate(rate: 0.01), weightDecay: 1e-3, seed: 7)
    }

    /// With a mask, centroids, assignments, scales, prices and statistics of clips.
    private static let resumedPlans = [
        TrainingSample.mixedPlan,
        TrainingSample.plan(
            LayerPlan(pruning: .ratio(0.3), weights: .lattice(LatticeQuantization(step: 0.4, lambda: 0.02))),
            LayerPlan(weights: .shared(WeightSharing(bits: 2, span: .channel)))),
    ]

    @Test("A checkpoint that misses a buffer, or has one of another size, is refused with its name and the file's", arguments: resumedPlans)
    func missingBuffers(plan: CompressionPlan) throws {
        var recipe = self.recipe(.adamW())
        recipe.assignment = .fisher
        let request = TrainingSample.request(plan: plan, recipe: recipe)
        let run = try TrainingRun(request)
        while run.stepNumber < 15 { _ = try run.step() }
        while run.checkpoint() == nil { _ = try run.step() }
        var whole = try #require(run.checkpoint())
        whole.file = "run.safetensors"
        #expect(whole.buffers.keys.contains { $0.hasSuffix("shadow/moment1") } && whole.buffers.count > 15)
        for name in whole.buffers.keys.sorted() {
            var less = whole
            less.buffers[name] = nil
            #expect(throws: TrainingFailure.checkpoint(reason: "run.safetensors: buffer \(name) is missing")) {
                try TrainingSample.finish(try TrainingRun(request, resuming: less))
            }
            var other = whole
            other.buffers[name] = Tensor(shape: [3], floats: [1, 2, 3])
            guard whole.buffers[name]?.count != 3 else { continue }
            #expect(throws: TrainingFailure.self) { try TrainingSample.finish(try TrainingRun(request, resuming: other)) }
        }
        #expect(
            bits(try TrainingSample.finish(try TrainingRun(request, resuming: whole)).current())
                == bits(try TrainingSample.finish(run).current()))
    }

    @Test("A checkpoint without a list of its buffers is refused too where one that the plan needs is missing")
    func missingBuffersWithoutList() throws {
        let request = TrainingSample.request(plan: TrainingSample.mixedPlan, recipe: recipe(.sgd()))
        let run = try TrainingRun(request)
        while run.stepNumber < 5 || run.checkpoint() == nil { _ = try run.step() }
        var whole = try #require(run.checkpoint())
        whole.header.bufferCounts = nil
        _ = try TrainingSample.finish(try TrainingRun(request, resuming: whole))
        for name in [
            "layer/fc1.weight/centroids", "layer/fc1.weight/assignments", "layer/fc2.weight/scales", "layer/fc2.weight/zeroPoints",
            "layer/fc1.weight/shadow", "other/fc1.bias",
        ] {
            var less = whole
            less.buffers[name] = nil
            #expect(throws: TrainingFailure.checkpoint(reason: "buffer \(name) is missing")) {
                try TrainingSample.finish(try TrainingRun(request, resuming: less))
            }
        }
    }

    @Test(
        "Masks that change under shared weights: a run that is gone on with gives the bits of an unbroken one",
        arguments: [SharedAssignment.fixed, .everyEpoch, .fisher], [Optimizer.sgd(), .adamW()])
    func changingMasks(assignment: SharedAssignment, optimizer: Optimizer) throws {
        let weights = ["fc1.weight": 0.6]
        let actions: [ScheduleAction] = [
            .gradual(initial: 0.1, final: 0.7, weights: ["fc1.weight"]), .sensitivity(weights),
            .splicing(sensitivities: ["fc1.weight": -0.2], low: 0.9, high: 1.1),
            .structures(["fc1.weight": [StructureTerm(.filters, 0.25)]], by: .mean),
        ]
        let plan = TrainingSample.plan(LayerPlan(weights: .shared(WeightSharing(bits: 3))))
        for action in actions {
            var recipe = self.recipe(optimizer)
            (recipe.epochs, recipe.assignment, recipe.rate) = (4, assignment, LearningRate(rate: 0.03))
            let policy = SchedulePolicy(name: "p", action: action, start: 0, end: 4, batchFrequency: 5)
            let request = TrainingSample.request(plan: plan, recipe: recipe, policies: [policy])
            var kept: [TrainingCheckpoint] = []
            let whole = try TrainingSample.finish(try TrainingRun(request)) { run in
                if let checkpoint = run.checkpoint(), checkpoint.header.progress.epoch != kept.last?.header.progress.epoch {
                    kept.append(checkpoint)
                }
            }
            #expect(kept.count > 2 && (whole.current()?.layers["fc1.weight"]?.compressed.summary.zeros ?? 0) > 0)
            for checkpoint in kept {
                let again = try TrainingCheckpoint(json: try checkpoint.json(), buffers: checkpoint.buffers)
                let resumed = try TrainingSample.finish(try TrainingRun(request, resuming: again))
                #expect(bits(resumed.current()) == bits(whole.current()), "\(action), epoch \(again.header.progress.epoch)")
            }
        }
    }
}
