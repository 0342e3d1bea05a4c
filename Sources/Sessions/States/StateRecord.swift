import Compression
import Reports

/// A trained state as it is handed over to be kept: what it is, and how it came about.
public struct StateRecord: Sendable {
    public var state: TrainedState
    /// The state that the training began with; nil for the original network.
    public var parent: String?
    /// The training of which this is the last finished epoch; nil where a single command made it.
    public var training: String?
    /// Whether it is the best of its training so far.
    public var isBest: Bool
    /// What acted on the plan while it was trained.
    public var policies: [SchedulePolicy]
    /// The epochs that led to it, 0 the measurement before the first step.
    public var history: [TrainingProgress.Epoch]
    /// Milliseconds since 1970.
    public var created: Int64
    public var note: String

    public init(
        state: TrainedState, parent: String?, training: String? = nil, isBest: Bool = false, policies: [SchedulePolicy] = [],
        history: [TrainingProgress.Epoch] = [], created: Int64, note: String = ""
    ) {
        self.state = state
        self.parent = parent
        self.training = training
        self.isBest = isBest
        self.policies = policies
        self.history = history
        self.created = created
        self.note = note
    }

    /// Epochs of its own training that are finished.
    var finishedEpochs: Int { history.last?.number ?? state.epochs }
}
