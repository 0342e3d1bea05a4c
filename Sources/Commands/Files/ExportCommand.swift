import ArgumentParser
import Compression
import Exports
import Foundation
import Networks
import Sessions

/// `pare export`: a network under a plan as a file for other programs.
struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write a network under a plan as ONNX, safetensors, C source or Pare's own container.",
        discussion: """
            What is written is read back and compared bit for bit with what is evaluated before the command says so. See Docs/Exports.md.

            EXAMPLES:
              pare export lenet-5 --plan plan.yaml -o small.pare
              pare export small.onnx --format onnx-qdq -o quantized.onnx
              pare export --session first-try@pruned --format c -o network.c
            """)

    @OptionGroup var model: ModelOptions
    @OptionGroup var folders: FolderOptions

    @OptionGroup var planned: PlanOptions

    @Option(help: ArgumentHelp("onnx, onnx-qdq, safetensors, c or pare; without it what the ending of the file says.", valueName: "format"))
    var format: ExportFormat?

    @Option(
        help: ArgumentHelp(
            "How every layer is written in a container; without it, and where its levels don't fit, the way that takes the fewest bytes.",
            valueName: "coding"))
    var coder: WeightCoding?

    @Option(name: .shortAndLong, help: ArgumentHelp("The file to write.", valueName: "file"))
    var output: String

    func validate() throws {
        if coder != nil, (format ?? ExportFormat(path: output)) != .pare { throw ValidationError("--coder is for --format pare.") }
    }

    func run() throws {
        try CommandFailure.reporting {
            let locations = folders.locations
            let kept = try planned.kept(locations)
            var opened = try OpenedModel(model, of: kept, locations: locations)
            try opened.checkData()
            let plan = try planned.plan(kept)
            try opened.calibrate(if: plan.readsInputs)
            for warning in plan.warnings(of: planned.plan, for: opened.network.layers) { Standard.error("pare: \(warning)") }
            try Outputs.check(output, model: opened)
            let format = try ExportFormat.named(format, by: output)
            let state = try kept?.state(of: opened.network)
            let layers = try Measurement.layers(opened, plan: plan, base: state)
            let applied = Applied(layers, of: opened.network, plan: plan, base: state)
            Standard.output(try write(applied, as: format, card: opened.card).description)
        }
    }

    private func write(_ applied: Applied, as format: ExportFormat, card: ModelCard?) throws(CommandFailure) -> ExportReport {
        let chosen = coder.map { coding in Dictionary(uniqueKeysWithValues: applied.layers.map { ($0.layer.weight, coding) }) }
        do {
            return try NetworkExport.write(applied, as: format, codings: chosen ?? applied.codings, card: card, to: output)
        } catch {
            throw CommandFailure(error)
        }
    }
}

extension ExportFormat {
    /// The format that is asked for, or without one what the ending of the file says; the two may not differ.
    static func named(_ asked: ExportFormat?, by output: String) throws(CommandFailure) -> ExportFormat {
        if let asked {
            let own = endings.filter { ExportFormat(path: $0)?.fileExtension == asked.fileExtension }
            try OutputEnding.check(output, isOf: asked.rawValue, among: own)
        }
        guard let format = asked ?? ExportFormat(path: output) else {
            throw CommandFailure(
                "\(output) has no ending that says what to write: give it one of \(ExportFormat.endings.joined(separator: ", ")).", .usage)
        }
        return format
    }
}

extension CommandFailure {
    /// Why a network could not be written.
    init(_ error: ExportError) {
        self.init("\(error)", error.isAboutName ? .usage : error.isInternal ? .software : error.isAboutWriting ? .cannotWrite : .badData)
    }
}

extension ExportFormat: ExpressibleByArgument {}

extension WeightCoding: ExpressibleByArgument {
    /// The names that plans use: `relative5-huffman`.
    public init?(argument: String) { self.init(name: argument) }

    public static var allValueStrings: [String] { allCases.map(\.name) }
}
