import Compression
import Engine
import Frames
import Sessions

/// Everything that can happen to the explorer.
public enum ExplorerEvent: Sendable {
    case input(InputEvent)
    case engine(EngineEvent)
    case session(SessionEvent)
}

/// What the session writer and files answer; texts say what to do next.
public enum SessionEvent: Sendable {
    /// The change with this number, and all before it, are on the disk.
    case written(sequence: UInt64)
    /// A change could not be written; nothing typed is lost in memory.
    case notWritten(String)
    /// The program was to end, and this is why something is not on the disk yet: ask.
    case unsaved(String)
    case snapshotSaved(Snapshot)
    case sessions([SessionSummary])
    case planImported(ResolvedPlan, path: String)
    /// The effect would overwrite this file: ask, and run it again with `overwrite`.
    case exists(path: String, Effect)
    /// The session's name or mode changed, for example when a shipped one was copied on the first change.
    case renamed(SessionStatus)
    /// The state that was asked for with ``Effect/loadState(_:)``.
    case stateLoaded(TrainedState)
    case stateMissing(id: String, reason: String)
    /// The schedule that was asked for with ``Effect/readSchedule(_:)``.
    case scheduleRead(CompressionSchedule, name: String)
    /// An interrupted training can't be gone on with.
    case resumeFailed(String)
    case message(Message)
}
