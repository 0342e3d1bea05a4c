import Compression
import Reports

/// What a training says.
public enum TrainingReport: TaskReport {
    /// Where it stands; comes again and again.
    case standing(TrainingProgress)
    /// An epoch is finished: what the network is now, and what was measured.
    case epoch(TrainedState, TrainingProgress.Epoch)
    /// A plan came into force, at this step.
    case turned(TrainingTurn)
    /// Everything to go on from the last finished epoch; only where the order asked for it.
    case checkpoint(TrainingCheckpoint)
    /// The end: the best state of the run, or nil where it was abandoned.
    case trained(TrainedState?, TrainingProgress)
    /// The end where it can't start or go on: a sentence with the cure; there is no new state.
    case failed(String)

    public var slot: String? {
        switch self {
        case .standing: "standing"
        case .checkpoint: "checkpoint"
        default: nil
        }
    }

    public var reason: String? { if case .failed(let reason) = self { reason } else { nil } }
}
