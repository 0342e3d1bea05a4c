import Reports

extension TaskKind {
    /// Bypasses as versions before kept them; now they are figures of ``SensitivityKind/leaveOneOut``.
    public static let bypass = TaskKind(rawValue: "bypass")
}

extension LaneTask {
    /// Ends at once and leaves nothing, so that a session lets go of what an earlier version kept of it.
    public static func ended(_ id: TaskID) -> LaneTask { LaneTask(id, isAlone: false) { EndedJob(id, worker: $0) } }
}

private final class EndedJob: TaskJob {
    let id: TaskID
    let urgency = Urgency.training
    let sources: Set<WatchedFiles.Role> = []
    unowned let worker: EngineWorker

    init(_ id: TaskID, worker: EngineWorker) { (self.id, self.worker) = (id, worker) }

    func step() -> Bool {
        end(with: TaskEnd())
        return false
    }
}
