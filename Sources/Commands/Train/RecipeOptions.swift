import ArgumentParser
import Compression
import Engine

/// How to train: the options that `pare train` has for a recipe.
struct RecipeOptions: ParsableArguments {
    @Option(help: "Passes over the training examples.")
    var epochs: Int = 10

    @Option(help: "Examples of one step.")
    var batch: Int = 64

    @Option(help: "sgd or adamw.")
    var optimizer: OptimizerChoice = .sgd

    @Option(help: "Momentum of SGD.")
    var momentum: Double = 0.9

    @Flag(help: "Nesterov's look ahead for SGD.")
    var nesterov = false

    @Option(help: "The learning rate at its highest.")
    var rate: Double = 0.01

    @Option(help: "Its course: constant, cosine, one-cycle, exponential or steps.")
    var course: CourseChoice = .cosine

    @Option(help: ArgumentHelp("Factor of the courses exponential (each epoch) and steps (at --milestones).", valueName: "factor"))
    var gamma: Double = 0.1

    @Option(help: ArgumentHelp("Epochs after which the course steps multiplies the rate, by commas.", valueName: "epochs"))
    var milestones: String = ""

    @Option(help: ArgumentHelp("Epochs over which the rate rises from 0.", valueName: "epochs"))
    var warmUp: Double = 0

    @Option(help: "Coefficient of the L2 term on the weights (decoupled for adamw).")
    var weightDecay: Double = 0

    @Option(help: ArgumentHelp("Largest L2 norm over all gradients.", valueName: "norm"))
    var clip: Double?

    @Option(help: "Seed of the first weights, the order of the examples, augmentation and dropout.")
    var seed: UInt64 = 1

    @Option(help: ArgumentHelp("Shift each example by up to so many pixels.", valueName: "pixels"))
    var shift: Int = 0

    @Flag(help: "Swap left and right in half of the examples.")
    var flip = false

    @Option(help: ArgumentHelp("Probability that a rectangle of an example is erased.", valueName: "p"))
    var erasing: Double = 0

    @Option(help: ArgumentHelp("Distil from this ONNX file, or from `original`; may be given several times.", valueName: "file"))
    var teacher: [String] = []

    @Option(help: "What happens to the assignments of shared weights: fixed, everyEpoch or fisher.")
    var assignment: SharedAssignment = .fixed

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
        try check(epochs >= 0 && epochs <= 10_000, "--epochs takes 0…10000, not \(epochs).")
        try check((1...100_000).contains(batch), "--batch takes 1…100000, not \(batch).")
        try check(rate > 0 && rate.isFinite, "--rate takes a number above 0, not \(rate).")
        try check((0..<1).contains(momentum), "--momentum takes 0 up to below 1, not \(momentum).")
        try check(weightDecay >= 0 && weightDecay.isFinite, "--weight-decay takes a number from 0, not \(weightDecay).")
        try check(clip.map { $0 > 0 } ?? true, "--clip takes a number above 0.")
        try check((0...14).contains(shift), "--shift takes 0…14 pixels, not \(shift).")
        try check((0...1).contains(erasing), "--erasing takes a probability 0…1, not \(erasing).")
        try check(distillation.map { (0...1).contains($0) } ?? true, "--distillation takes 0…1.")
        try check(temperature.map(CompressionPlan.temperatures.contains) ?? true, "--temperature takes 0.5…50.")
        _ = try steps()
    }

    private func check(_ holds: Bool, _ message: String) throws {
        guard holds else { throw ValidationError(message) }
    }

    private func steps() throws -> [Int] {
        try milestones.split(separator: ",").map { text in
            guard let epoch = Int(text), epoch > 0 else {
                throw ValidationError("--milestones takes epochs by commas, as 10,15: “\(text)” is none.")
            }
            return epoch
        }
    }

    /// The recipe; what can't be parsed was refused before.
    func recipe() throws -> TrainingRecipe {
        TrainingRecipe(
            epochs: epochs, batchSize: batch,
            optimizer: optimizer == .sgd ? .sgd(momentum: momentum, isNesterov: nesterov) : .adamW(),
            rate: LearningRate(rate: rate, course: try chosenCourse(), warmUp: warmUp), weightDecay: weightDecay, gradientClip: clip,
            seed: seed, augmentation: Augmentation(shift: shift, flips: flip, erasing: erasing),
            teachers: teacher.map { $0 == "original" ? .original : .file($0) }, assignment: assignment, learnsClips: learnClips)
    }

    private func chosenCourse() throws -> LearningRate.Course {
        switch course {
        case .constant: .constant
        case .cosine: .cosine()
        case .oneCycle: .oneCycle()
        case .exponential: .exponential(factor: gamma)
        case .steps: .steps(factor: gamma, epochs: try steps())
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
