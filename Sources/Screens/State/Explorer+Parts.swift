import Compression
import Engine
import Frames
import Networks
import Reports
import Sessions
import Tensors

/// What much of the screen reads of the explorer's parts.
extension Explorer {
    /// What the plan is of: the network as opened, or with the graph of the trained state.
    public var network: Network { desk.graph.network }
    public var layers: [Layer] { desk.graph.layers }
    public var tree: LayerTree { desk.graph.tree }
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

    public var dataset: Dataset? { findings.dataset }
    var isDataExpected: Bool { findings.isDataExpected }
    public var compressed: [String: Stamped<CompressedLayer>] { findings.compressed }
    public var accuracy: Stamped<AccuracyReport>? { findings.accuracy }
    public var file: Stamped<FileBytes>? { findings.file }
    public var settled: UInt64 { findings.settled }
    var fileChange: FileChange? { findings.fileChange }

    /// The training that runs, or the last one.
    public var training: RetrainingRun? { trainings.run }
    public var schedule: RunningSchedule? { trainings.schedule }
    public var interrupted: InterruptedTraining? { trainings.interrupted }
    public var isTraining: Bool { trainings.isRunning }
    var isGridRunning: Bool { trainings.isGridRunning }

    public var session: SessionStatus { around.session }
    public var snapshots: [Snapshot] { shelf.kept }
    /// Newest last.
    public var messages: [Message] { around.messages }
    /// What the status line shows; gone with the next key.
    public var message: Message? { around.message }
    public var theme: String { around.theme }
    public var glyphs: Glyphs { around.glyphs }
    var numbers: NumberFormat { around.numbers }
    public var size: Size { around.size }
}
