import Compression
import Reports

/// What a session is about, kept in it when it is made.
public struct SessionIdentity: Codable, Hashable, Sendable {
    public var network: NetworkIdentity
    /// Where the network lay when the session was last opened.
    public var networkPath: String?
    public var data: DataIdentity?

    public init(network: NetworkIdentity, networkPath: String?, data: DataIdentity?) {
        self.network = network
        self.networkPath = networkPath
        self.data = data
    }
}

/// All that a session holds.
public struct SessionContents: Sendable {
    public var identity: SessionIdentity
    /// The plan in force.
    public var plan: CompressionPlan
    public var history: PlanHistory
    public var snapshots: [Snapshot]
    /// How often the test split was measured in this session.
    public var testMeasurements: Int
    /// Milliseconds since 1970.
    public var created: Int64
    /// When the plan, the history, a snapshot, a training or a grid changed last, milliseconds since 1970; nil in files of versions that did
    /// not keep it.
    public var changed: Int64?
    /// The examples that it is measured on; nil in files of versions that did not keep them.
    public var data: SessionData?
    /// How far the figure may fall, as a share of 1 or in R²; nil where nobody said.
    public var budget: Double?
    /// Trained states, oldest first; their tensors are read only when asked for.
    public var states: [StateSummary]
    /// Oldest first.
    public var trainings: [TrainingRecord]
    /// Temperature × bits, oldest first.
    public var grids: [TrainingGrid]
    /// Background tasks, oldest first.
    public var tasks: [KeptTask]
    /// Plans that were measured exactly, those of the snapshots too, in the order of their first measurements.
    public var points = FrontPoints()
    /// The training that ended with the program that ran it, found at this opening; the history stands at its last finished epoch.
    public var interruption: TrainingRecord?

    /// The trained state that the plan applies to; nil is the original network.
    public var state: String? { history.state }
}
