import ArgumentParser
import Exports
import Files
import Formats
import Foundation

/// `pare decode`: a container as an ONNX file of floats.
struct DecodeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decode", abstract: "Turn a .pare file into an ONNX file with exactly the weights that were evaluated.",
        discussion: """
            EXAMPLES:
              pare decode small.pare -o small.onnx
            """)

    @Argument(help: "A file that `pare export --format pare` wrote.")
    var file: String

    @Option(name: .shortAndLong, help: ArgumentHelp("The ONNX file to write, its model card beside it.", valueName: "file"))
    var output: String

    @OptionGroup var limits: ContainerLimits

    func run() throws {
        try CommandFailure.reporting {
            ReadFiles.note(path: file)
            try Outputs.check(output)
            try OutputEnding.check(output, among: [".onnx"])
            try Outputs.checkCard(of: output)
            let content = try limits.read(file)
            if OutputFile.isStandardOutput(output) { Standard.divertText() }
            let network = content.network
            do throws(FormatError) {
                let source = try NetworkWriter.write(network, to: output)
                if var card = content.card, let path = Outputs.card(of: output) {
                    card.file = URL(fileURLWithPath: output).lastPathComponent
                    card.sha256 = source.sha256
                    try ModelCardWriter.write(card, to: path)
                }
                let values = "\(network.parameterCount) value\(network.parameterCount == 1 ? "" : "s")"
                Standard.output("\(output): \(source.byteCount) bytes, \(values) of \(file)")
            } catch {
                throw CommandFailure(writing: error)
            }
        }
    }
}

/// What a container may ask for.
struct ContainerLimits: ParsableArguments {
    @Option(help: ArgumentHelp("Refuse files that declare more weights.", valueName: "count"))
    var maxWeights: Int = 1 << 28

    func validate() throws {
        guard maxWeights > 0 else { throw ValidationError("--max-weights takes a number above 0, not \(maxWeights).") }
    }

    func read(_ file: String) throws(CommandFailure) -> PareFile.Content {
        do {
            return try PareFile.read(file, maximumWeights: maxWeights)
        } catch {
            throw CommandFailure(error)
        }
    }
}
