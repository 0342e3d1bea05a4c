import Reports

/// Jobs by urgency, first come first served within one. Those that rest or are paused are passed over.
struct JobQueue {
    private struct Entry {
        let job: any LaneJob
        var isPaused = false

        var task: (any TaskJob)? { job as? any TaskJob }
    }

    private var entries: [Entry] = []

    /// The job whose step is to be run.
    var next: (any LaneJob)? { entries.first { !$0.isPaused && !$0.job.isResting }?.job }

    /// Whether a task of this kind is under way, paused ones too.
    func hasTask(_ kind: TaskKind) -> Bool { entries.contains { $0.task?.id.kind == kind } }

    mutating func add(_ job: any LaneJob) { add(Entry(job: job)) }

    mutating func remove(_ job: any LaneJob) { entries.removeAll { $0.job === job } }

    /// Removes jobs and returns them.
    @discardableResult
    mutating func removeAll(where isGone: (any LaneJob) -> Bool) -> [any LaneJob] {
        defer { entries.removeAll { isGone($0.job) } }
        return entries.map(\.job).filter(isGone)
    }

    /// Tells every task of the plan that is in force from now on.
    mutating func adopt(_ request: LiveEngine.Request) {
        for entry in entries where entry.task?.adopt(request) == true {
            remove(entry.job)
            add(entry)
        }
    }

    mutating func start(_ task: any TaskJob, alone: Bool) {
        for old in entries.compactMap(\.task) where alone && old.id.kind == task.id.kind { tell(old.id, .abandon) }
        add(task)
    }

    /// Has a task follow a wish; nothing where it has ended already.
    mutating func tell(_ id: TaskID, _ wish: TaskWish) {
        guard var entry = entries.first(where: { $0.task?.id == id }) else { return }
        remove(entry.job)
        entry.isPaused = wish == .pause
        if wish == .pause || wish == .resume { add(entry) }
        entry.task?.follow(wish)
    }

    private mutating func add(_ entry: Entry) {
        entries.insert(entry, at: entries.firstIndex { $0.job.urgency > entry.job.urgency } ?? entries.endIndex)
    }
}
