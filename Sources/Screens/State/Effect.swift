import Compression
import Engine
import Exports
import Frames
import Reports
import Sessions

/// What the event loop has to do for the explorer, in the order given; each carries all that it needs.
public enum Effect: Hashable, Sendable {
    /// Compute this plan; results carry its generation.
    case plan(PlanRequest)
    /// Begin a background task; the engine's events of it answer.
    case start(TaskStart)
    /// Tell one that is under way.
    case tell(TaskID, TaskWish)
    /// Read a schedule by its path or its shipped name; answer with ``SessionEvent/scheduleRead(_:name:)`` or a message.
    case readSchedule(String)
    /// Go on with the interrupted training of this name from its checkpoint; with a base where its graph is not the opened one.
    case resumeTraining(String, base: TrainedState?)
    /// Write a state to the session: after each epoch, with how far the training is, and before a change of the history that names it.
    case saveState(TrainedState, TrainingProgress?)
    /// Read a kept state; answer with ``SessionEvent/stateLoaded(_:)`` or ``SessionEvent/stateMissing(id:reason:)``.
    case loadState(String)
    /// Compute this layer first: its weight parameter's name.
    case focus(weight: String)
    /// Write a change to the session; confirm with ``SessionEvent/written(sequence:)``.
    case record(HistoryChange, plan: CompressionPlan, sequence: UInt64)
    /// Keep how far the figure may fall, as a share of 1 or in R²; nil for any.
    case keepBudget(Double?)
    /// Keep measured figures of a plan in the session.
    case keepPoint(FrontPoint)
    /// Keep a plan with its measured numbers; answer with ``SessionEvent/snapshotSaved(_:)``.
    case saveSnapshot(SnapshotFigures)
    /// Answer with ``SessionEvent/sessions(_:)``.
    case listSessions
    /// Open another session, of one of its snapshots if named, with a screen that looks the same; answer with a new ``Explorer`` or a message.
    case openSession(path: String, snapshot: String?, Look)
    case newSession(name: String, Look)
    /// Write the plan as YAML; answer with `exists` where the file is there and `overwrite` is false.
    case exportPlan(CompressionPlan, path: String, overwrite: Bool)
    /// Write the network as its layers are made, off the main thread; answer with a message, or `exists`.
    case exportNetwork(NetworkToWrite, path: String, overwrite: Bool)
    /// Answer with ``SessionEvent/planImported(_:path:)``.
    case importPlan(path: String)
    /// Write a frame as SVG in the colours of a theme.
    case picture(Frame, theme: String, path: String, overwrite: Bool)
    case theme(String)
    case mouse(Bool)
    /// Put text on the clipboard (OSC 52).
    case copy(String)
    /// Stop the program until it is brought back (^Z).
    case suspend
    /// Paint every cell again (^L).
    case redraw
    /// End, unless something can't be written to the session: then answer with ``SessionEvent/unsaved(_:)``.
    case quit
    /// End, whatever was not written.
    case leave
}
