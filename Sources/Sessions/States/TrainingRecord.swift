import Compression

/// A training of a session: what was asked for, and how far it came.
public struct TrainingRecord: Codable, Hashable, Sendable, Identifiable {
    public enum Status: String, Codable, Sendable, CaseIterable {
        case running
        case finished
        /// By the user.
        case stopped
        /// It diverged or could not go on; the message says why.
        case failed
        /// The program ended in the middle of it, by a kill or with the machine.
        case interrupted
    }

    public var id: String
    /// The name of a schedule's stage, or what the user reads: `retrain`.
    public var name: String
    /// The state that it began with; nil for the original network.
    public var base: String?
    public var plan: CompressionPlan
    public var recipe: TrainingRecipe
    public var policies: [SchedulePolicy]
    /// Asked for.
    public var epochs: Int
    /// Whether it began with the compressed values of `base` in the place of its float ones.
    public var startsCompressed = false
    /// The schedule that it is a stage of, so that a resumed training is followed by the stages behind it.
    public var schedule: SchedulePlace?
    /// Milliseconds since 1970.
    public var started: Int64
    /// Nil while it runs, and where the program ended first.
    public internal(set) var ended: Int64?
    public internal(set) var finishedEpochs = 0
    /// The states of the last finished epoch and of the best one.
    public internal(set) var last: String?
    public internal(set) var best: String?
    public internal(set) var status = Status.running
    public internal(set) var message: String?

    public init(
        id: String, name: String, base: String?, plan: CompressionPlan, recipe: TrainingRecipe, policies: [SchedulePolicy] = [],
        epochs: Int? = nil, started: Int64
    ) {
        self.id = id
        self.name = name
        self.base = base
        self.plan = plan
        self.recipe = recipe
        self.policies = policies
        self.epochs = epochs ?? recipe.epochs
        self.started = started
    }

    /// One sentence: how far it came, `retrain: stopped after epoch 3 of 10`.
    public var sentence: String {
        let words =
            switch status {
            case .running: "running,"
            case .finished: "finished"
            case .stopped: "stopped"
            case .failed: "failed"
            case .interrupted: "interrupted"
            }
        let place = finishedEpochs == 0 ? "before the end of epoch 1 of \(epochs)" : "after epoch \(finishedEpochs) of \(epochs)"
        return "\(name): \(words) \(place)" + (message.map { " (\($0))" } ?? "")
    }
}

/// A knob that was turned while a training ran, with its step, so that the run can be repeated.
public struct KnobTurn: Codable, Hashable, Sendable {
    public var training: String
    /// The epoch under way, from 1, and the batches of it that were done before the new plan held.
    public var epoch: Int
    public var batch: Int
    /// Batches since the start of the training that were done before; nil in logs of versions that kept only what the screen showed.
    public var step: Int?
    /// Milliseconds since 1970.
    public var time: Int64
    /// In force from that step on.
    public var plan: CompressionPlan

    public init(training: String, epoch: Int, batch: Int, step: Int? = nil, time: Int64, plan: CompressionPlan) {
        self.training = training
        self.epoch = epoch
        self.batch = batch
        self.step = step
        self.time = time
        self.plan = plan
    }
}
