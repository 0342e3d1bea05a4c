import Foundation
import Testing

/// `pare latency probe`: files for another device, whose runner prints what `--latency` reads.
@Suite("Layers for another device")
struct LatencyProbeTests {
    private static let gcc = "/usr/bin/gcc"

    @Test(
        "The C programs compile without a warning, print a line for each layer, and the report carries the device's name",
        .enabled(if: FileManager.default.isExecutableFile(atPath: gcc)))
    func programs() throws {
        let place = try Workplace()
        place.environment["PARE_DATA"] = place.path + "/none"
        let folder = place.path + "/probe"
        let made = try place.run("latency", "probe", "lenet-300-100", "--batch", "4", "-o", folder)
        #expect(made.code == 0 && made.output.contains("3 layers in") && made.message.isEmpty, "\(made.message)")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder)
        #expect(files.count { $0.hasSuffix(".onnx") } == 3 && files.count { $0.hasSuffix(".c") } == 4)
        let sources = files.filter { $0.hasSuffix(".c") }.map { "\(folder)/\($0)" }
        let program = folder + "/run"
        let flags = ["-std=c99", "-O2", "-Wall", "-Wextra", "-Wconversion", "-Werror"]
        #expect(try Self.output(Self.gcc, flags + sources + ["-lm", "-o", program]).isEmpty)
        let printed = try Self.output(program, ["a board"])
        #expect(printed.hasPrefix("# device: a board\n# batch: 1\n") && printed.contains("float32 dense in=784 out=300 rows=1 then=Relu, "))
        let path = try place.write(printed, to: "board.csv")
        let report = try place.run("report", "lenet-300-100", "--latency", path).output
        #expect(report.contains("a board, batch 1") && !report.contains("not measured,") && report.contains("layers "))
    }

    private static func output(_ program: String, _ arguments: [String]) throws -> String {
        let (process, pipe) = (Process(), Pipe())
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        (process.standardOutput, process.standardError) = (pipe, pipe)
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return String(decoding: data, as: UTF8.self)
    }
}
