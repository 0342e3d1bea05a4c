import Compression

/// Values as the rows of the panel go through them.
extension TrainingSettings {
    /// Warm-up is not longer.
    var epochs: Int {
        get { recipe.epochs }
        set {
            recipe.epochs = newValue
            recipe.rate.warmUp = min(recipe.rate.warmUp, Double(newValue))
        }
    }

    var momentum: Double {
        get { recipe.optimizer.momentum ?? 0 }
        set { if case .sgd(_, let isNesterov) = recipe.optimizer { recipe.optimizer = .sgd(momentum: newValue, isNesterov: isNesterov) } }
    }

    var factor: Double {
        get { recipe.rate.course.factor ?? 1 }
        set {
            switch recipe.rate.course {
            case .steps(_, let epochs): recipe.rate.course = .steps(factor: newValue, epochs: epochs)
            case .exponential: recipe.rate.course = .exponential(factor: newValue)
            case .constant, .cosine, .oneCycle: break
            }
        }
    }

    /// None is 0.
    var clip: Double {
        get { recipe.gradientClip ?? 0 }
        set { recipe.gradientClip = newValue == 0 ? nil : newValue }
    }

    /// With what was typed kept as the panel shows it, so that a turn finds it again.
    var teachers: [Teacher] {
        get { recipe.teachers }
        set {
            recipe.teachers = newValue
            if !newValue.isEmpty, newValue != [.original] { file = newValue.names }
        }
    }

    /// What is left is the student's, on four decimals, so that 0.9 leaves 0.1.
    var distillation: Double {
        get { lossWeights.distillation }
        set { lossWeights = LossWeights(distillation: newValue, student: ((1 - newValue) * 10_000).rounded() / 10_000) }
    }
}

extension Optimizer {
    var name: String {
        switch self {
        case .sgd(_, let isNesterov): isNesterov ? "nesterov" : "sgd"
        case .adamW: "adamw"
        }
    }

    /// Nil where it has none.
    var momentum: Double? { if case .sgd(let momentum, _) = self { momentum } else { nil } }
}

extension Teacher {
    var name: String {
        switch self {
        case .original: "original"
        case .file(let path): path
        }
    }

    /// Of a file its last part.
    var shortName: String { name.split(separator: "/").last.map(String.init) ?? name }
}

extension [Teacher] {
    var names: String { map(\.name).joined(separator: ", ") }
}

extension SharedAssignment {
    var name: String {
        switch self {
        case .fixed: "fixed"
        case .everyEpoch: "every epoch"
        case .fisher: "fisher"
        }
    }

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

    /// A course as it is begun with: drops to a tenth after half and three quarters of the epochs.
    static func begun(_ word: String, epochs: Int) -> LearningRate.Course {
        switch word {
        case "constant": return .constant
        case "exponential": return .exponential(factor: 0.9)
        case "one-cycle": return .oneCycle()
        case "steps":
            let half = max(1, epochs / 2)
            return .steps(factor: 0.1, epochs: [half, max(half + 1, epochs * 3 / 4)].filter { $0 < max(2, epochs) })
        default: return .cosine()
        }
    }
}

extension Double {
    /// At most eight decimals without trailing zeros: `0.00005`, `0.9`, `20`.
    var plain: String {
        guard abs(self) < 0.001, self != 0 else { return trimmed }
        let scaled = Int64((Swift.min(abs(self), 1) * 100_000_000).rounded())
        var fraction = String(scaled)
        fraction = String(repeating: "0", count: Swift.max(0, 8 - fraction.count)) + fraction
        while fraction.last == "0" { fraction.removeLast() }
        return fraction.isEmpty ? "0" : (self < 0 ? "-" : "") + "0." + fraction
    }
}
