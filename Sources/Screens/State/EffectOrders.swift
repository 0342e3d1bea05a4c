import Compression
import Exports
import Networks
import Reports

/// A plan to be computed.
public struct PlanRequest: Hashable, Sendable {
    public let plan: CompressionPlan
    public let generation: UInt64
    /// The trained state that the plan starts from; nil is the network as opened.
    public let base: TrainedState?
    /// The weight of the layer to work on first.
    public let focus: String?
    /// How layers of whole numbers are computed.
    public var arithmetic = Arithmetic.auto
}

/// How the screen looks to the user.
public struct Look: Hashable, Sendable {
    public let theme: String
    public let isMouseOn: Bool
}

/// A network as a plan leaves it, on its way to a file. Two are equal where their formats are.
public struct NetworkToWrite: Hashable, Sendable {
    package let applied: Applied
    public let format: ExportFormat
    /// Ways of writing that the plan chooses, by weight.
    package let codings: [String: WeightCoding]

    public static func == (left: NetworkToWrite, right: NetworkToWrite) -> Bool { left.format == right.format }
    public func hash(into hasher: inout Hasher) { hasher.combine(format) }
}

/// A plan with its measured numbers, to be kept under a name.
public struct SnapshotFigures: Hashable, Sendable {
    public let name: String
    public let note: String
    public let plan: CompressionPlan
    /// The trained state that the plan starts from.
    public let state: String?
    public let data: DataIdentity?
    public let layers: [LayerSummary]
    /// Nil where it was not measured under this plan.
    public let accuracy: AccuracyReport?
    /// Nil where the file's size is not known to the byte.
    public let file: FileBytes?
}
