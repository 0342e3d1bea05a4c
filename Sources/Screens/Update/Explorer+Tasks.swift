import Engine

/// A report of a task that the screen shows in a way of its own.
protocol ShownReport: TaskReport {
    func show(on explorer: inout Explorer)
}

/// The engine's background tasks.
extension Explorer {
    mutating func take(_ news: TaskNews) {
        let report = news.report
        if let shown = report as? any ShownReport {
            shown.show(on: &self)
        } else if let reason = report.reason {
            say(reason, .error)
        }
    }
}
