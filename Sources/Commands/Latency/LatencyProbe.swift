import Compression
import Files
import Formats
import Foundation
import Networks

/// Distinct layers as files for another device, with a program that times them.
struct LatencyProbe {
    let works: [LayerWork]
    let batch: Int

    func write(to folder: String) throws(CommandFailure) {
        guard !FileManager.default.fileExists(atPath: folder) else {
            throw CommandFailure("\(folder) is there already. Give a folder that does not exist yet.", .cannotWrite)
        }
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

    func write(_ content: Data, to path: String) throws(CommandFailure) {
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
