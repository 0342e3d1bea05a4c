import Exports
import Formats
import Foundation
import Networks
import Tensors
import Testing

/// A network of each kind that people bring, made by Scripts/make-kind-networks.py: trained, pruned and shared, retrained and written in every format by
/// the program's own commands.
@Suite("Networks of each kind, from training to every export", .serialized)
struct KindTests {
    struct Kind: Decodable, CustomTestStringConvertible, Sendable {
        var name: String
        var about: String
        var measure: String
        /// The figure that a training of so many epochs at that rate reaches.
        var least: Double
        var epochs: Int
        /// Epochs under the plan.
        var again: Int
        var rate: Double
        /// Why it is not written as C.
        var notC: String?

        private enum CodingKeys: String, CodingKey { case name, about, measure, least, epochs, again, rate, notC = "not_c" }

        var testDescription: String { about }
        static let folder = Workplace.root.appendingPathComponent("Tests/Fixtures/kinds")
        var network: String { Self.folder.appendingPathComponent(name + ".onnx").path }
        var data: String { Self.folder.appendingPathComponent(name + ".npz").path }
        /// What tells a command which examples and which figure.
        var options: [String] { ["--data", data, "--measure", measure] }
    }

    static let kinds =
        (try? JSONDecoder().decode([Kind].self, from: Data(contentsOf: Kind.folder.appendingPathComponent("kinds.json")))) ?? []

    @Test func areThere() { #expect(Self.kinds.count == 8) }

    @Test(arguments: kinds) func isCompressedAndWritten(kind: Kind) throws {
        let place = try Workplace()
        let trained = kind.epochs == 0 ? kind.network : place.path + "/trained.onnx"
        if kind.epochs > 0 { try train(kind, kind.network, ["--epochs", "\(kind.epochs)"], to: trained, place) }
        let before = try report(trained, kind, place)
        #expect(before.figure >= kind.least, "\(before.figure)")
        let plan = try place.write(
            "version: 1\nlayers:\n" + before.layers.map { "  '\($0)': {level: 0.5, shared: {bits: 4}}\n" }.joined(), to: "plan.yaml")
        let small = place.path + "/small.onnx"
        let told = try train(kind, trained, ["--plan", plan, "--epochs", "\(kind.again)"], to: small, place)
        #expect(told >= kind.least, "\(told)")
        #expect(try report(small, kind, place).figure == told)
        try holdsItsPlan(try NetworkReader.read(small), of: try NetworkReader.read(trained))
        try isWritten(small, kind, told, place)
    }

    /// Half of each layer's weights are 0, by the mask of before; the others are at most 16 values.
    private func holdsItsPlan(_ small: Network, of trained: Network) throws {
        #expect(small.layers.count == trained.layers.count && !small.layers.isEmpty)
        for layer in small.layers {
            let values = try #require(small.parameters[layer.weight]).values.floats
            let zeros = values.count { $0 == 0 }
            #expect(zeros == Int((Double(values.count) / 2).rounded()) && Set(values).count <= 17, "\(layer.name): \(zeros)")
        }
    }

    /// Trains by `pare train`; the figure that it says of what it wrote.
    @discardableResult
    private func train(_ kind: Kind, _ network: String, _ options: [String], to output: String, _ place: Workplace) throws -> Double {
        let recipe = ["--batch", "16", "--optimizer", "adamw", "--rate", "\(kind.rate)", "-o", output, "--json"]
        let run = try place.run(["train", network] + kind.options + options + recipe)
        #expect(run.code == 0, "\(run.message)")
        let last = try #require(run.output.split(separator: "\n").last)
        let result = try #require(try JSONSerialization.jsonObject(with: Data(last.utf8)) as? [String: Any])
        let validation = try #require(result["validation"] as? [String: Any])
        return try #require(Self.figure(validation), "\(result)")
    }

    private func report(_ file: String, _ kind: Kind, _ place: Workplace) throws -> (figure: Double, layers: [String]) {
        let run = try place.run(["report", file] + kind.options + ["--json"])
        let json = try #require(run.json as? [String: Any], "\(run)")
        let layers = try #require(json["layers"] as? [[String: Any]])
        return (try #require(Self.figure(json), "\(run)"), layers.compactMap { $0["name"] as? String })
    }

    private static func figure(_ report: [String: Any]) -> Double? {
        let found = report["figure"] as? [String: Any] ?? report["accuracy"] as? [String: Any] ?? report
        return found["current"] as? Double
    }

    /// In every format, which is read back with the same figure, by Pare, by ONNX Runtime, and by a compiled program.
    private func isWritten(_ small: String, _ kind: Kind, _ told: Double, _ place: Workplace) throws {
        var files: [ExportFormat: String] = [:]
        for format in ExportFormat.allCases {
            let file = place.path + "/out-\(format.rawValue).\(format.fileExtension)"
            let run = try place.run("export", small, "--format", format.rawValue, "-o", file)
            if format == .c, let reason = kind.notC {
                #expect(run.code == 65 && run.message.contains(reason), "\(run)")
                continue
            }
            #expect(run.code == 0, "\(format): \(run.message)")
            files[format] = file
        }
        for format in [ExportFormat.onnx, .quantizedONNX, .pare] {
            let file = try #require(files[format])
            #expect(try report(file, kind, place).figure == told, "\(format)")
        }
        let network = try NetworkReader.read(small)
        let file = try #require(files[.safetensors])
        let tensors = try Safetensors(path: file).tensors
        for layer in network.layers { #expect(tensors[layer.weight]?.floats == network.parameters[layer.weight]?.values.floats) }
        try runsInRuntime([ExportFormat.onnx, .quantizedONNX].compactMap { files[$0] }, kind, told)
        if let source = files[.c] { try runsAsProgram(source, kind, told) }
    }

    private func runsInRuntime(_ files: [String], _ kind: Kind, _ told: Double) throws {
        guard ExportCommandTests.hasRuntime else { return }
        let script = Workplace.root.appendingPathComponent("Scripts/check-kinds.py").path
        let (code, output) = try ExportSamples.run(ExportCommandTests.python, [script, kind.data, kind.measure] + files)
        let lines = output.split(separator: "\n").compactMap { try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] }
        #expect(code == 0 && lines.count == files.count, "\(output)")
        for line in lines { #expect(abs((line["figure"] as? Double ?? 99) - told) < 1e-5, "\(line) \(told)") }
    }

    private func runsAsProgram(_ source: String, _ kind: Kind, _ told: Double) throws {
        guard FileManager.default.isExecutableFile(atPath: KindProgram.compiler) else { return }
        let archive = try NPZ(path: kind.data)
        let found = try KindProgram.outputs(source, try archive.tensor("x_val"))
        let figure = KindFigure.of(kind.measure, found, try archive.tensor("y_val"))
        #expect(abs(figure - told) < 1e-5, "\(figure) \(told)")
    }
}
