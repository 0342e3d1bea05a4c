/// How soon a job's next step must run; the smallest first.
enum Urgency: Int, Comparable {
    /// The key that was just pressed.
    case key
    case training
    /// What may be wanted next.
    case background
    /// What nobody asked for: only while there is nothing else.
    case idle

    static func < (a: Urgency, b: Urgency) -> Bool { a.rawValue < b.rawValue }
}

/// A job of the lane, cut into steps of at most about 10 ms. Owned by the lane.
protocol LaneJob: AnyObject {
    var urgency: Urgency { get }
    /// The files without which it can't go on.
    var sources: Set<WatchedFiles.Role> { get }
    /// Whether nobody wants its result any more.
    var isStale: Bool { get }
    /// Whether it waits for something, without a step to run.
    var isResting: Bool { get }
    /// Runs the next step; false when the job has ended.
    func step() -> Bool
}

extension LaneJob {
    var isStale: Bool { false }
    var isResting: Bool { false }
}
