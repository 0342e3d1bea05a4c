import Compression

/// The way through a schedule, stage by stage: what each training starts from and under which plan. The same for commands and screen.
public struct ScheduleWalk: Sendable {
    /// With the activations of their policies in their plans.
    public let stages: [CompressionSchedule.Stage]
    /// Of the stage under way; stages.count after the last.
    public private(set) var index = 0
    /// In the place of every stage's own.
    public let seed: UInt64?

    /// - Parameter index: The stage to begin with.
    public init(_ schedule: CompressionSchedule, seed: UInt64? = nil, from index: Int = 0) {
        stages = schedule.stages.map(\.withActivationsInPlan)
        self.seed = seed
        self.index = min(max(0, index), stages.count)
    }

    /// The stage under way; nil after the last.
    public var stage: CompressionSchedule.Stage? { stages.indices.contains(index) ? stages[index] : nil }

    /// `2/5 prune 2`.
    public var title: String { "\(index + 1)/\(stages.count) \(stage?.name ?? "")" }

    /// A stage without training is a training of no epochs: its plan is applied and the state kept.
    public var recipe: TrainingRecipe? {
        guard let stage else { return nil }
        var recipe = stage.recipe ?? TrainingRecipe(epochs: 0)
        if let seed { recipe.seed = seed }
        return recipe
    }

    /// The training of the stage under way, from the best state of the stage before.
    ///
    /// That stage decides whether its compressed or its float weights are gone on from.
    public func order(id: String, after state: TrainedState?) -> TrainingOrder? {
        guard let stage, let recipe else { return nil }
        let isCompressed = index > 0 && stages[index - 1].handsOnCompressed
        var order = TrainingOrder(
            id: id, plan: stage.plan, recipe: recipe, policies: stage.policies, base: isCompressed ? state?.handingOnCompressed : state)
        order.thins = stage.thins == true
        return order
    }

    /// Goes to the next stage; false where there is none.
    public mutating func advance() -> Bool {
        index = min(index + 1, stages.count)
        return index < stages.count
    }
}
