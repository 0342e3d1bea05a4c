import Engine

/// What much of the screen reads of the explorer's parts.
extension Explorer {
    /// The training that runs, or the last one.
    public var training: RetrainingRun? { trainings.run }
    public var schedule: RunningSchedule? { trainings.schedule }
    public var interrupted: InterruptedTraining? { trainings.interrupted }
    public var isTraining: Bool { trainings.isRunning }
    var isGridRunning: Bool { trainings.isGridRunning }
}
