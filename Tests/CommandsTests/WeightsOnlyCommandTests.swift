import Formats
import Foundation
import Networks
import OrderedCollections
import Tensors
import TestSupport
import Testing

/// Files that hold weights and no graph: reported, explored, exported; bad ones are refused.
@Suite("Weights only", .serialized)
struct WeightsOnlyCommandTests {
    /// Two layers of Laplace weights in bfloat16 and float32, a bias and positions.
    private func file(in place: Workplace) throws -> String {
        var generator = SeededGenerator(seed: 9)
        func floats(_ shape: Shape) -> Tensor {
            Tensor(shape: shape, floats: (0..<shape.count).map { _ in Float(generator.laplace() * 0.05).roundedToBrainFloat })
        }
        let wide = floats([64, 96])
        let brain = TensorStorage(byteCount: 2 * wide.count) { memory in
            for (index, value) in wide.floats.enumerated() {
                memory.storeBytes(of: UInt16(value.bitPattern >> 16), toByteOffset: 2 * index, as: UInt16.self)
            }
        }
        let positions = TensorStorage(byteCount: 16) { $0.storeBytes(of: 5, as: Int64.self) }
        let tensors: OrderedDictionary<String, Tensor> = [
            "model.0.fc.weight": Tensor(shape: wide.shape, elementType: .bfloat16, storage: brain), "model.0.fc.bias": floats([64]),
            "model.1.fc.weight": floats([10, 64]), "ids": Tensor(shape: [1, 2], elementType: .int64, storage: positions),
        ]
        let path = place.path + "/my.safetensors"
        try Safetensors(tensors: tensors).write(to: path)
        return path
    }

    private static let plan = """
        version: 1
        layers:
          model.0.fc.weight: {level: 0.5}
          model.1.fc: {linear: {bits: 4}}
        """

    @Test("A report has everything but accuracy, and says how to get that")
    func report() throws {
        let place = try Workplace()
        let result = try place.run("report", try file(in: place), "--json")
        #expect(result.code == 0 && result.message.contains("weights only") && result.message.contains("torch.onnx.export"))
        let report = try #require(result.json as? [String: Any])
        #expect((report["layers"] as? [[String: Any]])?.count == 2)
        #expect(report["accuracy"] is NSNull || report["accuracy"] == nil)
    }

    @Test("Exports as safetensors keep types and names; .pare is read back; a graph is missed where one is needed")
    func exports() throws {
        let place = try Workplace()
        let (file, smaller) = (try file(in: place), place.path + "/smaller.safetensors")
        let plan = try place.write(Self.plan, to: "plan.yaml")
        let written = try place.run("export", file, "--plan", plan, "--format", "safetensors", "-o", smaller)
        #expect(written.code == 0, "\(written.message)")
        let (before, after) = (try Safetensors(path: file), try Safetensors(path: smaller))
        #expect(Set(before.tensors.keys) == Set(after.tensors.keys))
        #expect(after.tensors["model.0.fc.weight"]?.elementType == .bfloat16 && after.tensors["ids"]?.elementType == .int64)
        #expect(after.tensors["model.0.fc.weight"]?.floats.count { $0 == 0 } == 3_072)
        #expect(after.tensors["ids"]?.bytes.first == 5)
        let packed = place.path + "/small.pare"
        #expect(try place.run("export", file, "--plan", plan, "--format", "pare", "-o", packed).code == 0)
        let back = try place.run("report", packed, "--json")
        #expect(back.code == 0 && ((back.json as? [String: Any])?["layers"] as? [Any])?.count == 2, "\(back.message)")
        let refused = try place.run("export", file, "--format", "onnx", "-o", place.path + "/my.onnx")
        #expect(refused.code != 0 && refused.message.contains("needs a graph"))
    }

    @Test("The explorer opens it, and the accuracy pane says why there is none")
    func explore() throws {
        let place = try Workplace()
        let terminal = try place.start(["explore", try file(in: place)])
        try terminal.expect("model.0.fc")
        try terminal.expect("weights only, no")
        try terminal.expect("6,144")
        terminal.send("q")
        #expect(terminal.waitForEnd() == .exited(0))
    }

    @Test("Bad files: one message with the file, and code 65")
    func refusals() throws {
        let place = try Workplace()
        let header = #"{"a":{"dtype":"F32","shape":[1152921504606846976],"data_offsets":[0,4]}}"#
        let size = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Data($0) }
        let files: [(String, Data, String)] = [
            ("a.safetensors", size + Data(header.utf8) + Data(count: 4), "4611686018427387904"),
            ("b.gguf", Data("GGUF".utf8) + Data([3, 0, 0, 0, 255, 255]), "more bytes"), ("c.npz", Data([0x50, 0x4B, 3, 4, 0, 0]), "zip"),
            ("d.pt", Data([0x80, 2, 0x7D]), "weights_only=True"),
        ]
        for (name, data, words) in files {
            let path = place.path + "/" + name
            try data.write(to: URL(fileURLWithPath: path))
            let result = try place.run("report", path)
            #expect(result.code == 65 && result.message.contains(name) && result.message.contains(words), "\(result.message)")
        }
    }
}
