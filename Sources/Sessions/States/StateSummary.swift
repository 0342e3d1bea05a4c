import Compression
import Reports

/// A trained state without its tensors, as lists show it.
public struct StateSummary: Codable, Hashable, Sendable, Identifiable {
    public var id: String
    /// The kept state that the training began with; nil for the original network.
    public var parent: String?
    /// The training whose epoch it is.
    public var training: String?
    /// Milliseconds since 1970.
    public var created: Int64
    public var plan: CompressionPlan
    public var recipe: TrainingRecipe?
    public var policies: [SchedulePolicy]
    public var epochs: Int
    public var history: [TrainingProgress.Epoch]
    public var note: String
    /// Zeros / weights over all layers, 0…1; nil where it has no layers.
    public var sparsity: Double?
    /// What its tensors take in the session; those that another state or place shares are counted in each state, once.
    public var bytes: Int

    /// On validation, of the state itself: of epoch ``epochs``, which need not be the last of ``history``; nil where it was not measured.
    public var accuracy: Double? { history.last { $0.number == epochs }?.accuracy }
}
