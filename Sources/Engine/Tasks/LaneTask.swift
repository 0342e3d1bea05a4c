import Reports

/// Work for the lane beside plans: what it is called, and how its job is made.
///
/// Each kind is a static function that stands beside its job.
public struct LaneTask: Sendable {
    public let id: TaskID
    /// Whether one of its kind that is under way is abandoned for it.
    let isAlone: Bool
    /// Called on the lane.
    let makeJob: @Sendable (EngineWorker) -> any TaskJob

    init(_ id: TaskID, isAlone: Bool = true, makeJob: @escaping @Sendable (EngineWorker) -> any TaskJob) {
        self.id = id
        self.isAlone = isAlone
        self.makeJob = makeJob
    }
}

/// What the user wants of a task that is under way.
public enum TaskWish: Hashable, Sendable {
    case pause
    case resume
    /// Ends it; what it came to is kept.
    case stop
    /// Ends it; what it made is dropped.
    case abandon
}
