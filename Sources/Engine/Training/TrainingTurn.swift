import Compression

/// A plan that came into force while a training ran.
public struct TrainingTurn: Hashable, Sendable {
    /// Batches since the start that were done before it.
    public var step: Int
    /// The epoch under way, from 1, and the batches of it that were done before.
    public var epoch: Int
    public var batch: Int
    public var plan: CompressionPlan

    public init(step: Int, epoch: Int, batch: Int, plan: CompressionPlan) {
        self.step = step
        self.epoch = epoch
        self.batch = batch
        self.plan = plan
    }
}
