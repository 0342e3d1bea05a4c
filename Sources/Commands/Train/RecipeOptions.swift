import ArgumentParser
import Compression
import Engine

/// How to train: the options that `pare train` has for a recipe. One that was not given is nil, so that it is known which were.
struct RecipeOptions: ParsableArguments {
    @Option(help: "Passes over the training examples. (default: 10)")
    var epochs: Int?

    @Option(help: "Examples of one step. (default: 64)")
    var batch: Int?

    @Option(help: "sgd or adamw. (default: sgd)")
    var optimizer: OptimizerChoice?

    @Option(help: "Momentum of SGD. (default: 0.9)")
    var momentum: Double?

    @Flag(help: "Nesterov's look ahead for SGD.")
    var nesterov = false

    @Option(help: "The learning rate at its highest. (default: 0.01)")
    var rate: Double?

    @Option(help: "Its course: constant, cosine, one-cycle, exponential or steps. (default: cosine)")
    var course: CourseChoice?

    @Option(
        help: ArgumentHelp(
            "Factor of the courses exponential (each epoch) and steps (at --milestones). (default: 0.1)", valueName: "factor"))
    var gamma: Double?

    @Option(help: ArgumentHelp("Epochs after which the course steps multiplies the rate, by commas.", valueName: "epochs"))
    var milestones: String?

    @Option(help: ArgumentHelp("Epochs over which the rate rises from 0. (default: 0)", valueName: "epochs"))
    var warmUp: Double?

    @Option(help: "Coefficient of the L2 term on the weights (decoupled for adamw). (default: 0)")
    var weightDecay: Double?

    @Option(help: ArgumentHelp("Largest L2 norm over all gradients.", valueName: "norm"))
    var clip: Double?

    @Option(help: "Seed of the first weights, the order of the examples, augmentation and dropout. (default: 1)")
    var seed: UInt64?

    @Option(help: ArgumentHelp("Shift each example by up to so many pixels. (default: 0)", valueName: "pixels"))
    var shift: Int?

    @Flag(help: "Swap left and right in half of the examples.")
    var flip = false

    @Option(help: ArgumentHelp("Probability that a rectangle of an example is erased. (default: 0)", valueName: "p"))
    var erasing: Double?

    @Option(help: ArgumentHelp("Distil from this ONNX file, or from `original`; may be given several times.", valueName: "file"))
    var teacher: [String] = []

    @Option(help: "What happens to the assignments of shared weights: fixed, everyEpoch or fisher. (default: fixed)")
    var assignment: SharedAssignment?

    @Flag(help: "Learn the clips of linear weights and quantized activations.")
    var learnClips = false

    @Option(help: "Temperature of distillation, 0.5…50; without it the plan's, which is 5 where it names none.")
    var temperature: Double?

    @Option(
        help: ArgumentHelp(
            "Weight of the teacher's soft targets in the loss, the labels have the rest; without it the plan's, 0.9 where it names none.",
            valueName: "w"))
    var distillation: Double?

    func validate() throws {
        try check(epochs, "--epochs takes 0…10000") { (0...10_000).contains($0) }
        try check(batch, "--batch takes 1…100000") { (1...100_000).contains($0) }
        try check(rate, "--rate takes a number above 0") { $0 > 0 && $0.isFinite }
        try check(momentum, "--momentum takes 0 up to below 1") { (0..<1).contains($0) }
        try check(weightDecay, "--weight-decay takes a number from 0") { $0 >= 0 && $0.isFinite }
        try check(clip, "--clip takes a number above 0") { $0 > 0 }
        try check(shift, "--shift takes 0…14 pixels") { (0...14).contains($0) }
        try check(erasing, "--erasing takes a probability 0…1") { (0...1).contains($0) }
        try check(distillation, "--distillation takes 0…1") { (0...1).contains($0) }
        try check(temperature, "--temperature takes 0.5…50") { CompressionPlan.temperatures.contains($0) }
        _ = try steps()
        if let (option, condition) = idle { throw ValidationError("\(option) has an effect only with \(condition): leave it out.") }
    }

    /// An option that was given and that the others leave without effect, and what it needs; nil where all have one.
    private var idle: (option: String, condition: String)? {
        let options = [
            ("--momentum", "--optimizer sgd", momentum != nil && optimizer == .adamw),
            ("--nesterov", "--optimizer sgd", nesterov && optimizer == .adamw),
            ("--gamma", "--course exponential or steps", gamma != nil && course != .exponential && course != .steps),
            ("--milestones", "--course steps", milestones != nil && course != .steps),
            ("--warm-up", "another course than one-cycle", warmUp ?? 0 > 0 && course == .oneCycle),
        ]
        return options.first(where: \.2).map { ($0.0, $0.1) }
    }

    private func check<Value>(_ value: Value?, _ message: String, _ holds: (Value) -> Bool) throws {
        guard let value, !holds(value) else { return }
        throw ValidationError("\(message), not \(value).")
    }

    /// The options that were given, as they are typed: what a checkpoint has already.
    var given: [String] {
        let isGiven = [
            ("--epochs", epochs != nil), ("--batch", batch != nil), ("--optimizer", optimizer != nil), ("--momentum", momentum != nil),
            ("--nesterov", nesterov), ("--rate", rate != nil), ("--course", course != nil), ("--gamma", gamma != nil),
            ("--milestones", milestones != nil), ("--warm-up", warmUp != nil), ("--weight-decay", weightDecay != nil),
            ("--clip", clip != nil), ("--seed", seed != nil), ("--shift", shift != nil), ("--flip", flip), ("--erasing", erasing != nil),
            ("--teacher", !teacher.isEmpty), ("--assignment", assignment != nil), ("--learn-clips", learnClips),
            ("--temperature", temperature != nil), ("--distillation", distillation != nil),
        ]
        return isGiven.filter(\.1).map(\.0)
    }

    private func steps() throws -> [Int] {
        try (milestones ?? "").split(separator: ",").map { text in
            guard let epoch = Int(text), epoch > 0 else {
                throw ValidationError("--milestones takes epochs by commas, as 10,15: “\(text)” is none.")
            }
            return epoch
        }
    }

    /// The recipe; what can't be parsed was refused before.
    func recipe() throws -> TrainingRecipe {
        TrainingRecipe(
            epochs: epochs ?? 10, batchSize: batch ?? 64,
            optimizer: optimizer == .adamw ? .adamW() : .sgd(momentum: momentum ?? 0.9, isNesterov: nesterov),
            rate: LearningRate(rate: rate ?? 0.01, course: try chosenCourse(), warmUp: warmUp ?? 0), weightDecay: weightDecay ?? 0,
            gradientClip: clip, seed: seed ?? 1, augmentation: Augmentation(shift: shift ?? 0, flips: flip, erasing: erasing ?? 0),
            teachers: teacher.map { $0 == "original" ? .original : .file($0) }, assignment: assignment ?? .fixed, learnsClips: learnClips)
    }

    private func chosenCourse() throws -> LearningRate.Course {
        switch course ?? .cosine {
        case .constant: .constant
        case .cosine: .cosine()
        case .oneCycle: .oneCycle()
        case .exponential: .exponential(factor: gamma ?? 0.1)
        case .steps: .steps(factor: gamma ?? 0.1, epochs: try steps())
        }
    }

    /// How the loss weighs the teacher against the labels, where that was given.
    var lossWeights: LossWeights? { distillation.map { LossWeights(distillation: $0, student: 1 - $0) } }
}

enum OptimizerChoice: String, ExpressibleByArgument, CaseIterable { case sgd, adamw }

enum CourseChoice: String, ExpressibleByArgument, CaseIterable {
    case constant, cosine, exponential, steps
    case oneCycle = "one-cycle"
}

extension SharedAssignment: ExpressibleByArgument {}
