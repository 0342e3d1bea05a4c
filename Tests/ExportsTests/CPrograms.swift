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
        let sizes = try networks.map { network, examples in
            let ended = network.network.ended
            return examples.count / max(1, network.base.inputShape.count) * (try ended.shapes(batch: 1)[ended.output]?.count ?? 0)
        }
        let inputs = networks.map { _, examples in examples.withUnsafeBytes { Data($0) } }
        let types = networks.map { _ in ("float", "float") }
        let bytes = try run(networks.map(\.network), inputs, types, isOptimized: isOptimized)
        return pieces(bytes.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }, sizes)
    }

    /// The codes, or sums of 32 bits, that networks of integers make of codes.
    static func codes(
        _ networks: [(network: Applied, integers: IntegerNetwork, examples: [Int8])], card: ModelCard? = nil, isOptimized: Bool = true
    ) throws -> [[Int]] {
        let sizes = networks.map { _, integers, examples in
            examples.count / integers.values[integers.input].count * integers.values[integers.output].count
        }
        let inputs = networks.map { _, _, examples in examples.withUnsafeBytes { Data($0) } }
        let types = networks.map { _, integers, _ in ("int8_t", integers.isWide ? "int32_t" : "int8_t") }
        let bytes = try run(networks.map(\.network), inputs, types, card: card, isOptimized: isOptimized)
        var (found, start) = ([[Int]](), 0)
        for (size, (_, type)) in zip(sizes, types) {
            let width = type == "int8_t" ? 1 : 4
            guard start + size * width <= bytes.count else { throw Failed(description: "the program wrote \(bytes.count) bytes only") }
            let piece = bytes.subdata(in: start..<start + size * width)
            found.append(
                piece.withUnsafeBytes { raw in
                    width == 1 ? raw.map { Int(Int8(bitPattern: $0)) } : raw.bindMemory(to: Int32.self).map(Int.init)
                })
            start += size * width
        }
        return found
    }

    private static func pieces<Element>(_ all: [Element], _ sizes: [Int]) -> [[Element]] {
        var start = 0
        return sizes.map { size in
            defer { start += size }
            return Array(all[min(start, all.count)..<min(start + size, all.count)])
        }
    }

    /// What a program of all networks writes for all examples.
    private static func run(
        _ networks: [Applied], _ inputs: [Data], _ types: [(input: String, output: String)], card: ModelCard? = nil, isOptimized: Bool
    ) throws -> Data {
        let folder = NSTemporaryDirectory() + "pare-c-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var (includes, runs, sources) = ("", "", [String]())
        for (index, network) in networks.enumerated() {
            let (name, size) = ("n\(index)", network.base.inputShape.count * (types[index].input == "float" ? 4 : 1))
            _ = try NetworkExport.write(network, as: .c, card: card, to: "\(folder)/\(name).c")
            sources.append("\(name).c")
            includes += "#include \"\(name).h\"\n"
            let examples = inputs[index].count / max(1, size)
            runs += "    RUN(\(name), \(name.uppercased()), \(types[index].input), \(types[index].output), \(examples))\n"
        }
        try Data((includes + driver.replacingOccurrences(of: "RUNS", with: runs)).utf8).write(to: URL(fileURLWithPath: folder + "/main.c"))
        try inputs.reduce(Data(), +).write(to: URL(fileURLWithPath: folder + "/input"))
        let flags = ["-std=c99", isOptimized ? "-O1" : "-O0", "-Wall", "-Wextra", "-Wconversion", "-Werror", "main.c"]
        try run(gcc, flags + sources + ["-o", "program"], in: folder)
        try run(folder + "/program", [], in: folder)
        return try Data(contentsOf: URL(fileURLWithPath: folder + "/output"))
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

        #define RUN(name, NAME, from_type, to_type, examples) \\
            for (i = 0; i < examples; i++) { \\
                static from_type input[NAME##_INPUT_COUNT]; \\
                static to_type output[NAME##_OUTPUT_COUNT]; \\
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
