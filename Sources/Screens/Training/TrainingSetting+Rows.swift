import Compression

/// The rows of the retraining panel.
extension TrainingSetting: CaseIterable {
    public static let allCases = [
        epochs, batch, optimizer, momentum, rate, course, factor, drops, warmUp, decay, clip, seed, shift, flips, erasing, teacher,
        temperature, distillation, assignment, clips, schedule,
    ]

    public static let epochs = TrainingSetting("epochs", "How often every training example is seen.", \.epochs, in: 1...1_000)
    public static let batch = TrainingSetting("batch size", "Examples of one step.", \.recipe.batchSize, .doubling, in: 1...4_096)
    public static let optimizer = TrainingSetting(
        "optimizer", "Momentum, Nesterov's look ahead, or Adam with decoupled weight decay.", \.recipe.optimizer,
        { _ in ["sgd", "nesterov", "adamw"] }, text: \.name
    ) { word, settings in
        word == "adamw" ? .adamW() : .sgd(momentum: settings.recipe.optimizer.momentum ?? 0.9, isNesterov: word == "nesterov")
    }
    public static let momentum = TrainingSetting(
        "momentum", "How much of the last step goes on in the next.", \.momentum, in: { _ in 0...0.999 }
    ).copying(\.recipe.optimizer).when { settings, _ in settings.recipe.optimizer.momentum != nil }
    public static let rate = TrainingSetting(
        "learning rate", "The length of a step; too large, and the loss runs away.", \.recipe.rate.rate, .decades(from: 0.00001),
        in: { _ in 0.00001...10 })
    public static let course = TrainingSetting(
        "course of the rate", "How the rate goes over the epochs.", \.recipe.rate.course,
        { _ in ["constant", "steps", "exponential", "cosine", "one-cycle"] }, text: \.name
    ) { .begun($0, epochs: $1.recipe.epochs) }
    public static let factor = TrainingSetting(
        "factor of the rate", "What the rate is multiplied by.", \.factor, in: { _ in 0.01...1 }
    ).copying(\.recipe.rate.course).when { settings, _ in settings.recipe.rate.course.factor != nil }
    public static let drops = TrainingSetting("after epochs", "The epochs after which the rate is multiplied.", \.recipe.rate.course)
        .when { settings, _ in if case .steps = settings.recipe.rate.course { true } else { false } }
    public static let warmUp = TrainingSetting(
        "warm-up, epochs", "Epochs over which the rate rises from 0.", \.recipe.rate.warmUp, .by(0.5), hasNone: true,
        in: { 0...Double($0.recipe.epochs) }
    ).when { settings, _ in if case .oneCycle = settings.recipe.rate.course { false } else { true } }
    public static let decay = TrainingSetting(
        "weight decay", "Pulls weights and shared centroids, not biases, towards 0.", \.recipe.weightDecay, .decades(from: 0.00001),
        hasNone: true, in: { _ in 0...1 })
    public static let clip = TrainingSetting(
        "gradient clip", "The gradient's norm is not let beyond this.", \.clip, .decades(from: 0.1), hasNone: true,
        in: { _ in 0.001...1_000 })
    public static let seed = TrainingSetting(
        "seed", "Determines the order of examples, augmentation and dropout.", \.recipe.seed, in: 0...Double(UInt32.max))

    public static let shift = TrainingSetting(
        "shift, pixels", "Moves each image by up to so many pixels.", \.recipe.augmentation.shift, hasNone: true, in: 0...8)
    public static let flips = TrainingSetting(
        "flips", "Swaps left and right in half of the images.", \.recipe.augmentation.flips, { _ in ["no", "yes"] },
        text: { $0 ? "yes" : "no" }
    ) { word, _ in word == "yes" }
    public static let erasing = TrainingSetting(
        "erasing", "How often a random rectangle of an image is erased.", \.recipe.augmentation.erasing, hasNone: true, in: { _ in 0...1 })

    public static let teacher = TrainingSetting(
        "teacher", "Whose soft outputs are learned beside the labels.", \.teachers,
        { ["none", "original"] + ($0.file.map { [$0] } ?? []) }, others: "none, original, or ONNX files by commas: their mean is learned",
        text: { $0.isEmpty ? "none" : $0.names }
    ) { word, _ in
        let names = word == "none" ? [] : word.split(separator: ",").map { String($0).trimmingBlanks }.filter { !$0.isEmpty }
        return names.map { $0 == "original" ? .original : .file($0) }
    }
    public static let temperature = TrainingSetting(
        "T", "Softens teacher and student; the plan's temperature.", \.temperature, .by(0.5), decimals: 1,
        in: { _ in CompressionPlan.temperatures }
    ).live
    public static let distillation = TrainingSetting(
        "distillation weight", "w of the loss (1 - w) CE + w T\u{B2} KL(teacher, student).", \.distillation, decimals: 2,
        in: { _ in 0...1 }
    ).live

    /// Of shared weights.
    public static let assignment = TrainingSetting(
        "shared weights", "", \.recipe.assignment, { _ in SharedAssignment.allCases.map(\.name) }, text: \.name
    ) { word, settings in SharedAssignment.allCases.first { $0.name == word } ?? settings.recipe.assignment }
    .when { $1.isShared }
    /// Of linear weights.
    public static let clips = TrainingSetting(
        "clips", "Where linear weights are clipped: as calibrated, or learned with them.", \.recipe.learnsClips,
        { _ in ["calibrated", "learned"] }, text: { $0 ? "learned" : "calibrated" }
    ) { word, _ in word == "learned" }.when { $1.isLinear }
    /// In the place of all others: none, the shipped ones, and the file that was typed.
    public static let schedule = TrainingSetting(
        "schedule", "Stages with plans and trainings of their own, each kept as a snapshot.", \.schedule,
        { settings in ["none"] + settings.schedules + [settings.schedule].compactMap(\.self).filter { !settings.schedules.contains($0) } },
        others: "none, a shipped one, or the path of a YAML file", text: { $0 ?? "none" }
    ) { word, _ in word == "none" ? nil : word }
}
