import Compression
import Engine
import Frames
import Networks
import Reports

/// The state of the main screen: what was opened, the plan, what the engine found, and where the user is.
///
/// A value: ``update(_:)`` changes it and returns what must be done outside; ``frame(size:)`` draws it. Neither needs a terminal. Each part
/// holds the rules that keep it consistent; what concerns several of them is said here.
public struct Explorer: Sendable {
    /// Whether the engine finds the size of the file too.
    public var findsFileSize = false
    /// Keys by command name that replace those of the table.
    public var bindings: [String: [Key]] = [:]

    package internal(set) var desk: PlanDesk
    package internal(set) var findings: Findings
    package internal(set) var trainings: Trainings
    package internal(set) var tasks: TaskBoard
    /// What is known of the layers' options.
    package internal(set) var sensitivities = SensitivityBoard()
    var shelf: SnapshotShelf
    var around: Around

    /// Index into `layers` of the layer that the knobs belong to.
    public internal(set) var selection = 0
    /// Which factor of that layer is selected in its place; nil for the layer itself.
    var side: FactorPart.Side?
    public internal(set) var knob = Knob.amount
    /// The panes and what stands before them.
    package internal(set) var stack = ViewStack()
    var effects: [Effect] = []
    /// How far the figure may fall, as a share of 1 or in R²; nil where nobody said.
    public internal(set) var budget: Double?
    /// Plans that were measured exactly, of this session.
    public internal(set) var points: FrontPoints
    /// Figures that changes are told from; nil where none are pinned.
    var pinned: PinnedFigures?
    /// Milliseconds of the layers, by what was timed last; nil before.
    package internal(set) var timing: LatencySum?
    /// The table that it is read from, with the works of the layers.
    var layerTimes: LayerTimes?

    public init(_ opening: Opening) {
        desk = PlanDesk(opening.network, plan: opening.plan, history: opening.history, base: opening.base)
        findings = Findings(dataset: opening.dataset, isDataExpected: opening.isDataExpected, environment: opening.environment)
        trainings = Trainings(
            grids: opening.grids, interrupted: opening.interrupted,
            refusal: opening.network.isWeightsOnly ? nil : TrainingRequest.refusal(of: opening.network))
        tasks = TaskBoard(interrupted: opening.tasks)
        shelf = SnapshotShelf(kept: opening.snapshots)
        around = Around(opening)
        (budget, points) = (opening.budget, opening.points)
        restoreKeptLayers()
    }
}
