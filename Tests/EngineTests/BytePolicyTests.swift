import Compression
import Engine
import Networks
import Tensors
import Testing

/// Bytes as a term of the loss while a network is trained.
@Suite("Policies of bytes")
struct BytePolicyTests {
    private static let levels = LayerPlan(weights: .lattice(LatticeQuantization(step: 0.5, lambda: 0)), biases: .int4)
    private let plan = TrainingSample.plan(Self.levels, Self.levels)

    private func recipe(_ optimizer: Optimizer = .sgd()) -> TrainingRecipe {
        TrainingRecipe(
            epochs: 4, batchSize: 16, optimizer: optimizer, rate: LearningRate(rate: 0.05), seed: 7, assignment: .everyEpoch,
            learnsClips: true)
    }

    private func policy(_ term: ByteTerm, end: Int = 4, batchFrequency: Int? = nil) -> SchedulePolicy {
        SchedulePolicy(name: "b", action: .bytes(term), start: 0, end: end, batchFrequency: batchFrequency)
    }

    private func request(_ policies: [SchedulePolicy], optimizer: Optimizer = .sgd(), plan: CompressionPlan? = nil) -> TrainingRequest {
        TrainingSample.request(plan: plan ?? self.plan, recipe: recipe(optimizer), policies: policies)
    }

    private func run(_ policies: [SchedulePolicy], plan: CompressionPlan? = nil) throws -> TrainingRun {
        try TrainingSample.finish(try TrainingRun(request(policies, plan: plan)))
    }

    private func bytes(_ state: TrainedState?) throws -> Int {
        try #require(state).layers.values.reduce(0) { $0 + LevelCoders.smallest($1.compressed.stored).bytes.count }
    }

    @Test("λ 0 is training without it, bit for bit; more λ leaves fewer real bytes")
    func lambda() throws {
        let plain = try run([])
        #expect(bits(try run([policy(ByteTerm(0))]).current()) == bits(plain.current()))
        var last = try bytes(plain.current())
        for lambda in [1, 4, 16] as [Double] {
            let found = try bytes(run([policy(ByteTerm(lambda))]).current())
            #expect(found < last, "λ \(lambda)")
            last = found
        }
        // Only the layer that is named.
        let one = try run([policy(ByteTerm(16, weights: ["fc1.weight"]))])
        let zeros = [plain, one].map { $0.current()?.layers.mapValues(\.compressed.summary.zeros) ?? [:] }
        #expect((zeros[1]["fc1.weight"] ?? 0) > 2 * (zeros[0]["fc1.weight"] ?? 0))
    }

    @Test("Each epoch says the estimated bytes of the levels; while they are lowered the last state is the best one")
    func epochs() throws {
        let run = try run([policy(ByteTerm(8, initial: 0.5))])
        let bytes = run.progress.history.map(\.bytes)
        let estimate = run.current()?.layers.values.reduce(0) { $0 + ($1.compressed.summary.fileEstimate ?? 0) }
        #expect(bytes.count == 5 && bytes.last == estimate && (bytes.last ?? 0) ?? 0 < (bytes.first ?? 0) ?? 0)
        #expect(run.best?.epochs == 4 && run.progress.best?.number == 4)
        #expect(try self.run([]).progress.history.allSatisfy { $0.bytes == nil })
        // λ rises evenly over the policy's epochs.
        let term = ByteTerm(8, initial: 2)
        #expect((0..<4).map { term.lambda(at: $0, of: 4) } == [2, 4, 6, 8] && term.lambda(at: 0, of: 1) == 8)
    }

    @Test("A run that is gone on with gives the bits of an unbroken one", arguments: TrainingSample.optimizers)
    func resuming(optimizer: Optimizer) throws {
        let request = request([policy(ByteTerm(4, initial: 1), end: 3, batchFrequency: 5)], optimizer: optimizer)
        var kept: [TrainingCheckpoint] = []
        let whole = try TrainingSample.finish(try TrainingRun(request)) { run in
            if run.stepNumber == 7 * kept.count, let checkpoint = run.checkpoint() { kept.append(checkpoint) }
        }
        #expect(kept.count > 5)
        for checkpoint in kept {
            let again = try TrainingCheckpoint(json: try checkpoint.json(), buffers: checkpoint.buffers)
            let resumed = try TrainingSample.finish(try TrainingRun(request, resuming: again))
            #expect(bits(resumed.current()) == bits(whole.current()), "step \(again.header.step)")
            #expect(resumed.progress.history.map(\.loss) == whole.progress.history.map(\.loss))
        }
    }

    @Test("Layers without levels are refused where they are named, and where there are no others")
    func refusals() {
        let one = TrainingSample.plan(Self.levels)
        #expect(throws: Never.self) { try run([policy(ByteTerm(1))], plan: one) }
        let named = TrainingFailure.policy(
            name: "b", reason: "fc2.weight: only levels of \"entropy\" have bits that training can lower")
        #expect(throws: named) { try run([policy(ByteTerm(1, weights: ["fc1.weight", "fc2.weight"]))], plan: one) }
        let none = TrainingFailure.policy(
            name: "b", reason: "no layer has levels whose bits can be lowered; give some \"entropy\" in the plan")
        #expect(throws: none) { try run([policy(ByteTerm(1))], plan: CompressionPlan()) }
    }
}
