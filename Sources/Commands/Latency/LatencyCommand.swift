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
            commandName: "probe", abstract: "Write each distinct layer as a small ONNX file, and a runner that prints their milliseconds.",
            discussion: """
                EXAMPLES:
                  pare latency probe lenet-5 --batch 16 -o probe    then, on the other device, with onnxruntime:
                  python3 probe/run.py > phone.csv
                  pare report lenet-5 --latency phone.csv           every ms is the other device's then
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
                    works = try Array(Set(opened.network.works().values)).sorted { $0.key < $1.key }
                } catch {
                    throw CommandFailure("\(opened.network.name) can't be timed: \(error)", .badData)
                }
                guard !works.isEmpty else { throw CommandFailure("\(opened.network.name) has no layer that can be timed.", .badData) }
                try LatencyProbe(works: works, batch: batch).write(to: output)
                Standard.output(
                    "\(works.count) layer\(works.count == 1 ? "" : "s") in \(output); python3 \(output)/run.py prints their milliseconds")
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

/// Distinct layers as files for another device, with a program that times them.
struct LatencyProbe {
    let works: [LayerWork]
    let batch: Int

    func write(to folder: String) throws(CommandFailure) {
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        } catch {
            throw CommandFailure(
                "\(folder) can't be made: \(error.localizedDescription) Give a folder that does not exist yet.", .cannotWrite)
        }
        var index = ""
        for (number, work) in works.enumerated() {
            let name = "layer\(number).onnx"
            let content: Data
            do throws(FormatError) { content = try NetworkWriter.data(of: work.network, file: name) } catch { throw CommandFailure(error) }
            try write(content, to: "\(folder)/\(name)")
            index += "\(name),\(LatencyTable.key(work, .float32))\n"
        }
        try write(Data(index.utf8), to: "\(folder)/index.csv")
        try write(Data(Self.runner(batch: batch).utf8), to: "\(folder)/run.py")
    }

    private func write(_ content: Data, to path: String) throws(CommandFailure) {
        do throws(OutputError) { try OutputFile.write([content], to: path) } catch { throw CommandFailure(error) }
    }

    /// The same rules as here: three warm-ups, then the shortest of seven runs of at least 5 ms.
    private static func runner(batch: Int) -> String {
        """
        #!/usr/bin/env python3
        \"\"\"Times the layers of index.csv with onnxruntime and prints `key, ms`; the name of the device may be given.\"\"\"
        from math import ceil, inf, prod
        from pathlib import Path
        from platform import node
        from sys import argv
        from time import perf_counter

        from numpy import arange, float32
        from onnxruntime import InferenceSession, get_available_providers

        BATCH, WARM_UPS, RUNS, LEAST = \(batch), 3, 7, 0.005


        def seconds(path):
            session = InferenceSession(str(path), providers=get_available_providers())
            given = session.get_inputs()[0]
            shape = [BATCH] + [int(size) for size in given.shape[1:]]
            feed = {given.name: (arange(prod(shape), dtype=float32) % 31 / 16 - 1).reshape(shape)}
            for _ in range(WARM_UPS):
                start = perf_counter()
                session.run(None, feed)
                once = perf_counter() - start
            passes, best = max(1, ceil(LEAST / once)), inf
            for _ in range(RUNS):
                start = perf_counter()
                for _ in range(passes):
                    session.run(None, feed)
                best = min(best, (perf_counter() - start) / passes)
            return best


        here = Path(__file__).parent
        print(f"# device: {argv[1] if len(argv) > 1 else node()}")
        print(f"# batch: {BATCH}")
        for line in (here / "index.csv").read_text().splitlines():
            name, key = line.split(",", 1)
            print(f"{key}, {1000 * seconds(here / name):.6g}", flush=True)

        """
    }
}
