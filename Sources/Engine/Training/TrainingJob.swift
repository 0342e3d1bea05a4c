import Compression
import Networks
import Reports

/// A training as a job of the lane.
final class TrainingJob: LaneJob {
    let urgency = Urgency.training
    private let order: TrainingOrder
    private unowned let worker: EngineWorker

    init(_ order: TrainingOrder, worker: EngineWorker) {
        self.order = order
        self.worker = worker
    }

    func step() -> Bool {
        worker.mailbox.post(.trainingFailed("Training is not there yet."))
        return false
    }

    /// Goes on under another plan.
    func adopt(_ plan: CompressionPlan) {}

    /// Does as the user wishes; whether it wants to run on.
    func follow(_ wish: TrainingWish) -> Bool { wish == .resume }
}
