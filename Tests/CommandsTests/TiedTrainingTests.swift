import Formats
import Foundation
import Networks
import Tensors
import TestSupport
import Testing

/// Weights that two nodes read, once through a Transpose, trained as one parameter.
@Suite("Training of tied weights", .serialized)
struct TiedTrainingTests {
    /// x [count, 12] and what such a network with other weights makes of it, as two arrays of NumPy.
    private func write(_ place: Workplace, like network: Network) throws -> String {
        var generator = SeededGenerator(seed: 8)
        var other = network
        let weights = (0..<84).map { _ in Float(0.4 * generator.normal()) }
        other.parameters["w"]?.values = Tensor(shape: [12, 7], floats: weights)
        let x = (0..<240 * 12).map { _ in Float(generator.normal()) }
        var y: [Float] = []
        for row in 0..<240 {
            var hidden = [Float](repeating: 0, count: 7)
            for unit in 0..<7 {
                for place in 0..<12 { hidden[unit] += x[row * 12 + place] * weights[place * 7 + unit] }
                hidden[unit] = max(0, hidden[unit])
            }
            for place in 0..<12 { y.append((0..<7).reduce(0) { $0 + hidden[$1] * weights[place * 7 + $1] }) }
        }
        let folder = place.path + "/set"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for (split, rows) in [("train", 0..<160), ("val", 160..<200), ("test", 200..<240)] {
            for (name, values) in [("x", x), ("y", y)] {
                let part = Array(values[rows.lowerBound * 12..<rows.upperBound * 12])
                let bytes = part.withUnsafeBytes { Array($0) }
                try Data(WeightsFiles.npy("(\(rows.count), 12)", data: bytes)).write(
                    to: URL(fileURLWithPath: "\(folder)/\(name)_\(split).npy"))
            }
        }
        return folder
    }

    private func figure(_ run: Workplace.Result) throws -> Double {
        let figure = try #require((run.json as? [String: Any])?["figure"] as? [String: Any], "\(run)")
        return try #require(figure["current"] as? Double)
    }

    @Test("It learns, under a plan too, and what is written has one parameter that both nodes read")
    func learns() throws {
        let place = try Workplace()
        let file = Workplace.root.appendingPathComponent("Tests/Fixtures/types/tied.onnx").path
        let data = try write(place, like: try NetworkReader.read(file))
        let options = ["--data", data, "--measure", "r2"]
        let before = try figure(try place.run(["report", file] + options + ["--json"]))
        let trained = place.path + "/trained.onnx"
        let recipe = ["--epochs", "30", "--batch", "16", "--optimizer", "adamw", "--rate", "0.01"]
        let run = try place.run(["train", file] + options + recipe + ["-o", trained])
        #expect(run.code == 0, "\(run)")
        let after = try figure(try place.run(["report", trained] + options + ["--json"]))
        #expect(after > 0.6 && after > before + 1, "\(before) \(after)")
        let plan = try place.write("version: 1\nlayers: {'*': {level: 0.3, linear: {bits: 8}}}\n", to: "plan.yaml")
        let small = place.path + "/small.onnx"
        let again = try place.run(
            ["train", trained, "--plan", plan] + options + ["--epochs", "10", "--batch", "16", "--rate", "0.01", "-o", small])
        #expect(again.code == 0, "\(again)")
        for path in [trained, small] {
            let network = try NetworkReader.read(path)
            let layer = try #require(network.layers.first)
            #expect(
                network.layers.count == 1 && network.parameterCount == 84 && network.index.readers(of: layer.weight).count == 2, "\(path)")
        }
        let values = try #require(try NetworkReader.read(small).parameters.values.first).values.floats
        #expect(values.count { $0 == 0 } == 25)
        for format in ["onnx-qdq", "pare"] {
            let out = place.path + "/out." + (format == "pare" ? "pare" : "onnx")
            #expect(try place.run("export", small, "--format", format, "-o", out).code == 0)
            let told = try figure(try place.run(["report", out] + options + ["--json"]))
            #expect(abs(told - (try figure(try place.run(["report", small] + options + ["--json"])))) < 1e-6)
        }
    }
}
