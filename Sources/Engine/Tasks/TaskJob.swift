import Reports
import Tensors

/// A task as a job of the lane. It posts reports, and one end.
protocol TaskJob: LaneJob {
    var id: TaskID { get }
    var worker: EngineWorker { get }
    /// The plan that is in force from now on; whether that gives it something new to do, for which it then waits its turn.
    func adopt(_ request: LiveEngine.Request) -> Bool
    /// What it has come to by now, which it ends with where it is stopped.
    var result: any TaskReport { get }
    /// Follows a wish: a paused one gets no step until it is resumed, one that is stopped or abandoned never again.
    func follow(_ wish: TaskWish)
    /// Ends because a file that it needs was changed.
    func lose(_ change: FileChange)
}

extension TaskJob {
    var sources: Set<WatchedFiles.Role> { Set(WatchedFiles.Role.allCases) }

    var result: any TaskReport { TaskEnd() }

    func adopt(_ request: LiveEngine.Request) -> Bool { false }

    func follow(_ wish: TaskWish) {
        switch wish {
        case .pause, .resume: break
        case .stop: end(with: result)
        case .abandon: end(with: TaskEnd())
        }
    }

    func lose(_ change: FileChange) { end(with: TaskEnd("\(change)")) }

    func post(_ report: any TaskReport) { worker.mailbox.post(.task(id, .report(report)), from: sources) }

    /// Says the last that comes of it; where a file that it needs was changed, only that.
    func end(with report: any TaskReport) {
        if let change = worker.mailbox.post(.task(id, .ended(report)), from: report.reason == nil ? sources : []) { lose(change) }
    }
}
