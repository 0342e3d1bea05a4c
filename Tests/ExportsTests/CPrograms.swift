import Compression
import Exports
import Foundation
import Networks
import TestSupport

/// Networks written as C, compiled together by gcc without a warning, and run on examples.
enum CPrograms {
    static let gcc = "/usr/bin/gcc"

    static var isAvailable: Bool { FileManager.default.isExecutableFile(atPath: gcc) }

    struct Failed: Error, CustomStringConvertible {
        var description: String
    }

    /// The outputs of each network for its examples, one after another.
    ///
    /// - Parameter isOptimized: With the analysis of flow that some warnings need, which takes twice as long.
    static func outputs(_ networks: [(network: Applied, examples: [Float])], isOptimized: Bool = true) throws -> [[Float]] {
        let folder = NSTemporaryDirectory() + "pare-c-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var (includes, runs, sources, input) = ("", "", [String](), [Float]())
        for (index, (network, examples)) in networks.enumerated() {
            let name = "n\(index)"
            _ = try NetworkExport.write(network, as: .c, to: "\(folder)/\(name).c")
            sources.append("\(name).c")
            includes += "#include \"\(name).h\"\n"
            let count = network.base.inputShape.count
            runs += "    RUN(\(name), \(name.uppercased()), \(examples.count / max(1, count)))\n"
            input += examples
        }
        try Data((includes + driver.replacingOccurrences(of: "RUNS", with: runs)).utf8).write(to: URL(fileURLWithPath: folder + "/main.c"))
        try input.withUnsafeBytes { Data($0) }.write(to: URL(fileURLWithPath: folder + "/input"))
        let flags = ["-std=c99", isOptimized ? "-O1" : "-O0", "-Wall", "-Wextra", "-Wconversion", "-Werror", "main.c"]
        try run(gcc, flags + sources + ["-o", "program"], in: folder)
        try run(folder + "/program", [], in: folder)
        let bytes = try Data(contentsOf: URL(fileURLWithPath: folder + "/output"))
        let all = bytes.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
        var (found, start) = ([[Float]](), 0)
        for (network, examples) in networks {
            let ended = network.network.ended
            let size = try ended.shapes(batch: 1)[ended.output]?.count ?? 0
            let count = examples.count / max(1, network.base.inputShape.count) * size
            guard start + count <= all.count else { throw Failed(description: "the program wrote \(all.count) values only") }
            found.append(Array(all[start..<start + count]))
            start += count
        }
        return found
    }

    static func run(_ program: String, _ arguments: [String], in folder: String) throws {
        let (process, messages) = (Process(), Pipe())
        process.executableURL = URL(fileURLWithPath: program)
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        process.arguments = arguments
        process.standardError = messages
        try process.run()
        let text = String(decoding: messages.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failed(description: "\(program): \(process.terminationStatus)\n\(text)") }
    }

    private static let driver = """
        #include <stdio.h>

        #define RUN(name, NAME, examples) \\
            for (i = 0; i < examples; i++) { \\
                static float input[NAME##_INPUT_COUNT], output[NAME##_OUTPUT_COUNT]; \\
                if (fread(input, sizeof input, 1, from) != 1) return 1; \\
                name##_run(input, output); \\
                if (fwrite(output, sizeof output, 1, to) != 1) return 2; \\
            }

        int main(void)
        {
            FILE *from = fopen("input", "rb"), *to = fopen("output", "wb");
            int i;
            if (from == NULL || to == NULL)
                return 3;
        RUNS    return fclose(to);
        }

        """
}
