import Engine

/// A schedule on its way: the stage under way, and what to go back to.
public struct RunningSchedule: Sendable {
    /// As it was typed: a name or a path.
    public let name: String
    public internal(set) var walk: ScheduleWalk
    let before: RetrainingRun.Before
    /// A stage has ended, and the next begins as soon as this generation is measured.
    var waits: UInt64?
    /// No further stage is wanted.
    var isStopping = false
    /// The state that the stage before left.
    var last: String?

    /// The stage under way: its number from 1, of so many, and its name.
    var place: RetrainingRun.Stage? { walk.stage.map { (walk.index + 1, walk.stages.count, $0.name) } }
}
