import ArgumentParser
import Compression
import Engine
import Exports
import Formats
import Foundation
import Networks
import Reports

/// `pare compress`: a schedule from start to end without a screen.
struct CompressCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compress", abstract: "Take a network through a compression schedule: prune, retrain, share, retrain.",
        discussion: """
            A schedule is a YAML file of Pare's own stages or with Distiller's keys, or the name of a shipped one (Docs/Schedules.md).
            Each stage keeps its state with the highest validation accuracy. Ctrl-C, TERM or HUP ends the schedule and writes what is best by then.

            EXAMPLES:
              pare compress lenet-5 --schedule deep-compression-lenet-5 -o small.onnx
              pare compress lenet-5 --schedule deep-compression-lenet-5 --session stages
              pare compress my.onnx --schedule agp.yaml --data my-data -o smaller.onnx --json
            """)

    @OptionGroup var model: ModelOptions
    @OptionGroup var folders: FolderOptions

    @Option(help: ArgumentHelp("A schedule (YAML), or the name of a shipped one.", valueName: "file"))
    var schedule: String

    @Option(help: ArgumentHelp("Replaces the seed of every stage.", valueName: "seed"))
    var seed: UInt64?

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "Write the network here as its ending says (.onnx, .qdq.onnx, .safetensors, .c, .pare), its model card beside it.",
            valueName: "file"))
    var output: String?

    @Option(help: ArgumentHelp("Keep every stage in a new session of this name, as a snapshot.", valueName: "name"))
    var session: String?

    @Flag(help: "Print a line of JSON an epoch, and one a stage.")
    var json = false

    @Flag(help: "Measure the result of each stage on the test examples too, once.")
    var measureTest = false

    func run() throws {
        try CommandFailure.reporting {
            Interruption.listen()
            let locations = folders.locations
            let opened = try OpenedModel(model, of: nil, locations: locations)
            let schedule = try locations.schedule(named: schedule, for: opened.network)
            try Outputs.check(network: output, model: opened, teachers: schedule.stages.flatMap { $0.recipe?.teachers ?? [] })
            try TrainedFile.check(output)
            if let output, let session, let own = try? locations.sessionFolder.path(of: session), Outputs.isSame(output, own) {
                throw CommandFailure("\(output): the network and the session can't be one file. Name two.", .usage)
            }
            let keeper = try session.map { name throws(CommandFailure) in
                try StageKeeper(name, model: opened, locations: locations)
            }
            defer { keeper?.close() }
            let trainer = StageTrainer(
                opened, memory: model.memory, json: json, warnings: schedule.warnings(of: self.schedule, for: opened.network.layers))
            var last: StageTrainer.Result?
            var walk = ScheduleWalk(schedule, seed: seed)
            var hasDiverged = false
            while let order = walk.order(id: UUID().uuidString, after: last?.state), !Interruption.isWanted {
                if let last { try trainer.print(last, test: test(last, trainer, keeper)) }
                guard let result = try Self.train(order, trainer: trainer, stage: walk.title, isFirst: last == nil) else { break }
                try keeper?.keep(result, policies: order.policies)
                hasDiverged = hasDiverged || result.hasDiverged
                last = result
                if !walk.advance() { break }
            }
            guard let last else {
                throw Interruption.isWanted ? Interruption.failure() : CommandFailure("The schedule has no stages.", .badData)
            }
            try finish(last, trainer: trainer, opened: opened, keeper: keeper)
            if hasDiverged { throw ExitCode(CommandFailure.Code.diverged.rawValue) }
        }
    }

    /// Nil where a later stage was stopped before it had anything to keep: the stages before it stand.
    private static func train(
        _ order: TrainingOrder, trainer: StageTrainer, stage: String, isFirst: Bool
    ) throws -> StageTrainer.Result? {
        do { return try trainer.train(order, stage: stage) } catch let failure as CommandFailure where failure.signal != nil && !isFirst {
            return nil
        }
    }

    /// The accuracy on the test examples where that was asked for; the session counts each look at them.
    private func test(_ result: StageTrainer.Result, _ trainer: StageTrainer, _ keeper: StageKeeper?) throws -> AccuracyReport? {
        guard measureTest, let report = try trainer.test(result, memory: model.memory) else { return nil }
        keeper?.countTestMeasurement()
        return report
    }

    private func finish(_ result: StageTrainer.Result, trainer: StageTrainer, opened: OpenedModel, keeper: StageKeeper?) throws {
        let test = try test(result, trainer, keeper)
        if let output {
            let file = TrainedFile(
                model: opened, architecture: nil, recipe: result.state.recipe, command: CommandLine.arguments,
                facts: trainer.facts)
            try file.write(result, test: test, to: output)
        }
        try trainer.print(result, test: test, output: output)
    }
}
