import Compression

/// One row of the retraining panel.
public enum TrainingSetting: String, Hashable, Sendable, CaseIterable {
    case epochs, batch, optimizer, momentum, rate, course, factor, drops, warmUp, decay, clip, seed
    /// Augmentation.
    case shift, flips, erasing
    case teacher, temperature, distillation
    /// Of shared and of linear weights.
    case assignment, clips
    /// In the place of all others.
    case schedule

    /// Whether the setting changes anything.
    func applies(to settings: TrainingSettings, _ kinds: TrainingKinds) -> Bool {
        if settings.schedule != nil, self != .schedule { return false }
        return switch self {
        case .momentum: if case .sgd = settings.recipe.optimizer { true } else { false }
        case .factor: settings.recipe.rate.course.factor != nil
        case .drops: if case .steps = settings.recipe.rate.course { true } else { false }
        case .warmUp: if case .oneCycle = settings.recipe.rate.course { false } else { true }
        case .temperature, .distillation: !settings.recipe.teachers.isEmpty
        case .assignment: kinds.isShared
        case .clips: kinds.isLinear
        default: true
        }
    }

    /// Whether it is the plan's, so that it can be turned while the training runs.
    var isLive: Bool { self == .temperature || self == .distillation }

    /// The words before the value.
    public var name: String {
        switch self {
        case .epochs: "epochs"
        case .batch: "batch size"
        case .optimizer: "optimizer"
        case .momentum: "momentum"
        case .rate: "learning rate"
        case .course: "course of the rate"
        case .factor: "factor of the rate"
        case .drops: "after epochs"
        case .warmUp: "warm-up, epochs"
        case .decay: "weight decay"
        case .clip: "gradient clip"
        case .seed: "seed"
        case .shift: "shift, pixels"
        case .flips: "flips"
        case .erasing: "erasing"
        case .teacher: "teacher"
        case .temperature: "T"
        case .distillation: "distillation weight"
        case .assignment: "shared weights"
        case .clips: "clips"
        case .schedule: "schedule"
        }
    }

    /// One sentence for the selected row.
    func help(in settings: TrainingSettings) -> String {
        switch self {
        case .epochs: "How often every training example is seen."
        case .batch: "Examples of one step."
        case .optimizer: "Momentum, Nesterov's look ahead, or Adam with decoupled weight decay."
        case .momentum: "How much of the last step goes on in the next."
        case .rate: "The length of a step; too large, and the loss runs away."
        case .course: "How the rate goes over the epochs."
        case .factor: "What the rate is multiplied by."
        case .drops: "The epochs after which the rate is multiplied."
        case .warmUp: "Epochs over which the rate rises from 0."
        case .decay: "Pulls weights and shared centroids, not biases, towards 0."
        case .clip: "The gradient's norm is not let beyond this."
        case .seed: "Determines the order of examples, augmentation and dropout."
        case .shift: "Moves each image by up to so many pixels."
        case .flips: "Swaps left and right in half of the images."
        case .erasing: "How often a random rectangle of an image is erased."
        case .teacher: "Whose soft outputs are learned beside the labels."
        case .temperature: "Softens teacher and student; the plan's temperature."
        case .distillation: "w of the loss (1 - w) CE + w T\u{B2} KL(teacher, student)."
        case .assignment: settings.recipe.assignment.help
        case .clips: "Where linear weights are clipped: as calibrated, or learned with them."
        case .schedule: "Stages with plans and trainings of their own, each kept as a snapshot."
        }
    }
}

extension SharedAssignment {
    /// One sentence.
    var help: String {
        switch self {
        case .fixed: "Each weight keeps its centroid; only the centroids are trained."
        case .everyEpoch: "Weights move too, and find their centroids anew after each epoch."
        case .fisher: "As every epoch, each weight counted by its squared gradients."
        }
    }
}

extension LearningRate.Course {
    /// What the rate is multiplied by, in the courses that have such a factor.
    var factor: Double? {
        switch self {
        case .steps(let factor, _), .exponential(let factor): factor
        case .constant, .cosine, .oneCycle: nil
        }
    }

    /// The word on the screen.
    var name: String {
        switch self {
        case .constant: "constant"
        case .steps: "steps"
        case .exponential: "exponential"
        case .cosine: "cosine"
        case .oneCycle: "one-cycle"
        }
    }
}
