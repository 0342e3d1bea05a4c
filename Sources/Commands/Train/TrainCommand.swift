import ArgumentParser
import Compression
import Engine
import Formats
import Foundation
import Networks
import Reports

/// `pare train`: from scratch, or further from a network, under a plan where one is given.
struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train", abstract: "Train a network, from scratch or further, with or without a plan and a teacher.",
        discussion: """
            The state with the highest validation accuracy is written. Ctrl-C ends the training and writes what is best by then.
            Architectures: \(Architecture.names.joined(separator: ", ")).

            EXAMPLES:
              pare train --architecture lenet-300-100 --epochs 20 --rate 0.1 -o mine.onnx
              pare train lenet-5 --plan plan.yaml --teacher original -o smaller.onnx
              pare train --architecture mlp-100-100 --teacher big.onnx --temperature 4 -o student.onnx --json
            """)

    @OptionGroup var model: ModelOptions
    @OptionGroup var folders: FolderOptions
    @OptionGroup var training: RecipeOptions

    @Option(help: ArgumentHelp("A fresh network of this structure instead of MODEL.", valueName: "name"))
    var architecture: String?

    @Option(help: ArgumentHelp("A compression plan (YAML) to train under.", valueName: "file"))
    var plan: String?

    @Option(name: .shortAndLong, help: ArgumentHelp("Write the network here (ONNX), its model card beside it.", valueName: "file"))
    var output: String?

    @Flag(help: "Print a line of JSON an epoch, and one at the end.")
    var json = false

    @Flag(help: "Measure the result on the test examples too, once, at the end.")
    var measureTest = false

    func validate() throws {
        if architecture != nil, model.model != nil { throw ValidationError("Give either MODEL or --architecture, not both.") }
        if architecture != nil, training.teacher.contains("original") {
            throw ValidationError("A fresh network has no original to learn from: name a teacher's file.")
        }
    }

    func run() throws {
        try CommandFailure.reporting {
            Interruption.listen()
            let opened = try start()
            var plan = try self.plan.map { path throws(CommandFailure) in try CompressionPlan.read(path) } ?? CompressionPlan()
            if let temperature = training.temperature { plan.temperature = temperature }
            if let weights = training.lossWeights { plan.lossWeights = weights }
            if output != nil { try TrainedFile.check(plan, of: opened.network) }
            try TrainedFile.checkFolder(of: output)
            let order = TrainingOrder(id: UUID().uuidString, plan: plan, recipe: try training.recipe())
            let trainer = StageTrainer(opened, memory: model.memory, json: json)
            let result = try trainer.train(order, stage: nil)
            try finish(result, trainer: trainer, opened: opened)
        }
    }

    private func start() throws(CommandFailure) -> OpenedModel {
        guard let architecture else { return try OpenedModel(model.model, data: model.data, locations: folders.locations) }
        do {
            return OpenedModel(fresh: try Architecture(name: architecture).network(seed: training.seed), data: model.data)
        } catch {
            throw CommandFailure("\(error)", .usage)
        }
    }

    private func finish(_ result: StageTrainer.Result, trainer: StageTrainer, opened: OpenedModel) throws {
        let test = measureTest ? try trainer.test(result, memory: model.memory) : nil
        if let output {
            try TrainedFile(model: opened, architecture: architecture, recipe: result.state.recipe, command: CommandLine.arguments)
                .write(result, test: test, to: output)
        }
        try trainer.print(result, test: test, output: output)
    }
}

extension OpenedModel {
    /// A network that was made here and lies in no file.
    init(fresh network: Network, data: String?) {
        self.network = network
        loader = DatasetLoader(directory: data)
        warnings = []
    }
}
