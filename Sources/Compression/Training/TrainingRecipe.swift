/// How a network is trained further: a value. What holds of its weights meanwhile is the plan's, temperature and loss weights too.
public struct TrainingRecipe: Codable, Hashable, Sendable {
    public var epochs: Int
    /// Examples of one step.
    public var batchSize: Int
    public var optimizer: Optimizer
    public var rate: LearningRate
    /// Coefficient of the L2 term for SGD (as PyTorch adds it to the gradient), decoupled for AdamW. Weights only, not biases.
    public var weightDecay: Double
    /// The L2 norm over all gradients that is not exceeded; nil lets them be.
    public var gradientClip: Double?
    /// Determines the order of the examples, augmentation and dropout.
    public var seed: UInt64
    public var augmentation: Augmentation
    /// Whose soft targets the loss follows; empty trains on the labels alone. The mean of several teachers' softened outputs is the target.
    public var teachers: [Teacher]
    /// What happens to the assignments of shared weights.
    public var assignment: SharedAssignment
    /// Whether the clips of linear weights and quantized activations are learned (Choi 2018, PACT; Esser 2019) or stay as calibrated.
    public var learnsClips: Bool

    public init(
        epochs: Int = 5, batchSize: Int = 64, optimizer: Optimizer = .sgd(), rate: LearningRate = LearningRate(),
        weightDecay: Double = 0, gradientClip: Double? = nil, seed: UInt64 = 1, augmentation: Augmentation = Augmentation(),
        teachers: [Teacher] = [], assignment: SharedAssignment = .fixed, learnsClips: Bool = false
    ) {
        self.epochs = epochs
        self.batchSize = batchSize
        self.optimizer = optimizer
        self.rate = rate
        self.weightDecay = weightDecay
        self.gradientClip = gradientClip
        self.seed = seed
        self.augmentation = augmentation
        self.teachers = teachers
        self.assignment = assignment
        self.learnsClips = learnsClips
    }
}

/// A network whose logits the student learns from.
public enum Teacher: Codable, Hashable, Sendable {
    /// The network as it was opened.
    case original
    /// An ONNX file with the same input and the same classes.
    case file(String)
}

/// Which centroid a shared weight belongs to while it is trained.
public enum SharedAssignment: String, Codable, Hashable, Sendable, CaseIterable {
    /// As at the start (Han, Mao and Dally 2016).
    case fixed
    /// Found again by k-means after each epoch.
    case everyEpoch
    /// The same, weighted by the diagonal of the Fisher information (Choi, El-Khamy and Lee 2017).
    case fisher
}

/// How gradients become steps.
public enum Optimizer: Codable, Hashable, Sendable {
    /// v ← momentum · v + g; w ← w − rate · v, or w − rate · (g + momentum · v) with Nesterov's look ahead (as PyTorch).
    case sgd(momentum: Double = 0.9, isNesterov: Bool = false)
    /// Adam with decoupled weight decay (Loshchilov and Hutter 2019).
    case adamW(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8)
}

/// The learning rate and its course over the epochs.
public struct LearningRate: Codable, Hashable, Sendable {
    public enum Course: Codable, Hashable, Sendable {
        case constant
        /// Times `factor` after each of these epochs.
        case steps(factor: Double, epochs: [Int])
        /// Times `factor` after every epoch.
        case exponential(factor: Double)
        /// Half a cosine from the rate to `final` · rate.
        case cosine(final: Double = 0)
        /// Up from rate / 25 over the first `rise` of the steps, then down to rate / 250,000 by half cosines (Smith 2018, as PyTorch).
        case oneCycle(rise: Double = 0.3)
    }

    public var rate: Double
    public var course: Course
    /// Epochs, fractions too, over which the rate rises linearly from 0 at the start; none for one cycle, which has its own.
    public var warmUp: Double

    public init(rate: Double = 0.01, course: Course = .cosine(), warmUp: Double = 0) {
        self.rate = rate
        self.course = course
        self.warmUp = warmUp
    }
}

/// Changes of the training examples, drawn anew for each; all off by default.
public struct Augmentation: Codable, Hashable, Sendable {
    /// Up to this many pixels in each direction, what comes in is 0.
    public var shift: Int
    /// Left and right swapped in half of the examples.
    public var flips: Bool
    /// The probability that a random rectangle is erased (Zhong 2017).
    public var erasing: Double

    public init(shift: Int = 0, flips: Bool = false, erasing: Double = 0) {
        self.shift = shift
        self.flips = flips
        self.erasing = erasing
    }

    public var isOff: Bool { shift == 0 && !flips && erasing == 0 }
}
