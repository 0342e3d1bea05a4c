import Foundation
import TestSupport

extension Workplace {
    /// A small classifier, examples for it, a plan and a schedule that trains a moment, in this folder.
    func writeSeeds() throws {
        try write(
            bytes: Onnx.model(Onnx.graph([Onnx.node("Gemm", ["x", "w"], "y", name: "fc")], [Self.weights], input: [nil, 4])), "net.onnx")
        let inputs = (0..<240).map { Float(sin(Double($0 * $0))) }
        let labels = (0..<60).flatMap { WeightsFiles.number(Int64($0 % 3)) }
        let members = ["train", "test"].flatMap { split in
            [
                WeightsFiles.Member(name: "x_\(split).npy", content: WeightsFiles.npy("60, 4", data: WeightsFiles.floats(inputs))),
                WeightsFiles.Member(name: "y_\(split).npy", content: WeightsFiles.npy("60,", "<i8", data: labels)),
            ]
        }
        try write(bytes: WeightsFiles.zip(members), "data.npz")
        _ = try write("version: 1\nlayers:\n  '*': {level: 0.5}\n", to: "plan.yaml")
        _ = try write(
            "version: 1\nstages:\n  - name: one\n    plan: {layers: {'*': {level: 0.5}}}\n    train: {epochs: 1}\n", to: "schedule.yaml")
    }

    private static var weights: Wire { Onnx.floats("w", [4, 3]) { Float(cos(Double($0))) } }

    func write(bytes: [UInt8], _ name: String) throws { try Data(bytes).write(to: URL(fileURLWithPath: path + "/" + name)) }

    /// The bytes of a file here; nil where there is none.
    func bytes(_ name: String) -> [UInt8]? { (try? Data(contentsOf: URL(fileURLWithPath: path + "/" + name))).map(Array.init) }

    func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path + "/" + name) }

    /// How a script ended; a signal is 128 and its number.
    func shell(_ script: String) throws -> Result {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = ["-c", script]
        process.environment = environment.merging(["pare": Self.program, "LC_ALL": "C"]) { $1 }
        process.currentDirectoryURL = URL(fileURLWithPath: path)
        let files = try ["output", "message"].map { try write("", to: ".stream-\($0)") }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle(forWritingAtPath: files[0])
        process.standardError = FileHandle(forWritingAtPath: files[1])
        try process.run()
        process.waitUntilExit()
        let texts = try files.map { String(decoding: try Data(contentsOf: URL(fileURLWithPath: $0)), as: UTF8.self) }
        let code = process.terminationStatus + (process.terminationReason == .uncaughtSignal ? 128 : 0)
        return Result(code: code, output: texts[0], message: texts[1])
    }
}
