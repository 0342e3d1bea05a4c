import Reports

/// What a background task says of itself.
public protocol TaskReport: Sendable {
    /// How far it is, for a line that every task has; nil where something else shows that.
    var taskProgress: TaskProgress? { get }
    /// What its session keeps in the place of what it kept of it before: enough to go on with, and in the end the result; nil keeps nothing new.
    var kept: (any Codable & Hashable & Sendable)? { get }
    /// Why it could not go on, in a sentence; nil where it could.
    var reason: String? { get }
    /// A report that was not read yet gives way to a newer one with the same word; nil where each is to be read.
    var slot: String? { get }
}

extension TaskReport {
    public var taskProgress: TaskProgress? { nil }
    public var kept: (any Codable & Hashable & Sendable)? { nil }
    public var reason: String? { nil }
    public var slot: String? { "" }
}

/// What comes of a background task.
public enum TaskNews: Sendable {
    /// Comes again and again.
    case report(any TaskReport)
    /// Nothing more comes.
    case ended(any TaskReport)

    public var report: any TaskReport {
        switch self {
        case .report(let report), .ended(let report): report
        }
    }
}

/// The end of a task that leaves nothing, and why where it could not go on.
public struct TaskEnd: TaskReport {
    public var reason: String?

    public init(_ reason: String? = nil) { self.reason = reason }
}

extension EngineEvent {
    /// What a task says, where it says that by reports of this type.
    public func report<Report: TaskReport>(_ type: Report.Type = Report.self) -> Report? {
        guard case .task(_, let news) = self else { return nil }
        return news.report as? Report
    }
}
