import Compression

extension TrainingSetting {
    /// The value of a setting of numbers; none is 0.
    func number(in settings: TrainingSettings) -> Double {
        let recipe = settings.recipe
        return switch self {
        case .epochs: Double(recipe.epochs)
        case .batch: Double(recipe.batchSize)
        case .momentum: if case .sgd(let momentum, _) = recipe.optimizer { momentum } else { 0 }
        case .rate: recipe.rate.rate
        case .factor: recipe.rate.course.factor ?? 1
        case .warmUp: recipe.rate.warmUp
        case .decay: recipe.weightDecay
        case .clip: recipe.gradientClip ?? 0
        case .seed: Double(recipe.seed)
        case .shift: Double(recipe.augmentation.shift)
        case .erasing: recipe.augmentation.erasing
        case .temperature: settings.temperature
        case .distillation: settings.lossWeights.distillation
        case .optimizer, .course, .drops, .flips, .teacher, .assignment, .clips, .schedule: 0
        }
    }

    /// Sets a setting of numbers to a value in its range.
    func set(_ value: Double, in settings: inout TrainingSettings) {
        switch self {
        case .epochs:
            settings.recipe.epochs = Int(value)
            settings.recipe.rate.warmUp = min(settings.recipe.rate.warmUp, value)
        case .batch: settings.recipe.batchSize = Int(value)
        case .momentum:
            guard case .sgd(_, let isNesterov) = settings.recipe.optimizer else { return }
            settings.recipe.optimizer = .sgd(momentum: value, isNesterov: isNesterov)
        case .rate: settings.recipe.rate.rate = value
        case .factor: setFactor(value, in: &settings.recipe.rate.course)
        case .warmUp: settings.recipe.rate.warmUp = value
        case .decay: settings.recipe.weightDecay = value
        case .clip: settings.recipe.gradientClip = value == 0 ? nil : value
        case .seed: settings.recipe.seed = UInt64(value)
        case .shift: settings.recipe.augmentation.shift = Int(value)
        case .erasing: settings.recipe.augmentation.erasing = value
        case .temperature: settings.temperature = value
        case .distillation: settings.lossWeights = LossWeights(distillation: value, student: Self.rest(of: value))
        case .optimizer, .course, .drops, .flips, .teacher, .assignment, .clips, .schedule: break
        }
    }

    private func setFactor(_ value: Double, in course: inout LearningRate.Course) {
        switch course {
        case .steps(_, let epochs): course = .steps(factor: value, epochs: epochs)
        case .exponential: course = .exponential(factor: value)
        case .constant, .cosine, .oneCycle: break
        }
    }

    /// 1 − w on four decimals, so that 0.9 leaves 0.1.
    private static func rest(of weight: Double) -> Double { ((1 - weight) * 10_000).rounded() / 10_000 }

    /// Gives other settings the value that this setting has.
    func copy(from source: TrainingSettings, to target: inout TrainingSettings) {
        switch self {
        case .optimizer, .momentum: target.recipe.optimizer = source.recipe.optimizer
        case .course, .factor, .drops: target.recipe.rate.course = source.recipe.rate.course
        case .flips: target.recipe.augmentation.flips = source.recipe.augmentation.flips
        case .teacher: target.recipe.teachers = source.recipe.teachers
        case .assignment: target.recipe.assignment = source.recipe.assignment
        case .clips: target.recipe.learnsClips = source.recipe.learnsClips
        case .schedule: target.schedule = source.schedule
        default: set(number(in: source), in: &target)
        }
    }
}
