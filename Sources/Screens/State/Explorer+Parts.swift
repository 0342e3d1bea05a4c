import Compression
import Sessions

/// What much of the screen reads of the explorer's parts.
extension Explorer {
    /// The plan in force, of every layer and of the whole network.
    public var resolvedPlan: ResolvedPlan { desk.plan }
    public var generation: UInt64 { desk.generation }
    /// Which weights become zero, by weight parameter name; follows plan and distributions.
    public var rules: [String: PruningRule] { desk.rules }
    public var distributions: [String: WeightDistribution] { desk.distributions }
    public var history: PlanHistory { desk.history }
    /// The trained state that the plan starts from; nil is the network as it was opened.
    public var base: TrainedState? { desk.base }
    /// The id of a state that undo or redo went to and that is still being read.
    public var awaitedState: String? { desk.awaitedState }
    /// A trained state by its id, as far as it has been read.
    public func state(_ id: String) -> TrainedState? { desk.state(id) }

    /// The training that runs, or the last one.
    public var training: RetrainingRun? { trainings.run }
    public var schedule: RunningSchedule? { trainings.schedule }
    public var interrupted: InterruptedTraining? { trainings.interrupted }
    public var isTraining: Bool { trainings.isRunning }
    var isGridRunning: Bool { trainings.isGridRunning }
}
