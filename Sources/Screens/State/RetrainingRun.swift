import Compression
import Engine
import Reports
import Sessions

/// A training to begin: what the engine needs beside the network and the data.
public struct RetrainingRequest: Hashable, Sendable {
    /// Names the run in its session.
    public var id: String
    public var recipe: TrainingRecipe
    /// What holds of the weights meanwhile, the temperature and the loss weights.
    public var plan: CompressionPlan
    public var generation: UInt64
    /// The trained state to start from; nil is the network as opened.
    public var base: TrainedState?
    /// What the session calls it.
    public var name = "retrain"
    public var policies: [SchedulePolicy] = []
    /// Whether it starts from the compressed values of `base`.
    public var startsCompressed = false
    /// Whether channels that are wholly zero at its end are removed.
    public var thins = false
    /// The schedule that it is a stage of.
    public var schedule: SchedulePlace?
}

extension RetrainingRequest: TaskRequest {
    public var task: LaneTask {
        var order = TrainingOrder(
            id: id, plan: plan, recipe: recipe, policies: policies, base: startsCompressed ? base?.handingOnCompressed : base)
        (order.keepsCheckpoints, order.thins) = (true, thins)
        return .training(order)
    }
}

/// A training that runs or has run: how it was begun, where it stands, and what to go back to.
public struct RetrainingRun: Sendable {
    public let task: TaskID
    public let recipe: TrainingRecipe
    public internal(set) var progress: TrainingProgress
    /// Whether its pane takes the place of another.
    public internal(set) var isShown = true
    public internal(set) var isEnded = false
    /// The stage of a schedule that it is: its number from 1, of so many, and its name.
    var stage: Stage?
    /// Asked for and not yet answered.
    public internal(set) var isStopping = false
    /// Whether it is being stopped to go back to before it.
    var isAbandoned = false
    /// The state before, which undo goes back to.
    var start: String?
    /// Epochs that were finished when it went on after being cut off; B takes back only those that followed.
    var resumedAt = 0
    /// What B goes back to, but for what was turned since.
    let before: Before
    /// The plan that it began under; what differs from it was turned since.
    var given: ResolvedPlan
    /// Exact accuracy before the first step, where it was known at the start.
    let accuracyBefore: Double?

    typealias Stage = (number: Int, count: Int, name: String)

    /// The plan and the state as they were when the training began.
    struct Before: Sendable {
        var plan: ResolvedPlan
        var state: String?
    }

    init(task: TaskID, recipe: TrainingRecipe, before: Before, under given: ResolvedPlan, accuracyBefore: Double?, start: String?) {
        (self.task, self.recipe, self.before, self.given) = (task, recipe, before, given)
        (self.accuracyBefore, self.start) = (accuracyBefore, start)
        progress = TrainingProgress(phase: .preparing, epochs: recipe.epochs, batches: 0)
    }

    /// The plan that B leads to from `plan`: what the training put into force goes back, what was turned since stays.
    func planWithout(_ plan: ResolvedPlan) -> ResolvedPlan {
        var result = before.plan
        for (weight, layer) in plan.layers where layer != given[weight] { result[weight] = layer }
        if plan.temperature != given.temperature { result.temperature = plan.temperature }
        if plan.lossWeights != given.lossWeights { result.lossWeights = plan.lossWeights }
        if plan.sums != given.sums { result.sums = plan.sums }
        return result
    }

    /// Accuracy on validation before the first step, 0…1.
    public var initialAccuracy: Double? { progress.history.first { $0.number == 0 }?.accuracy ?? accuracyBefore }

    /// Epochs with a step that were finished.
    public var finishedEpochs: Int { progress.history.last?.number ?? 0 }

    /// Whether the loss follows a teacher.
    public var hasTeacher: Bool { !recipe.teachers.isEmpty }
}
