import Compression

/// Where a schedule stands.
public struct SchedulePlace: Codable, Hashable, Sendable {
    /// As it was typed: a name or a path.
    public var name: String
    public var schedule: CompressionSchedule
    /// The stage under way, from 0.
    public var index: Int

    public init(name: String, schedule: CompressionSchedule, index: Int) {
        self.name = name
        self.schedule = schedule
        self.index = index
    }

    /// The stage under way; nil behind the last.
    public var stage: CompressionSchedule.Stage? { schedule.stages.indices.contains(index) ? schedule.stages[index] : nil }
}
