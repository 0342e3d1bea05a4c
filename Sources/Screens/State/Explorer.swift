import Compression
import Engine
import Frames
import Networks
import Reports
import Sessions
import Tensors

/// The state of the main screen: what was opened, the plan, what the engine found, and where the user is.
///
/// A value: ``update(_:)`` changes it and returns what must be done outside; ``frame(size:)`` draws it. Neither needs a terminal.
public struct Explorer: Sendable {
    // MARK: What was opened
    public let network: Network
    public let layers: [Layer]
    /// The same grouped by the dots of their names.
    public let tree: LayerTree
    public internal(set) var dataset: Dataset?
    /// Whether the engine is still loading the examples.
    public internal(set) var isDataExpected: Bool
    /// Milliseconds since 1970 minus the clock of input events.
    let clockOffset: Int64
    /// What the engine computes with; nil where that is not known.
    let environment: Environment?

    package internal(set) var desk: PlanDesk
    package internal(set) var trainings: Trainings

    // MARK: What the engine found
    public internal(set) var compressed: [String: Stamped<CompressedLayer>] = [:]
    public internal(set) var bytes: Stamped<NetworkBytes>?
    /// The exact size of the file that the network would be written to.
    public internal(set) var file: Stamped<FileBytes>?
    public internal(set) var sparsity: Stamped<Double>?
    public internal(set) var accuracy: Stamped<AccuracyReport>?
    public internal(set) var logits: Stamped<LogitsTable>?
    public internal(set) var lens: Stamped<LensSummary>?
    /// Seconds that the measurement under way still takes, about.
    public internal(set) var timeLeft: Stamped<Double>?
    public internal(set) var trend: [TrendPoint] = []
    /// What layers hand on, by weight, as far as it was looked at.
    public internal(set) var activations: [String: LayerActivations] = [:]
    /// The last generation for which nothing is left to do.
    public internal(set) var settled: UInt64 = 0
    /// What another program did to the network's file: nothing is computed any more.
    public internal(set) var fileChange: FileChange?

    // MARK: Where the user is
    /// Index into `layers` of the layer that the knobs belong to.
    public internal(set) var selection = 0
    public internal(set) var knob = Knob.amount
    /// The panes and what stands before them.
    package internal(set) var stack = ViewStack()
    /// Snapshots that wait for their exact numbers.
    var waitingSnapshots: [WaitingSnapshot] = []
    /// The newest plan, while a snapshot still waits for the layers of the one before.
    var postponedPlan: PlanRequest?
    /// Whether the engine finds the size of the file too.
    public var findsFileSize = false
    /// Names of the snapshots that were asked for, kept already or still being measured.
    var askedSnapshots: Set<String> = []
    var isDragging = false
    /// Of the last input event.
    var lastTime: Int64 = 0

    // MARK: Around it
    public internal(set) var session: SessionStatus
    public internal(set) var snapshots: [Snapshot]
    /// Newest last.
    public internal(set) var messages: [Message]
    /// What the status line shows; gone with the next key.
    public internal(set) var message: Message?
    public let themes: [String]
    /// The names of the shipped schedules.
    let schedules: [String]
    public internal(set) var theme: String
    public internal(set) var glyphs: Glyphs
    public internal(set) var isMouseOn: Bool
    public internal(set) var size: Size
    /// Keys by command name that replace those of the table.
    public var bindings: [String: [Key]] = [:]
    var effects: [Effect] = []

    public init(_ opening: Opening) {
        network = opening.network
        layers = opening.network.layers
        tree = LayerTree(layers)
        dataset = opening.dataset
        isDataExpected = opening.isDataExpected && opening.dataset == nil
        clockOffset = opening.clockOffset
        trainings = Trainings(
            grids: opening.grids, interrupted: opening.interrupted,
            refusal: opening.network.isWeightsOnly ? nil : TrainingRequest.refusal(of: opening.network))
        environment = opening.environment
        desk = PlanDesk(layers: layers, plan: opening.plan, history: opening.history, base: opening.base)
        session = opening.session
        snapshots = opening.snapshots
        messages = opening.messages
        message = opening.messages.last
        themes = opening.themes
        schedules = opening.schedules
        theme = opening.theme
        glyphs = opening.glyphs
        isMouseOn = opening.isMouseOn
        size = opening.size
        restoreKeptLayers()
    }
}
