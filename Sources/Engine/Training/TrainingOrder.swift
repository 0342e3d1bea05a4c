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

/// What the user wants of a training that runs.
public enum TrainingWish: Hashable, Sendable {
    case pause
    case resume
    /// Ends it; the best state is kept.
    case stop
    /// Ends it; what it made is dropped.
    case abandon
}
