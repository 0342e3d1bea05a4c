import Networks

/// Where a training stands: what a screen draws and a program prints as JSON.
public struct TrainingProgress: Codable, Hashable, Sendable {
    public enum Phase: String, Codable, Sendable {
        /// Loading examples, computing the teacher's logits, building kernels.
        case preparing
        case training
        /// Measuring on validation after an epoch.
        case measuring
        case paused
        case finished
        /// Stopped by the user.
        case stopped
        /// The loss left the numbers or ran away; the best state is kept.
        case diverged
    }

    /// One finished epoch.
    public struct Epoch: Codable, Hashable, Sendable {
        /// 0 before the first step, then 1…
        public var number: Int
        /// Mean of the optimized loss over the epoch; nil before the first step.
        public var loss: Double?
        /// On validation, as evaluated under the plan, at T = 1.
        public var accuracy: Double
        /// Mean over the examples where it is finite; nil where it is in none.
        public var crossEntropy: Double?
        /// Examples that the mean leaves out; nil in histories that did not count them.
        public var crossEntropyLeftOut: Int?
        /// Mean KL(teacher ‖ student) at T = 1 on validation, over the examples where it is finite; nil without a teacher.
        public var divergence: Double?
        /// Examples that it leaves out.
        public var divergenceLeftOut: Int?
        /// Zeros / weights over all layers.
        public var sparsity: Double
        /// Estimated bytes of the levels of all layers that have some; nil where they are no term of the loss.
        public var bytes: Int?
        public var seconds: Double

        public init(
            number: Int, loss: Double?, accuracy: Double, crossEntropy: Double?, divergence: Double? = nil, sparsity: Double,
            seconds: Double
        ) {
            self.number = number
            self.loss = loss
            self.accuracy = accuracy
            self.crossEntropy = crossEntropy
            self.divergence = divergence
            self.sparsity = sparsity
            self.seconds = seconds
        }
    }

    public var phase: Phase
    /// The stage of a schedule and its name, from 1; nil for a single training.
    public var stage: Int?
    public var stages: Int?
    public var stageName: String?
    /// The epoch under way, from 1, of so many.
    public var epoch: Int
    public var epochs: Int
    /// Batches done in this epoch, of so many.
    public var batch: Int
    public var batches: Int
    /// Examples of validation that are measured, of so many, while ``phase`` is `measuring`; teacher's examples while `preparing`. Nil where nothing is.
    public var measured: Int?
    public var toMeasure: Int?
    /// Mean of the optimized loss over the last batches; nil before the first.
    public var loss: Double?
    /// The losses of this run since its start, thinned to at most 512 evenly spaced points.
    public var lossCurve: [Double]
    public var rate: Double
    public var examplesPerSecond: Double
    /// Of the whole run; nil until it can be told.
    public var secondsLeft: Double?
    public var history: [Epoch]
    /// The epoch of the state that is kept: the highest validation accuracy, of equal ones the later.
    public var best: Epoch?
    /// What ``Epoch/accuracy`` is where it is another figure; nil is accuracy.
    public var measure: OutputMeasure?
    /// Why it diverged or could not go on, with what to lower.
    public var message: String?

    /// What ``Epoch/accuracy`` is: `accuracy`, `mIoU`, `R²`.
    public var figureName: String { (measure ?? .accuracy).name }

    /// The part that is done of what is under way, 0…1: of the examples that are measured, else of the epoch's batches; nil where nothing is counted.
    public var fraction: Double? {
        if let measured, let toMeasure, toMeasure > 0 { return Double(measured) / Double(toMeasure) }
        guard phase == .training || phase == .paused, batches > 0 else { return nil }
        return Double(batch) / Double(batches)
    }

    public init(phase: Phase, epochs: Int, batches: Int) {
        self.phase = phase
        self.epochs = epochs
        self.batches = batches
        epoch = 1
        batch = 0
        lossCurve = []
        rate = 0
        examplesPerSecond = 0
        history = []
    }
}
