import ArgumentParser
import Compression
import Exports
import Formats
import Foundation
import Networks

/// `pare info`: what the bytes of a container are for, and what any other network is made of.
struct InfoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info",
        abstract: "Describe a network: what it is made of and what can't be run; of a .pare file, what its bytes are for.",
        discussion: """
            EXAMPLES:
              pare info small.pare
              pare info small.pare --json
              pare info my.onnx
              pare info my.safetensors
              pare info my.onnx --groups
            """)

    @Argument(help: "A .pare file, an ONNX file, weights only (safetensors, NPZ, GGUF), or a bundled network.")
    var file: String

    @Flag(help: "Print JSON.")
    var json = false

    @Flag(help: "Print the groups of channels that go together where filters are removed, and what holds others.")
    var groups = false

    @Option(
        help: ArgumentHelp("What of an attention goes as a whole: heads, or dimensions, the same one of every head.", valueName: "part"))
    var whole: ChannelPartition = .heads

    @Option(
        help: ArgumentHelp(
            "The whole shape of the input, of several NAME=…, where the file leaves sizes open, the examples first.",
            valueName: "1x3x224x224"))
    var inputShape: [InputShape] = []

    @Option(
        help: ArgumentHelp("What an input is in every example: a number or a file; else zeros; each: it differs.", valueName: "name=value"))
    var input: [InputOption] = []

    @OptionGroup var limits: ContainerLimits
    @OptionGroup var folders: FolderOptions

    func validate() throws {
        try InputOption.check(input)
        try inputShape.check()
        if whole != .heads, !groups { throw ValidationError("--whole says what goes together in --groups: give both.") }
    }

    func run() throws {
        try CommandFailure.reporting {
            let path = try OpenedModel.path(of: file, locations: folders.locations)
            if groups {
                let description = try described(path) { network, _ in GroupDescription(network, file: path, partition: whole) }
                try print(description, text: description.text)
            } else if PareFile.isContainer(path) {
                let content = try limits.read(path)
                try print(Document(file: file, content), text: ContainerText.text(content, file: file))
            } else {
                let description = try described(path) { NetworkDescription($0, card: $1, file: path) }
                try print(description, text: description.text)
            }
        }
    }

    private func described<Made>(_ path: String, _ make: (Network, ModelCard?) -> Made) throws(CommandFailure) -> Made {
        do {
            let edits = OpeningEdits(example: inputShape.example, inputs: inputShape.settings(besides: input))
            let inputs = try InputChoice(path, edits, data: DataChoice(), decides: true)
            let sized = try SizedNetwork(path, example: inputs.example, inputs: inputs.values, data: DataChoice())
            if let note = sized.note { Standard.error("pare: \(note)") }
            return make(try OpeningEdits(inputs: inputs.settings).opening(sized.network, path), sized.card)
        } catch let failure as CommandFailure {
            throw failure
        } catch let error as FormatError {
            throw CommandFailure(error)
        } catch {
            throw CommandFailure("\(error)", .badData)
        }
    }

    private func print(_ document: some Encodable, text: String) throws {
        guard json else { return Standard.output(text) }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        Standard.output(try encoder.encode(document))
        Standard.output("")
    }

    private struct Document: Encodable {
        var file: String
        var bytes: Int
        var originalBytes: Int
        var header: Int
        var table: ContainerTable

        init(file: String, _ content: PareFile.Content) {
            self.file = file
            bytes = content.table.total
            originalBytes = content.network.denseByteCount
            header = content.table.header
            table = content.table
        }
    }
}

extension ChannelPartition: ExpressibleByArgument {}

/// The table of a container in columns.
enum ContainerText {
    static func text(_ content: PareFile.Content, file: String) -> String {
        let table = content.table
        let original = content.network.denseByteCount
        let ratio = String(format: "%.1f", Double(original) / Double(max(1, table.total)))
        let rows =
            table.rows.map(row) + [
                ["graph", "", "", "", "", "", "", "", "", "\(table.graph)"],
                ["card, plan", "", "", "", "", "", "", "", "", "\(table.card + table.plan)"],
                ["header", "", "", "", "", "", "", "", "", "\(table.header)"], ["total", "", "", "", "", "", "", "", "", "\(table.total)"],
            ]
        let head = ["parameter", "shape", "kept", "values", "coding", "positions", "levels", "tables", "head", "bytes"]
        return "\(file): \(table.total) bytes, \(ratio) × smaller than \(original) as float32\n\n" + columns([head] + rows)
    }

    private static func row(_ row: ContainerTable.Row) -> [String] {
        let kept = row.nonzero.map { row.weights == 0 ? "–" : String(format: "%.1f %%", 100 * Double($0) / Double(row.weights)) } ?? "–"
        return [
            row.name, row.shape.map(String.init).joined(separator: "×"), kept, row.form, row.coding?.name ?? "as it is",
            "\(row.bytes.positions)", "\(row.bytes.values)", "\(row.bytes.tables + row.bytes.codebook)", "\(row.bytes.header)",
            "\(row.bytes.total)",
        ]
    }

    /// Words to the left, numbers to the right.
    private static func columns(_ rows: [[String]]) -> String {
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            row.indices.map { column in
                let space = String(repeating: " ", count: widths[column] - row[column].count)
                return column < 5 && column != 2 ? row[column] + space : space + row[column]
            }.joined(separator: "  ")
        }.joined(separator: "\n")
    }
}
