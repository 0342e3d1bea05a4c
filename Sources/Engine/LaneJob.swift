/// How soon a job's next step must run; the smallest first.
enum Urgency: Int, Comparable {
    /// The key that was just pressed.
    case key
    case training
    /// What may be wanted next.
    case background

    static func < (a: Urgency, b: Urgency) -> Bool { a.rawValue < b.rawValue }
}

/// A job of the lane, cut into steps of at most about 10 ms. Owned by the lane.
protocol LaneJob: AnyObject {
    var urgency: Urgency { get }
    /// Runs the next step; false when the job has ended.
    func step() -> Bool
}

/// Jobs by urgency, first come first served within one.
struct JobQueue {
    private var jobs: [any LaneJob] = []

    mutating func add(_ job: any LaneJob) {
        let place = jobs.firstIndex { $0.urgency > job.urgency } ?? jobs.endIndex
        jobs.insert(job, at: place)
    }

    mutating func removeAll(where isStale: (any LaneJob) -> Bool) { jobs.removeAll(where: isStale) }

    /// Runs one step of the most urgent job; false when there is none.
    mutating func step() -> Bool {
        guard let job = jobs.first else { return false }
        if !job.step() { jobs.removeAll { $0 === job } }
        return true
    }
}
