import Compression
import Frames
import Networks
import Reports
import Sessions

/// All that the explorer is given when a session opens.
public struct Opening: Sendable {
    public var network: Network
    /// Nil while the engine still loads it, or where there is none: everything but accuracy and examples works.
    public var dataset: Dataset?
    /// Whether the engine is going to send the examples.
    public var isDataExpected: Bool
    /// The plan in force; a layer that is missing is unchanged.
    public var plan: ResolvedPlan
    public var history: PlanHistory
    /// The trained state that the plan in force starts from; nil is the network as opened.
    public var base: TrainedState?
    public var snapshots: [Snapshot]
    /// How far the figure may fall, as a share of 1 or in R²; nil where nobody said.
    public var budget: Double?
    /// Plans that were measured exactly.
    public var points = FrontPoints()
    public var session: SessionStatus
    /// Temperature × bits, oldest first.
    public var grids: [TrainingGrid] = []
    /// A training that a kill cut off and that can be gone on with.
    public var interrupted: InterruptedTraining?
    /// Background tasks that the program's end cut off and that can be gone on with.
    public var tasks: [KeptTask] = []
    /// The names of the shipped schedules.
    public var schedules: [String] = []
    /// What the engine computes with: figures of snapshots are taken over where it is the same.
    public var environment: Environment?
    public var themes: [String]
    public var theme: String
    public var glyphs: Glyphs
    public var isMouseOn: Bool
    public var size: Size
    /// Milliseconds since 1970 minus the clock of input events, so that history entries carry a date.
    public var clockOffset: Int64
    /// Shown in the status line at first: a remark on the data, a repaired session…
    public var messages: [Message]

    public init(
        network: Network, dataset: Dataset? = nil, isDataExpected: Bool = false,
        plan: ResolvedPlan = .unchanged, history: PlanHistory = PlanHistory(), base: TrainedState? = nil,
        snapshots: [Snapshot] = [], session: SessionStatus = SessionStatus(name: "new"), themes: [String] = ["dark"],
        theme: String = "dark", glyphs: Glyphs = .unicode, isMouseOn: Bool = true, size: Size = Size(width: 120, height: 40),
        clockOffset: Int64 = 0, messages: [Message] = []
    ) {
        (self.network, self.dataset, self.isDataExpected) = (network, dataset, isDataExpected)
        (self.plan, self.history, self.base) = (plan, history, base)
        (self.snapshots, self.session, self.messages) = (snapshots, session, messages)
        (self.themes, self.theme, self.glyphs, self.isMouseOn, self.size) = (themes, theme, glyphs, isMouseOn, size)
        self.clockOffset = clockOffset
    }
}
