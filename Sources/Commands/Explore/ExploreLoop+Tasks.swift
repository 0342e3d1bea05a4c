import Compression
import Engine
import Reports
import Screens
import Sessions
import Synchronization

/// A request, before its task begins, or a report that the session is told in a way of its own.
protocol Recorded {
    func record(in loop: ExploreLoop)
}

extension ExploreLoop {
    func start(_ request: any TaskRequest) {
        (request as? any Recorded)?.record(in: self)
        engine.start(request.task)
    }

    /// Keeps times for the next opening of any network.
    func keep(_ table: LatencyTable) { LatencyFolder(locations).keep(table) }

    /// Has the session keep what a task says, after the explorer was told.
    func follow(_ news: TaskNews, of id: TaskID) {
        if let report = news.report as? any Recorded { return report.record(in: self) }
        bench.tasks.keep(news, of: id, in: bench.session.writer)
    }
}

extension SensitivityReport: Recorded {
    /// Figures are kept one by one, as they are finished.
    func record(in loop: ExploreLoop) {
        if let table { loop.bench.session.writer.keep(figures, of: table.context) }
    }
}

/// Something that is read once, when it is first asked for, by whichever thread that is.
final class KeptOnce<Value: Sendable>: Sendable {
    private let known = Mutex<Value?>(nil)
    private let read: @Sendable () -> Value

    init(_ read: @escaping @Sendable () -> Value) { self.read = read }

    var value: Value {
        known.withLock { known in
            let value = known ?? read()
            known = value
            return value
        }
    }
}

/// Has a session keep each state of a task once. What failed stays as it is, to be gone on with at the next opening.
struct TaskKeeper {
    /// What the session keeps; of tasks of earlier runs only that it does.
    private var kept: [TaskID: AnyHashable?]

    init(_ session: OpenSession) { kept = Dictionary(session.contents.tasks.map { ($0.id, nil) }) { first, _ in first } }

    mutating func keep(_ news: TaskNews, of id: TaskID, in writer: SessionWriter) {
        let report = news.report
        let isOpen = if case .report = news { true } else { report.reason != nil }
        guard let state = report.kept else {
            if !isOpen, kept.removeValue(forKey: id) != nil { writer.drop(id) }
            return
        }
        guard kept.updateValue(AnyHashable(state), forKey: id) != .some(AnyHashable(state)) || !isOpen else { return }
        writer.keep(id, state, progress: report.taskProgress, isOpen: isOpen)
    }
}

extension OpenSession {
    /// Tasks that were cut off, and that can be gone on with here.
    var openTasks: [KeptTask] { mode == .writable ? contents.tasks.filter(\.isOpen) : [] }
}
