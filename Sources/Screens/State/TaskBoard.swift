import Engine
import Reports
import Sessions

/// The background tasks that say how far they are, and those that the program's end cut off.
package struct TaskBoard: Sendable {
    /// The newest last.
    package private(set) var running: [(id: TaskID, progress: TaskProgress)] = []
    /// What tasks that are under way make of the network, as a question names it; the newest last.
    package private(set) var losses: [(id: TaskID, name: String)] = []
    /// Tasks of the session that can be gone on with.
    package private(set) var interrupted: [KeptTask]
    /// What each kind said last.
    private var reports: [TaskKind: any TaskReport] = [:]

    init(interrupted: [KeptTask]) { self.interrupted = interrupted }

    /// A task that is asked for is not cut off any more.
    mutating func begin(_ request: any TaskRequest) {
        let id = request.task.id
        interrupted.removeAll { $0.id == id }
        losses.removeAll { $0.id == id }
        if let loss = request.loss { losses.append((id, loss)) }
    }

    /// The newest report of a kind of task; nil where it is of another type.
    func report<Report: TaskReport>(of kind: TaskKind, as type: Report.Type = Report.self) -> Report? { reports[kind] as? Report }

    /// Whether a task of a kind is under way.
    func isRunning(_ kind: TaskKind) -> Bool { running.contains { $0.id.kind == kind } }

    mutating func take(_ news: TaskNews, of id: TaskID) {
        reports[id.kind] = news.report
        if case .ended = news { losses.removeAll { $0.id == id } }
        let place = running.firstIndex { $0.id == id }
        switch (news, news.report.taskProgress) {
        case (.ended, _): if let place { running.remove(at: place) }
        case (.report, let progress?): if let place { running[place].progress = progress } else { running.append((id, progress)) }
        case (.report, nil): break
        }
    }
}

extension KeptTask {
    /// How each kind is gone on with; a kind that is not here ends with the program.
    static let resuming: [TaskKind: @Sendable (KeptTask, inout Explorer) -> Void] = [
        .grid: { $1.resumeGrid($0) },
        .bypass: { $1.resumeBypasses($0) },
    ]
}
