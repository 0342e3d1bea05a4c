import Compression

extension TrainingSetting {
    /// The value as the panel shows it.
    public func text(in settings: TrainingSettings) -> String {
        let recipe = settings.recipe
        return switch self {
        case .epochs: String(recipe.epochs)
        case .batch: String(recipe.batchSize)
        case .optimizer: recipe.optimizer.name
        case .momentum: if case .sgd(let momentum, _) = recipe.optimizer { momentum.plain } else { "" }
        case .rate: recipe.rate.rate.plain
        case .course: recipe.rate.course.name
        case .factor: recipe.rate.course.factor?.plain ?? ""
        case .drops: if case .steps(_, let epochs) = recipe.rate.course { epochs.map(String.init).joined(separator: " ") } else { "" }
        case .warmUp: recipe.rate.warmUp == 0 ? "none" : recipe.rate.warmUp.plain
        case .decay: recipe.weightDecay == 0 ? "none" : recipe.weightDecay.plain
        case .clip: recipe.gradientClip?.plain ?? "none"
        case .seed: String(recipe.seed)
        case .shift: recipe.augmentation.shift == 0 ? "none" : String(recipe.augmentation.shift)
        case .flips: recipe.augmentation.flips ? "yes" : "no"
        case .erasing: recipe.augmentation.erasing == 0 ? "none" : recipe.augmentation.erasing.plain
        case .teacher: recipe.teachers.isEmpty ? "none" : recipe.teachers.map(\.name).joined(separator: ", ")
        case .temperature: settings.temperature.decimals(atLeast: 1)
        case .distillation: settings.lossWeights.distillation.decimals(atLeast: 2)
        case .assignment: recipe.assignment.name
        case .clips: recipe.learnsClips ? "learned" : "calibrated"
        case .schedule: settings.schedule ?? "none"
        }
    }

    /// The words that a turn goes through; empty for numbers.
    func choices(in settings: TrainingSettings) -> [String] {
        switch self {
        case .optimizer: ["sgd", "nesterov", "adamw"]
        case .course: ["constant", "steps", "exponential", "cosine", "one-cycle"]
        case .flips: ["no", "yes"]
        case .teacher: ["none", "original"] + (settings.file.map { [$0] } ?? [])
        case .assignment: SharedAssignment.allCases.map(\.name)
        case .clips: ["calibrated", "learned"]
        case .schedule: Self.schedules(settings)
        default: []
        }
    }

    /// None, the shipped ones, and the file that was typed.
    private static func schedules(_ settings: TrainingSettings) -> [String] {
        let typed = settings.schedule.map { settings.schedules.contains($0) ? [] : [$0] } ?? []
        return ["none"] + settings.schedules + typed
    }

    /// What may be typed.
    public func rangeText(in settings: TrainingSettings) -> String {
        switch self {
        case .teacher: "none, original, or ONNX files by commas: their mean is learned"
        case .schedule: "none, a shipped one, or the path of a YAML file"
        case .drops: "epochs from 1, rising: 3 5"
        default:
            if let range = range(in: settings) {
                "\(range.lowerBound.plain)…\(range.upperBound.plain)" + (self == .clip ? ", or none" : "")
            } else {
                choices(in: settings).joined(separator: ", ")
            }
        }
    }

    /// The numbers allowed; nil for words.
    func range(in settings: TrainingSettings) -> ClosedRange<Double>? {
        switch self {
        case .epochs: 1...1_000
        case .batch: 1...4_096
        case .momentum: 0...0.999
        case .rate: 0.00001...10
        case .factor: 0.01...1
        case .warmUp: 0...Double(settings.recipe.epochs)
        case .decay: 0...1
        case .clip: 0.001...1_000
        case .seed: 0...Double(UInt32.max)
        case .shift: 0...8
        case .erasing, .distillation: 0...1
        case .temperature: CompressionPlan.temperatures
        case .optimizer, .course, .drops, .flips, .teacher, .assignment, .clips, .schedule: nil
        }
    }
}

extension Optimizer {
    var name: String {
        switch self {
        case .sgd(_, let isNesterov): isNesterov ? "nesterov" : "sgd"
        case .adamW: "adamw"
        }
    }
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

extension SharedAssignment {
    var name: String {
        switch self {
        case .fixed: "fixed"
        case .everyEpoch: "every epoch"
        case .fisher: "fisher"
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
