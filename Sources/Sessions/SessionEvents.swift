import Compression

/// What the session's writer says.
public enum SessionWriterEvent: Sendable {
    /// The change with this number, and all before it, are on the disk.
    case written(sequence: UInt64)
    /// Something could not be written; it is kept and tried again with the next change.
    case notWritten(SessionError)
    case snapshotSaved(Snapshot)
    case snapshotRefused(SessionError)
    /// A session that may not be written was copied on the first change; changes go to the copy.
    case copied(name: String, path: String)
    /// The state with this id is on the disk.
    case stateSaved(id: String)
    /// What ``SessionWriter/load(_:of:)`` asked for.
    case stateLoaded(TrainedState)
    /// It can't be read; everything else of the session still can.
    case stateNotLoaded(id: String, SessionError)
}

/// A change of the undo history as it is written; positions count from 0.
public enum HistoryChange: Hashable, Sendable {
    /// Drop every entry from `position` on, store the change there, and let `position + 1` entries be in force.
    case put(PlanChange, position: Int)
    /// Drop every entry from `count` on; `count` entries are in force.
    case truncate(count: Int)
    /// Undo or redo: the first `count` entries are in force.
    case applied(count: Int)
}
