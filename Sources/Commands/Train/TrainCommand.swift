import ArgumentParser
import Compression
import Engine
import Files
import Formats
import Foundation
import Networks
import Reports

/// `pare train`: from scratch, or further from a network, under a plan where one is given.
struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train", abstract: "Train a network, from scratch or further, with or without a plan and a teacher.",
        discussion: """
            The state with the highest validation accuracy is written. Ctrl-C, TERM or HUP ends the training and writes what is best by then.
            Architectures: \(Architecture.names.joined(separator: ", ")).

            EXAMPLES:
              pare train --architecture lenet-300-100 --epochs 20 --rate 0.1 -o mine.onnx
              pare train lenet-5 --plan plan.yaml --teacher original -o smaller.onnx
              pare train --architecture mlp-100-100 --teacher big.onnx --temperature 4 -o student.onnx --json
              pare train lenet-5 --epochs 20 --checkpoint run.safetensors -o longer.onnx
              pare train lenet-5 --resume run.safetensors --checkpoint run.safetensors -o longer.onnx
            """)

    @OptionGroup var model: ModelOptions
    @OptionGroup var folders: FolderOptions
    @OptionGroup var training: RecipeOptions

    @Option(help: ArgumentHelp("A fresh network of this structure instead of MODEL.", valueName: "name"))
    var architecture: String?

    @Option(help: ArgumentHelp("A compression plan (YAML) to train under.", valueName: "file"))
    var plan: String?

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "Write the network here as its ending says (.onnx, .qdq.onnx, .safetensors, .c, .pare), its model card beside it.",
            valueName: "file"))
    var output: String?

    @Option(help: ArgumentHelp("Write here, after each epoch, all that is needed to go on (safetensors).", valueName: "file"))
    var checkpoint: String?

    @Option(
        help: ArgumentHelp("Go on from a checkpoint of the same network, with its recipe and plan, to the same bits.", valueName: "file"))
    var resume: String?

    @Flag(help: "Print a line of JSON an epoch, and one at the end.")
    var json = false

    @Flag(help: "Measure the result on the test examples too, once, at the end.")
    var measureTest = false

    func validate() throws {
        if architecture != nil, model.model != nil { throw ValidationError("Give either MODEL or --architecture, not both.") }
        if resume != nil {
            let fixed = [architecture.map { _ in "--architecture" }, plan.map { _ in "--plan" }].compactMap { $0 } + training.given
            guard fixed.isEmpty else {
                throw ValidationError("A checkpoint has its own plan, recipe and architecture: leave \(fixed.joined(separator: ", ")) out.")
            }
        }
        if architecture != nil, training.teacher.contains("original") {
            throw ValidationError("A fresh network has no original to learn from: name a teacher's file.")
        }
    }

    func run() throws {
        try CommandFailure.reporting { try train() }
    }

    private func train() throws {
        Interruption.listen()
        let contents = try resume.map(CheckpointFile.read)
        let order = try order(contents?.checkpoint)
        try train(order, architecture: architecture ?? contents?.architecture)
    }

    private func train(_ order: TrainingOrder, architecture: String?) throws {
        let opened = try start(architecture, seed: order.recipe.seed)
        try checkOutputs(opened, teachers: order.recipe.teachers)
        try TrainedFile.check(output)
        let trainer = StageTrainer(
            opened, memory: model.memory, json: json, warnings: order.plan.warnings(of: plan, for: opened.network.layers))
        let isOwn = isResumedCheckpoint
        let result = try trainer.train(order, stage: nil) { made throws(CommandFailure) in
            try keep(made, architecture: architecture, isOwn: isOwn)
        }
        try finish(result, architecture: architecture, trainer: trainer, opened: opened)
        if result.hasDiverged { throw ExitCode(CommandFailure.Code.diverged.rawValue) }
    }

    private func checkOutputs(_ model: OpenedModel, teachers: [Teacher]) throws(CommandFailure) {
        try Outputs.check(network: output, model: model, teachers: teachers)
        try Outputs.check(checkpoint, model: model, teachers: teachers, isOwn: isResumedCheckpoint)
        if let output, let checkpoint, [output, ModelCardReader.path(besides: output)].contains(where: { Outputs.isSame($0, checkpoint) }) {
            throw CommandFailure("\(checkpoint): the checkpoint and the network can't be one file. Name two.", .usage)
        }
    }

    /// Whether the checkpoint takes the place of the one that is gone on from.
    private var isResumedCheckpoint: Bool {
        guard let resume, let checkpoint, let inode = Inode(path: resume) else { return false }
        return inode == Inode(path: checkpoint)
    }

    private func keep(_ made: TrainingCheckpoint, architecture: String?, isOwn: Bool) throws(CommandFailure) {
        guard let checkpoint else { return }
        try CheckpointFile.write(made, architecture: architecture, to: checkpoint, isOwn: isOwn)
    }

    /// What the options say, or the checkpoint that is gone on from.
    private func order(_ resumed: TrainingCheckpoint?) throws -> TrainingOrder {
        var order: TrainingOrder
        if let resumed {
            order = TrainingOrder(id: UUID().uuidString, plan: resumed.header.plan, recipe: resumed.header.recipe)
            order.resuming = resumed
        } else {
            var plan = try self.plan.map { path throws(CommandFailure) in try CompressionPlan.read(path) } ?? CompressionPlan()
            if let temperature = training.temperature { plan.temperature = temperature }
            if let weights = training.lossWeights { plan.lossWeights = weights }
            order = TrainingOrder(id: UUID().uuidString, plan: plan, recipe: try training.recipe())
        }
        order.keepsCheckpoints = checkpoint != nil
        return order
    }

    private func start(_ architecture: String?, seed: UInt64) throws(CommandFailure) -> OpenedModel {
        guard let architecture else {
            return try OpenedModel(model, of: nil, locations: folders.locations)
        }
        guard model.model == nil else {
            throw CommandFailure("The checkpoint is of a fresh \(architecture): leave MODEL out.", .usage)
        }
        do {
            return try OpenedModel(fresh: try Architecture(name: architecture).network(seed: seed), data: model.data)
        } catch {
            throw error as? CommandFailure ?? CommandFailure("\(error)", .usage)
        }
    }

    private func finish(_ result: StageTrainer.Result, architecture: String?, trainer: StageTrainer, opened: OpenedModel) throws {
        let test = measureTest ? try trainer.test(result, memory: model.memory) : nil
        if let output {
            let file = TrainedFile(
                model: opened, architecture: architecture, recipe: result.state.recipe, command: CommandLine.arguments,
                facts: trainer.facts)
            try file.write(result, test: test, to: output)
        }
        try trainer.print(result, test: test, output: output)
    }
}

extension OpenedModel {
    /// A network that was made here and lies in no file.
    init(fresh network: Network, data: DataChoice) throws(CommandFailure) {
        self.init(network: network, card: nil, data: data, warnings: [])
        try checkDataIsThere()
    }
}
