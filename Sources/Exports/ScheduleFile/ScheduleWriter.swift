import Compression

/// Writes Pare's own form: stages in their order, keys always in the same one.
struct ScheduleWriter {
    func text(of schedule: CompressionSchedule) throws(PlanFileError) -> String {
        var lines = ["version: \(ScheduleFile.version)", schedule.stages.isEmpty ? "stages: []" : "stages:"]
        for stage in schedule.stages {
            for (index, line) in try self.lines(of: stage).enumerated() { lines.append((index == 0 ? "  - " : "    ") + line) }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func lines(of stage: CompressionSchedule.Stage) throws(PlanFileError) -> [String] {
        var lines = ["name: \(try Document.scalar(stage.name))"]
        if stage.plan != CompressionPlan() {
            lines += ["plan:"] + (try PlanFile.lines(of: stage.plan)).map { "  \($0)" }
        }
        if stage.handsOnCompressed { lines.append("hand-on: compressed") }
        if stage.thins == true { lines.append("thin: true") }
        if let recipe = stage.recipe { lines += ["train:"] + (try fields(of: recipe)).map { "  \($0)" } }
        if !stage.policies.isEmpty {
            lines.append("policies:")
            for policy in stage.policies { lines.append("  - {\(try fields(of: policy).joined(separator: ", "))}") }
        }
        return lines
    }

    private func fields(of recipe: TrainingRecipe) throws(PlanFileError) -> [String] {
        let initial = TrainingRecipe()
        var fields = [
            "epochs: \(recipe.epochs)", "batch: \(recipe.batchSize)", "optimizer: \(text(of: recipe.optimizer))",
            "rate: \(recipe.rate.rate)", "course: \(text(of: recipe.rate.course))",
        ]
        if recipe.rate.warmUp != 0 { fields.append("warm-up: \(recipe.rate.warmUp)") }
        if recipe.weightDecay != 0 { fields.append("weight-decay: \(recipe.weightDecay)") }
        if let clip = recipe.gradientClip { fields.append("clip: \(clip)") }
        fields.append("seed: \(recipe.seed)")
        if !recipe.teachers.isEmpty {
            var names: [String] = []
            for teacher in recipe.teachers { names.append(try text(of: teacher)) }
            fields.append("teachers: [\(names.joined(separator: ", "))]")
        }
        if recipe.assignment != initial.assignment { fields.append("assignment: \(recipe.assignment.rawValue)") }
        if recipe.learnsClips { fields.append("learn-clips: true") }
        let augmentation = recipe.augmentation
        if augmentation != initial.augmentation {
            fields.append(
                "augmentation: {shift: \(augmentation.shift), flips: \(augmentation.flips), erasing: \(augmentation.erasing)}")
        }
        return fields
    }

    private func text(of teacher: Teacher) throws(PlanFileError) -> String {
        switch teacher {
        case .original: "original"
        case .file(let path): path == "original" ? "{file: original}" : try Document.scalar(path)
        }
    }

    private func text(of optimizer: Optimizer) -> String {
        switch optimizer {
        case .sgd(let momentum, let isNesterov): "{sgd: {momentum: \(momentum), nesterov: \(isNesterov)}}"
        case .adamW(let beta1, let beta2, let epsilon): "{adamw: {beta1: \(beta1), beta2: \(beta2), epsilon: \(epsilon)}}"
        }
    }

    private func text(of course: LearningRate.Course) -> String {
        switch course {
        case .constant: "constant"
        case .steps(let factor, let epochs): "{steps: {factor: \(factor), epochs: [\(epochs.map(String.init).joined(separator: ", "))]}}"
        case .exponential(let factor): "{exponential: {factor: \(factor)}}"
        case .cosine(let final): final == 0 ? "cosine" : "{cosine: {final: \(final)}}"
        case .oneCycle(let rise): "{one-cycle: {rise: \(rise)}}"
        }
    }
}
