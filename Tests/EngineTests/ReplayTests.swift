import Compression
import Engine
import Networks
import Reports
import Tensors
import Testing

/// Runs that are repeated from the log of their turned knobs.
@Suite("Replaying trainings")
struct ReplayTests {
    private let plans = [
        TrainingSample.plan(LayerPlan(pruning: .ratio(0.8))),
        TrainingSample.plan(LayerPlan(pruning: .ratio(0.8), weights: .shared(WeightSharing(bits: 3)))),
        TrainingSample.plan(LayerPlan(pruning: .ratio(0.3), weights: .linear(LinearQuantization(bits: 4)))),
        TrainingSample.plan(LayerPlan(pruning: .ratio(0.3), bypass: true), LayerPlan(weights: .ternary)),
        TrainingSample.plan(LayerPlan(pruning: .level(0.5)), LayerPlan(weights: .dorefa(bits: 2), biases: .int8)),
    ]

    private func request(epochs: Int = 4) -> TrainingRequest {
        var request = TrainingSample.request(
            recipe: TrainingRecipe(epochs: epochs, batchSize: 16, rate: LearningRate(rate: 0.05), seed: 7, assignment: .everyEpoch))
        // One stage a step, so that plans come at every moment of a batch.
        request.options = EngineOptions()
        return request
    }

    @Test("Plans that come at any moment, several at one step too, are logged with the steps that give the same bits", arguments: 0..<6)
    func anyMoment(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let first = try TrainingRun(request())
        try TrainingSample.finish(first) { run in
            guard generator.uniform() < 0.15 else { return }
            try run.adopt(plan: plans[Int.random(in: 0..<plans.count, using: &generator)])
        }
        #expect(!first.turns.isEmpty)
        var again = request()
        again.turns = first.turns
        let second = try TrainingSample.finish(try TrainingRun(again))
        #expect(bits(second.current()) == bits(first.current()) && bits(second.best) == bits(first.best))
        #expect(second.turns == first.turns && second.progress.lossCurve == first.progress.lossCurve)
    }

    @Test("A plan that comes before the first batch, and one that comes while an epoch is measured, hold from the next batch on")
    func boundaries() throws {
        let run = try TrainingRun(request())
        #expect(try run.adopt(plan: plans[0]) == 0 && run.plan == plans[0])
        while run.progress.phase != .measuring || run.stepNumber == 0 { _ = try run.step() }
        let step = run.stepNumber
        #expect(try run.adopt(plan: plans[1]) == step)
        try TrainingSample.finish(run)
        try #require(run.turns.map(\.step) == [0, step] && run.turns.map(\.plan) == [plans[0], plans[1]])
        #expect(run.turns[1].epoch == 2 && run.turns[1].batch == 0)
    }

    @Test("A plan in waiting is in the checkpoint")
    func waiting() throws {
        func train(resuming: Bool) throws -> TrainingRun {
            let run = try TrainingRun(request())
            while run.progress.history.count < 2 { _ = try run.step() }
            try run.adopt(plan: plans[1])
            guard resuming else { return try TrainingSample.finish(run) }
            let checkpoint = try #require(run.checkpoint())
            let kept = try TrainingCheckpoint(json: try checkpoint.json(), buffers: checkpoint.buffers)
            return try TrainingSample.finish(try TrainingRun(request(), resuming: kept))
        }
        let (through, resumed) = (try train(resuming: false), try train(resuming: true))
        #expect(bits(through.current()) == bits(resumed.current()))
    }

    @Test("A run that is to end early goes by the rate of the whole recipe")
    func lastEpoch() throws {
        var states: [TrainedState?] = []
        let whole = try TrainingRun(request())
        try TrainingSample.finish(whole) { run in
            if run.progress.history.count == 3, states.isEmpty { states.append(run.latest) }
        }
        var early = request()
        early.lastEpoch = 2
        let run = try TrainingSample.finish(try TrainingRun(early))
        #expect(bits(run.latest) == bits(states.first ?? nil) && run.progress.phase == .finished && run.progress.epoch == 2)
    }

    @Test("A checkpoint of a run that began with other weights is refused")
    func otherWeights() throws {
        let run = try TrainingRun(request())
        while run.progress.history.count < 2 { _ = try run.step() }
        let checkpoint = try #require(run.checkpoint())
        var other = request()
        let weights = TrainingSample.network(seed: 4).parameters["fc1.weight"]?.values
        other.graph.parameters["fc1.weight"]?.values = try #require(weights)
        let resumed = try TrainingRun(other, resuming: checkpoint)
        #expect(throws: TrainingFailure.checkpoint(reason: "the run began with other weights in fc1.weight")) {
            try TrainingSample.finish(resumed)
        }
    }
}
