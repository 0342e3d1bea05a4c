import Engine
import Frames
import Reports
import Sessions

/// A report of a task that the screen shows in a way of its own.
protocol ShownReport: TaskReport {
    func show(on explorer: inout Explorer)
}

/// The engine's background tasks.
extension Explorer {
    mutating func start(_ request: any TaskRequest) {
        tasks.begin(request)
        emit(.start(TaskStart(request)))
    }

    mutating func take(_ news: TaskNews, of id: TaskID) {
        tasks.take(news, of: id)
        let report = news.report
        if let shown = report as? any ShownReport {
            shown.show(on: &self)
        } else if let reason = report.reason {
            say(reason, .error)
        }
    }

    /// Ends the newest task that says how far it is; what it came to is kept.
    mutating func endTask() {
        guard let task = tasks.running.last else { return }
        emit(.tell(task.id, .stop))
        say("\(task.progress.title) ends")
    }

    /// Goes on with what the program's end cut off.
    mutating func resumeTasks() {
        for task in tasks.interrupted { KeptTask.resuming[task.id.kind]?(task, &self) }
    }

    /// How far the newest task is: `temperature × bits: 3 of 12 cells`.
    var taskLine: StyledText? {
        guard let progress = tasks.running.last?.progress else { return nil }
        return StyledText(" \(progress.title): ", .muted) + StyledText("\(numbers.integer(progress.done)) of ", .text)
            + StyledText(numbers.count(progress.total, progress.unit), .text)
    }
}
