import Formats
import Foundation
import Tensors
import TestSupport
import Testing

/// Networks that end in a softmax, or whose logits are not finite, as users have them.
@Suite("Logits by commands", .serialized)
struct LogitsCommandTests {
    /// 1×8×8 → 10 classes: a dense layer and what stands behind it.
    private func network(_ ending: String?, scale: Float, _ place: Workplace) throws -> String {
        var generator = SeededGenerator(seed: 4)
        let weights = (0..<640).map { _ in Float(generator.normal()) * scale }
        let dense = [Onnx.node("Flatten", ["x"], "a"), Onnx.node("Gemm", ["a", "w"], ending == nil ? "y" : "z")]
        let nodes = dense + (ending.map { [Onnx.node($0, ["z"], "y")] } ?? [])
        let path = place.path + "/net.onnx"
        try Data(Onnx.model(Onnx.graph(nodes, [Onnx.floats("w", [64, 10]) { weights[$0] }]))).write(to: URL(fileURLWithPath: path))
        return path
    }

    /// Images of noise around one image for each class, for training and for validation.
    private func data(_ place: Workplace) throws -> String {
        var generator = SeededGenerator(seed: 5)
        let centres = (0..<640).map { _ in generator.normal() }
        let folder = place.path + "/set"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for (split, count) in [("train", 640), ("val", 200), ("test", 200)] {
            let labels = (0..<count).map { UInt8($0 % 10) }
            let pixels = labels.flatMap { label in (0..<64).map { Float(centres[64 * Int(label) + $0] + 0.5 * generator.normal()) } }
            for (name, bytes) in [
                ("x", WeightsFiles.npy("(\(count), 1, 8, 8)", data: WeightsFiles.floats(pixels))),
                ("y", WeightsFiles.npy("(\(count),)", "|u1", data: labels)),
            ] { try Data(bytes).write(to: URL(fileURLWithPath: "\(folder)/\(name)_\(split).npy")) }
        }
        return folder
    }

    @Test("A network that ends in LogSoftmax or Softmax trains and exports as the one without")
    func endings() throws {
        let place = try Workplace()
        let data = try data(place)
        var found: [[String]] = []
        for ending in [nil, "Softmax", "LogSoftmax"] {
            let path = try network(ending, scale: 0.1, place)
            let run = try place.run("train", path, "--data", data, "--scale", "1", "--epochs", "2", "--batch", "32", "--json")
            #expect(run.code == 0, "\(ending ?? "none"): \(run.message)")
            let lines = run.output.split(separator: "\n").compactMap {
                try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
            }
            let epochs = lines.compactMap { $0["epoch"] as? [String: Any] }
            #expect(epochs.count == 3)
            found.append(epochs.map { "\($0["loss"] ?? "") \($0["accuracy"] ?? "") \($0["crossEntropy"] ?? "")" })
            for (format, fileEnding) in [("c", "c"), ("onnx", "onnx"), ("onnx-qdq", "qdq.onnx"), ("pare", "pare")] {
                let output = place.path + "/\(ending ?? "none").small.\(fileEnding)"
                let export = try place.run("export", path, "--format", format, "-o", output)
                #expect(export.code == 0 && !export.output.contains("not part of the program"), "\(export)")
                if format != "c" { try expectEnding(ending, of: output, format, place) }
            }
            let trained = try place.run("train", path, "--data", data, "--scale", "1", "--epochs", "1", "-o", place.path + "/trained.onnx")
            #expect(trained.code == 0 && !trained.message.contains("output is logits"))
            try expectEnding(ending, of: place.path + "/trained.onnx", "onnx", place)
        }
        #expect(found[1] == found[0] && found[2] == found[0] && Set(found[0]).count == 3)
    }

    /// A written file ends as the opened one does, and gives its output the same name.
    private func expectEnding(_ ending: String?, of path: String, _ format: String, _ place: Workplace) throws {
        var path = path
        if format == "pare" {
            let decoded = path + ".onnx"
            #expect(try place.run("decode", path, "-o", decoded).code == 0)
            path = decoded
        }
        let read = try NetworkReader.read(path)
        #expect(
            read.finalSoftmax == ending && read.ended.output == "y" && read.ended.nodes.last?.operation.name == ending ?? "Gemm", "\(path)")
    }

    @Test("Without a finite cross-entropy there is none, and the examples are counted")
    func nothingFinite() throws {
        let place = try Workplace()
        let arguments = ["report", try network(nil, scale: 1e37, place), "--data", try data(place), "--scale", "1e3"]
        let report = try place.run(arguments + ["--json"])
        let accuracy = try #require((report.json as? [String: Any])?["accuracy"] as? [String: Any])
        #expect(accuracy["crossEntropy"] is NSNull && accuracy["originalCrossEntropy"] is NSNull && accuracy["cosine"] is NSNull)
        let count = try #require(accuracy["evaluated"] as? Int)
        #expect(count > 0 && accuracy["crossEntropyLeftOut"] as? Int == count && accuracy["logitsLeftOut"] as? Int == count)
        let text = try place.run(arguments).output
        #expect(text.contains("CE         not measured (\(count) examples with a cross-entropy that is not finite left out)"), "\(text)")
    }
}
