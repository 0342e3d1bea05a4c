import ArgumentParser
import Reports

/// `pare`: the root of all commands.
struct PareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pare",
        abstract: "Make a trained neural network smaller by hand and by eye.",
        discussion: """
            EXAMPLES:
              pare                                   explore the bundled lenet-5 on Fashion-MNIST
              pare explore my.onnx --data my-data    explore a network of your own
              pare report --plan plan.yaml --json    the same numbers without a screen
              pare train --architecture lenet-5 -o my.onnx   train a network
              pare compress lenet-5 --schedule deep-compression-lenet-5 -o small.onnx
              pare budget lenet-5 --budget macs:50% -o half.yaml    a rank for every layer
              pare sensitivity lenet-5               which layer next, and how far
              pare search lenet-5 --bytes 60000 -o plan.yaml        how far for each layer: the best plan in so many bytes
              pare thin my.onnx --filters 'layer*:25%' -o thinner.onnx   remove filters
              pare export small.onnx --format pare -o small.pare     the smallest file; also onnx-qdq, safetensors, c
              pare info small.pare                   what its bytes are for
              pare report lenet-5 --ms --batch 16    milliseconds of each layer on this machine
              pare sessions list                     what was kept
              pare --paths                           where Pare looks for its files

            EXIT CODES:
              0 done (also a training that was ended early and written) · 64 wrong arguments · 65 a file that can't be used · 66 a file that is missing
              69 something is missing on this machine · 70 a fault of Pare's own · 73 a file that can't be written, or lost text
              80 a training diverged; its best state was kept and written · 81 a search missed its goal; the nearest plan was written
            """,
        version: "pare \(PareVersion.current)",
        subcommands: [
            ExploreCommand.self, ReportCommand.self, TrainCommand.self, CompressCommand.self, GridCommand.self, BudgetCommand.self,
            SearchCommand.self, SensitivityCommand.self, ExportCommand.self, ThinCommand.self, InfoCommand.self, LatencyCommand.self,
            DecodeCommand.self,
            SessionsCommand.self, ThemesCommand.self, PictureCommand.self,
        ],
        defaultSubcommand: ExploreCommand.self)
}
