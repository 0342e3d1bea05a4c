import Compression
import Reports
import Sessions

/// A training that the program's end cut off, with what its checkpoint says of it.
public struct InterruptedTraining: Hashable, Sendable {
    /// The training in its session.
    public var id: String
    public var recipe: TrainingRecipe
    /// In force at its last finished epoch.
    public var plan: CompressionPlan
    public var progress: TrainingProgress
    /// The state that it began with.
    public var base: String?
    /// The schedule that it is a stage of.
    public var schedule: SchedulePlace?

    public init(
        id: String, recipe: TrainingRecipe, plan: CompressionPlan, progress: TrainingProgress, base: String?, schedule: SchedulePlace? = nil
    ) {
        (self.id, self.recipe, self.plan) = (id, recipe, plan)
        (self.progress, self.base, self.schedule) = (progress, base, schedule)
    }

    /// Epochs with a step that were finished.
    public var finishedEpochs: Int { progress.history.last?.number ?? 0 }
}
