import Compression

/// Reads how a stage is trained.
struct RecipeReader {
    static let keys = [
        "epochs", "batch", "optimizer", "rate", "course", "warm-up", "weight-decay", "clip", "seed", "teachers", "assignment",
        "learn-clips", "augmentation",
    ]
    static let epochs = 1...100_000
    static let positive = 1e-12...1_000.0
    static let fraction = 0.0...1.0

    let issues: ScheduleIssues

    func recipe(_ node: DocumentNode) -> TrainingRecipe {
        var recipe = TrainingRecipe()
        guard let mapping = issues.mapping(node, known: Self.keys) else { return recipe }
        issues.set(&recipe.epochs, mapping["epochs"]) { try $0.wholeNumber(in: Self.epochs) }
        issues.set(&recipe.batchSize, mapping["batch"]) { try $0.wholeNumber(in: 1...65_536) }
        issues.set(&recipe.optimizer, mapping["optimizer"]) { try optimizer($0) }
        issues.set(&recipe.rate.rate, mapping["rate"]) { try $0.number(in: Self.positive) }
        issues.set(&recipe.rate.course, mapping["course"]) { try course($0) }
        issues.set(&recipe.rate.warmUp, mapping["warm-up"]) { try $0.number(in: 0...100_000) }
        issues.set(&recipe.weightDecay, mapping["weight-decay"]) { try $0.number(in: 0...1_000) }
        issues.set(&recipe.gradientClip, mapping["clip"]) { try $0.number(in: 1e-12...1e9) }
        issues.set(&recipe.seed, mapping["seed"]) { try $0.seed() }
        issues.set(&recipe.teachers, mapping["teachers"]) { try teachers($0) }
        issues.set(&recipe.assignment, mapping["assignment"]) { try $0.word(SharedAssignment.self) }
        issues.set(&recipe.learnsClips, mapping["learn-clips"]) { try $0.boolean() }
        if let node = mapping["augmentation"] { recipe.augmentation = augmentation(node) }
        return recipe
    }

    private func optimizer(_ node: DocumentNode) throws(PlanFileError) -> Optimizer {
        let (name, settings) = try node.choice(among: ["sgd", "adamw"])
        if name == "sgd" {
            issues.check(settings, known: ["momentum", "nesterov"])
            return .sgd(
                momentum: try settings["momentum"]?.number(in: Self.fraction) ?? 0.9,
                isNesterov: try settings["nesterov"]?.boolean() ?? false)
        }
        issues.check(settings, known: ["beta1", "beta2", "epsilon"])
        return .adamW(
            beta1: try settings["beta1"]?.number(in: Self.fraction) ?? 0.9,
            beta2: try settings["beta2"]?.number(in: Self.fraction) ?? 0.999,
            epsilon: try settings["epsilon"]?.number(in: Self.positive) ?? 1e-8)
    }

    private func course(_ node: DocumentNode) throws(PlanFileError) -> LearningRate.Course {
        let (name, settings) = try node.choice(among: ["constant", "steps", "exponential", "cosine", "one-cycle"])
        switch name {
        case "steps":
            issues.check(settings, known: ["factor", "epochs"])
            var epochs: [Int] = []
            for item in try settings.required("epochs").items() { epochs.append(try item.wholeNumber(in: Self.epochs)) }
            return .steps(factor: try settings.required("factor").number(in: Self.positive), epochs: epochs)
        case "exponential":
            issues.check(settings, known: ["factor"])
            return .exponential(factor: try settings.required("factor").number(in: Self.positive))
        case "cosine":
            issues.check(settings, known: ["final"])
            return .cosine(final: try settings["final"]?.number(in: Self.fraction) ?? 0)
        case "one-cycle":
            issues.check(settings, known: ["rise"])
            return .oneCycle(rise: try settings["rise"]?.number(in: Self.fraction) ?? 0.3)
        default:
            issues.check(settings, known: [])
            return .constant
        }
    }

    /// `original`, or the path of an ONNX file; `{file: original}` for a file of that name.
    private func teachers(_ node: DocumentNode) throws(PlanFileError) -> [Teacher] {
        var teachers: [Teacher] = []
        for item in try node.items() {
            if item.node.mapping != nil {
                let mapping = try DocumentMapping(item)
                try mapping.check(known: ["file"])
                teachers.append(.file(try mapping.required("file").text()))
            } else {
                let text = try item.text()
                teachers.append(text == "original" ? .original : .file(text))
            }
        }
        return teachers
    }

    private func augmentation(_ node: DocumentNode) -> Augmentation {
        var augmentation = Augmentation()
        guard let mapping = issues.mapping(node, known: ["shift", "flips", "erasing"]) else { return augmentation }
        issues.set(&augmentation.shift, mapping["shift"]) { try $0.wholeNumber(in: 0...1_000) }
        issues.set(&augmentation.flips, mapping["flips"]) { try $0.boolean() }
        issues.set(&augmentation.erasing, mapping["erasing"]) { try $0.number(in: Self.fraction) }
        return augmentation
    }
}
