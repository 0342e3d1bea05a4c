import Compression
import Networks

/// What is to be trained, and how: from which state, under which plan.
public struct TrainingOrder: Sendable {
    /// Names the run in its session.
    public var id: String
    /// What holds of the weights; a newer plan that comes while it trains takes its place.
    public var plan: CompressionPlan
    public var recipe: TrainingRecipe
    public var policies: [SchedulePolicy]
    /// Where it starts; nil is the network as it was opened.
    public var base: TrainedState?
    /// Turns to be repeated, and the last epoch of it: see ``TrainingRequest``.
    public var turns: [TrainingTurn] = []
    public var lastEpoch: Int?
    /// Goes on from here, with the recipe of the checkpoint.
    public var resuming: TrainingCheckpoint?
    /// Whether every finished epoch but the last gives a checkpoint.
    public var keepsCheckpoints = false
    /// Whether channels that are wholly zero in the best state are removed from it.
    public var thins = false

    public init(
        id: String, plan: CompressionPlan, recipe: TrainingRecipe, policies: [SchedulePolicy] = [], base: TrainedState? = nil
    ) {
        self.id = id
        self.plan = plan
        self.recipe = recipe
        self.policies = policies
        self.base = base
    }
}
