import ArgumentParser
import Compression
import Engine
import Files
import Formats
import Foundation
import Kernels
import Networks

/// `pare latency`: what has to be timed on another device, so that its milliseconds can be read here.
struct LatencyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "latency", abstract: "Time the layers of a network on another device.", subcommands: [Probe.self],
        defaultSubcommand: Probe.self)

    /// `pare latency probe -o DIR`
    struct Probe: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "probe", abstract: "Write each distinct layer as ONNX and as C, with runners that print their milliseconds.",
            discussion: """
                EXAMPLES:
                  pare latency probe lenet-5 --batch 16 -o probe    then, on the other device, with onnxruntime:
                  python3 probe/run.py > phone.csv
                  pare report lenet-5 --latency phone.csv           every ms is the other device's then
                  cc -O2 probe/*.c -lm -o probe/run && probe/run "a board" > board.csv    without onnxruntime, one example at a time
                """)

        @OptionGroup var model: ModelOptions
        @OptionGroup var folders: FolderOptions
        @Option(name: .shortAndLong, help: ArgumentHelp("A new folder.", valueName: "dir"))
        var output: String
        @Option(help: ArgumentHelp("Examples of one batch.", valueName: "n"))
        var batch: Int = 1

        func validate() throws { try LatencyBatch.check(batch) }

        func run() throws {
            try CommandFailure.reporting {
                let opened = try OpenedModel(model.model, data: model.data, edits: model.edits, locations: folders.locations)
                let works: [LayerWork]
                do throws(ShapeError) {
                    works = try Array(Set(TimedParts(opened.network).works.values.map(\.portable))).sorted { $0.key < $1.key }
                } catch {
                    throw CommandFailure("\(opened.network.name) can't be timed: \(error)", .badData)
                }
                guard !works.isEmpty else { throw CommandFailure("\(opened.network.name) has no layer that can be timed.", .badData) }
                let probe = LatencyProbe(works: works, batch: batch)
                try probe.write(to: output)
                let missing = try probe.writePrograms(to: output)
                Standard.output(
                    "\(works.count) layer\(works.count == 1 ? "" : "s") in \(output); python3 \(output)/run.py prints their milliseconds, "
                        + "and so does run.c with the other C files")
                for (key, reason) in missing { Standard.error("pare: no C of \(key): \(reason)") }
            }
        }
    }
}

/// Examples of one batch that times are of.
enum LatencyBatch {
    static let range = 1...4_096

    static func check(_ batch: Int) throws {
        guard range.contains(batch) else { throw ValidationError("--batch takes \(range.lowerBound)…\(range.upperBound), not \(batch).") }
    }
}
