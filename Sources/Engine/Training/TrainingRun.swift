import Compression
import Foundation
import Kernels
import Networks
import Reports
import Tensors

/// A training under a compression plan, in short steps. Owned by one thread; it has none of its own.
///
/// Epoch 0 is measured before the first step. Validation is measured with the effective weights; best is the highest accuracy, of equal ones the
/// later. The same request, thread count and plans adopted at the same steps give the same bits, whether or not the run is interrupted, saved
/// and resumed on the way: what is drawn depends on seed, epoch and example alone.
public final class TrainingRun {
    /// With the quantizers of the plan's activations in its network.
    public let request: TrainingRequest
    /// The plan that was last asked for.
    public var plan: CompressionPlan { planInWaiting ?? planInForce }
    /// The plan of the batch under way.
    public private(set) var planInForce: CompressionPlan
    /// Plans that came into force while it trains, each with its step: what a log for replaying keeps.
    public private(set) var turns: [TrainingTurn] = []
    public internal(set) var progress: TrainingProgress
    /// The state with the highest validation accuracy among those under the newest plan with the newest number of pruned weights; nil before
    /// epoch 0 was measured.
    public internal(set) var best: TrainedState?
    /// The state of the last measured epoch.
    public internal(set) var latest: TrainedState?
    /// Batches done since the start: what a log of turned knobs names.
    public var stepNumber: Int { counters.step }

    enum Work {
        case prepare(Preparation)
        case beginEpoch
        /// Channels are ranked and masked before the first batch of an epoch.
        case mask(FilterMasking)
        /// A turn of ranks that are learned.
        case ranks
        /// The next stage of a batch: 0 writes parameters and input.
        case batch(stage: Int)
        case measure(Measurement)
        case end
    }

    var work: Work
    var counters = TrainingCounters()
    var measured: Evaluator?
    /// What measures states whose graph is not the one that is trained.
    var edited = EditedEvaluation()
    var parts: TrainingParts?
    var teachers: [TeacherLogits] = []
    /// Of each teacher on validation.
    var validationTeachers: [TeacherLogits] = []
    var batchLogits: [[Float]] = []
    var order: [Int] = []
    var clock = TrainingClock()
    var executorInWaiting: (any TrainingExecutor)?
    /// A plan that waits for the next batch.
    var planInWaiting: CompressionPlan?
    /// Teachers' logits that another run has computed already.
    var hasKnownTeachers = false
    /// 0 while a teacher's training split is computed, 1 for validation.
    var teacherPart = 0
    /// Of the batch under way.
    var batchLoss = 0.0
    let resumed: TrainingCheckpoint?
    /// As the plan says it of layers; what comes of it in the graph is the request's.
    private let activations: [String: ActivationQuantization]
    private let sums: ActivationQuantization?

    /// Checks the request; everything that takes time is done by the first steps.
    public convenience init(_ request: TrainingRequest, resuming checkpoint: TrainingCheckpoint? = nil) throws(TrainingFailure) {
        try self.init(request, evaluator: nil, resuming: checkpoint)
    }

    /// With an evaluator of the same network and validation split that somebody else has already.
    init(_ request: TrainingRequest, evaluator: Evaluator?, resuming checkpoint: TrainingCheckpoint? = nil) throws(TrainingFailure) {
        try request.check()
        try checkpoint?.check(against: request)
        let plan: ResolvedPlan
        do { plan = try (checkpoint?.header.plan ?? request.plan).resolved(for: request.network.layers) } catch { throw .plan(error) }
        self.request = request.quantizing(plan.activations(of: request.graph))
        (activations, sums) = (plan.activations, plan.sums)
        resumed = checkpoint
        planInForce = checkpoint?.header.plan ?? request.plan
        planInWaiting = checkpoint?.header.planInWaiting
        // Somebody else's evaluator runs the opened graph with float activations.
        measured = self.request.edits.activations.isEmpty && request.base?.graph == nil ? evaluator : nil
        let batchSize = min(request.recipe.batchSize, request.training.count)
        progress = TrainingProgress(
            phase: .preparing, epochs: request.recipe.epochs, batches: request.training.count / max(1, batchSize))
        work = .prepare(.executor)
        if let checkpoint { progress = checkpoint.header.progress }
        progress.phase = .preparing
    }

    /// Does one short piece of work; false when there is nothing more to do.
    ///
    /// - Throws: what makes it impossible; the best state so far stays in ``best``.
    public func step() throws(TrainingFailure) -> Bool {
        let start = Date()
        switch work {
        case .prepare(let preparation): try prepare(preparation)
        case .beginEpoch: try beginEpoch()
        case .mask(let masking): try mask(masking)
        case .ranks: try learnRanks()
        case .batch(let stage): try advance(from: stage, until: start.addingTimeInterval(0.008))
        case .measure(let measurement): try measure(measurement)
        case .end: return false
        }
        clock.add(Date().timeIntervalSince(start))
        progress.secondsLeft = clock.secondsLeft(progress)
        if case .end = work { return false }
        return true
    }

    /// Goes on under another plan from the next batch on: masks, representations, temperature and loss weights.
    ///
    /// Layers whose entry did not change stay as they are; epochs are measured under the plan of their last batch. Returns the number of the
    /// first step under it unless a newer plan or the end comes first: ``turns`` has what came into force, and a run with these turns in its
    /// request makes the same bits.
    /// - Throws: for a plan that names what is not there or is out of range; then nothing has changed.
    @discardableResult
    public func adopt(plan: CompressionPlan) throws(TrainingFailure) -> Int {
        let resolved: ResolvedPlan
        do { resolved = try plan.resolved(for: request.network.layers) } catch { throw .plan(error) }
        guard resolved.activations == activations, resolved.sums == sums else {
            throw .policy(name: "plan", reason: "activations change the kernels; stop, and train on from the state under the new plan")
        }
        try parts?.network.checkOutputs(resolved, base: nil)
        if case .batch(let stage) = work {
            if stage == 0 { try begin(plan) } else { planInWaiting = plan }
            return stage == 0 ? counters.step : counters.step + 1
        }
        planInWaiting = plan
        return counters.step
    }

    /// Goes to the next batch, under the plan that waits for it; a turn of learned ranks goes first.
    func beginBatch() throws(TrainingFailure) {
        if parts?.ranks?.isDue == true { return work = .ranks }
        work = .batch(stage: 0)
        if let planInWaiting { try begin(planInWaiting) }
        for turn in request.turns where turn.step == counters.step { try begin(turn.plan) }
    }

    /// The plan with the activations that this run has, and exact names, where it has others; a layer that had some can't be bypassed.
    func withOwnActivations(_ plan: CompressionPlan) -> CompressionPlan {
        guard var resolved = try? plan.resolved(for: request.network.layers),
            resolved.activations != activations || resolved.sums != sums
        else { return plan }
        resolved.sums = sums
        for layer in request.network.layers {
            let own = activations[layer.weight]
            if own != nil { resolved[layer.weight].bypass = false }
            resolved[layer.weight].activations = own
        }
        return CompressionPlan(resolved: resolved)
    }

    func begin(_ plan: CompressionPlan) throws(TrainingFailure) {
        planInWaiting = nil
        try parts?.network.adopt(plan)
        planInForce = plan
        counters.leastLoss = nil
        turns.append(TrainingTurn(step: counters.step, epoch: progress.epoch, batch: progress.batch, plan: plan))
    }

    /// Ends the run: ``best`` and ``current()`` stay.
    public func stop() {
        if case .end = work { return }
        work = .end
        progress.phase = .stopped
    }

    var loss: SoftmaxLoss {
        teachers.isEmpty
            ? .crossEntropy
            : SoftmaxLoss(
                studentWeight: planInForce.lossWeights.student, distillationWeight: planInForce.lossWeights.distillation,
                temperature: planInForce.temperature)
    }
}

/// What exists once the run is prepared.
struct TrainingParts {
    let executor: any TrainingExecutor
    let network: TrainedNetwork
    var policies: PolicyEngine
    var ranks: RankLearning?
    let loss: OutputLoss
}

/// Numbers that a checkpoint keeps.
struct TrainingCounters: Codable, Hashable, Sendable {
    /// Batches since the start.
    var step = 0
    /// Of the epoch under way.
    var lossSum = 0.0
    /// Exponential mean over about 16 batches.
    var meanLoss: Double?
    /// Its minimum.
    var leastLoss: Double?
    /// Every so many batches give a point of the curve.
    var curveStride = 1
}
