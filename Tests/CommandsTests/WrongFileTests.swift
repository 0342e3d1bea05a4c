import Foundation
import TestSupport
import Testing

/// `pare explore` on every kind of wrong file: one message with file, place and what helps, a code other than 0, nothing written, nothing sent to the
/// terminal but text, and no more memory than such a file justifies.
@Suite("Wrong files", .serialized)
struct WrongFileTests {
    /// A file, and what its message must hold.
    struct Wrong: CustomTestStringConvertible, Sendable {
        var name: String
        var bytes: [UInt8]
        var words: String
        var code: Int32 = 65

        var testDescription: String { name }
    }

    private static func onnx(
        _ name: String, _ nodes: [Wire], _ initializers: [Wire] = [], input: [Int?] = [nil, 4], words: String
    ) -> Wrong {
        Wrong(name: name + ".onnx", bytes: Onnx.model(Onnx.graph(nodes, initializers, input: input)), words: words)
    }

    private static let dense = Onnx.node("Gemm", ["x", "w"], "y", name: "fc")

    /// A tensor whose data lie in another file.
    private static func external(_ location: String, offset: Int? = nil, length: Int? = nil) -> Wire {
        let pairs =
            [("location", location)]
            + [("offset", offset), ("length", length)].compactMap { key, value in
                value.map { (key, String($0)) }
            }
        let tensor = Wire().number(1, 4).number(1, 4).number(2, 1).text(8, "w")
        return tensor.messages(13, pairs.map { Wire().text(1, $0.0).text(2, $0.1) }).number(14, 1)
    }

    /// A subgraph in a node's attribute, again and again.
    private static var nested: [UInt8] {
        var graph = Wire().text(2, "g")
        for _ in 0..<3_000 { graph = Wire().message(1, Wire().message(5, Wire().message(6, graph))) }
        return Wire().message(7, graph).bytes
    }

    static let networkFiles: [Wrong] = [
        Wrong(name: "cut.onnx", bytes: Array(Onnx.everything.prefix(500)), words: "before the end of the file. The file may be cut"),
        Wrong(name: "text.onnx", bytes: Array("Hello, world".utf8), words: "The file may be damaged or no ONNX file."),
        Wrong(
            name: "lite.tflite", bytes: [28, 0, 0, 0] + Array("TFL3 and more".utf8),
            words: "found a network of TensorFlow Lite. Convert it: python -m tf2onnx.convert"),
        Wrong(name: "nested.onnx", bytes: nested, words: "nested.onnx"),
        onnx(
            "cycle",
            [Onnx.node("Add", ["x", "b"], "a", name: "one"), Onnx.node("Relu", ["a"], "b", name: "two"), Onnx.node("Relu", ["b"], "y")],
            words: "found a cycle of 2: 'two' → 'one'"),
        onnx(
            "missing", [dense], words: "an initializer, input or node that gives 'w', found none. Save the network again with its weights."),
        onnx("shapes", [dense], [Onnx.floats("w", [3, 4])], words: "node 'fc' (Gemm): expected B [4, M], found [3×4]"),
        onnx("lying", [dense], [Onnx.tensor("w", [4, 4], raw: [1, 2])], words: "expected 64 bytes for [4×4] of float32, found 2"),
        onnx("twice", [dense], [Onnx.floats("w", [4, 4]), Onnx.floats("w", [4, 4])], words: "expected different names, found 'w' twice"),
        onnx("absurd", [dense], [Onnx.tensor("w", [1 << 60, 16], raw: [])], words: "[1152921504606846976×16]"),
        onnx("wide", [dense], [Onnx.floats("w", [4, 4])], input: [nil, 1 << 60], words: "found [1152921504606846976]"),
        onnx(
            "escapes", [Onnx.node("Gemm", ["x", "w\u{1b}[2J"], "y", name: "fc\u{1b}]0;t\u{7}")], words: "node 'fc\\u{1b}]0;t\\u{7}'"),
        onnx("leaves", [dense], [external("../secret.bin")], words: "in the network's own folder, found '../secret.bin'"),
        onnx("absolute", [dense], [external("/etc/passwd")], words: "in the network's own folder, found '/etc/passwd'"),
        onnx("nowhere", [dense], [external("none.bin")], words: "Copy 'none.bin' into the folder of the network."),
        onnx("short", [dense], [external("data.bin", length: 1 << 60)], words: "found 1152921504606846976 from byte 0 of 16"),
        onnx(
            "beyond", [dense], [external("data.bin", offset: 1 << 60, length: 64)],
            words: "found 0 from byte 1152921504606846976 on, for it ends at 16"),
        onnx(
            "nan", [dense], [Onnx.floats("w", [4, 4]) { $0 == 6 ? .nan : 1 }],
            words: "tensor 'w': expected finite weights, found nan at [1, 2]"),
        onnx("empty", [dense], [Onnx.floats("w", [0, 4])], input: [nil, 0], words: "expected weights with elements, found 'w' [0×4]"),
        onnx("classless", [dense], [Onnx.floats("w", [4, 0])], words: "expected weights with elements, found 'w' [4×0]"),
    ]

    private static let one = #"{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}"#

    private static func safetensors(_ name: String, _ header: String, data: [UInt8] = [UInt8](repeating: 0, count: 8), words: String)
        -> Wrong
    {
        Wrong(name: name + ".safetensors", bytes: WeightsFiles.safetensors(header, data: 0) + data, words: words)
    }

    static let weightFiles: [Wrong] = [
        safetensors("cut", #"{"a":\#(one)}"#, data: [0, 0], words: "cut.safetensors"),
        safetensors("twice", #"{"a":\#(one),"a":\#(one)}"#, words: "'a' twice"),
        safetensors(
            "absurd", #"{"a":{"dtype":"F32","shape":[1152921504606846976],"data_offsets":[0,8]}}"#, words: "4611686018427387904 bytes"),
        safetensors("escapes", #"{"\u001b[2J":{"dtype":"F33","shape":[1,2],"data_offsets":[0,8]}}"#, words: "\\u{1b}[2J"),
        safetensors("nested", #"{"a":{"x":\#(String(repeating: "[", count: 70_000))"#, words: "nesting"),
        safetensors("empty", #"{"a":{"dtype":"F32","shape":[0,3],"data_offsets":[0,0]}}"#, data: [], words: "with elements"),
        safetensors(
            "nan", #"{"a":\#(one)}"#, data: WeightsFiles.floats([1, .infinity]),
            words: "tensor 'a': expected finite weights, found inf at [0, 1]"),
        Wrong(name: "lying.safetensors", bytes: WeightsFiles.number(UInt64(1) << 60) + [0x7B], words: "lying.safetensors"),
        Wrong(name: "cut.npz", bytes: [0x50, 0x4B, 3, 4, 0, 0], words: "cut.npz"),
        Wrong(
            name: "absurd.npz",
            bytes: WeightsFiles.zip([.init(name: "x.npy", content: WeightsFiles.npy("1152921504606846976, 8", data: []))]),
            words: "[1152921504606846976×8]"),
        Wrong(
            name: "bomb.npz",
            bytes: WeightsFiles.zip(
                [.init(name: "x.npy", content: WeightsFiles.npy("2", data: WeightsFiles.floats([1, 2])), method: 8, count: 1 << 60)],
                isLarge: true),
            words: "1,032 bytes"),
        Wrong(name: "lying.npy", bytes: WeightsFiles.npy("1152921504606846976, 8", data: []), words: "lying.npy"),
        Wrong(name: "count.gguf", bytes: WeightsFiles.gguf([.init()], count: 1 << 60), words: "more bytes"),
        Wrong(name: "absurd.gguf", bytes: WeightsFiles.gguf([.init(dimensions: [1 << 60])]), words: "absurd.gguf"),
        Wrong(name: "twice.gguf", bytes: WeightsFiles.gguf([.init(), .init()]), words: "'a.weight' twice"),
        Wrong(name: "escapes.gguf", bytes: WeightsFiles.gguf([.init(name: "\u{1b}[2J", type: 16)]), words: "\\u{1b}[2J"),
        Wrong(name: "pickle.pt", bytes: [0x80, 2, 0x7D], words: "weights_only=True"),
        Wrong(name: "cut.pare", bytes: [0x89] + Array("pare".utf8) + [1, 1, 0xFF, 0xFF, 1], words: "cut.pare"),
    ]

    @Test("Networks and weights", arguments: networkFiles + weightFiles)
    func networks(wrong: Wrong) throws {
        let place = try Workplace()
        try Data(wrong.bytes).write(to: URL(fileURLWithPath: place.path + "/" + wrong.name))
        try Data(count: 16).write(to: URL(fileURLWithPath: place.path + "/data.bin"))
        try expectRefusal(["explore", wrong.name], wrong, place)
    }

    /// IDX with a kind of number, axes and content.
    private static func idx(_ kind: UInt8, _ axes: [UInt32], _ content: [UInt8]) -> [UInt8] {
        [0, 0, kind, UInt8(axes.count)] + axes.flatMap { withUnsafeBytes(of: $0.bigEndian) { Array($0) } } + content
    }

    private static let images = [UInt8](repeating: 7, count: 4 * 784)

    /// Examples for lenet-5; those in a folder are given by that folder.
    static let exampleFiles: [Wrong] = [
        Wrong(
            name: "cut/x.npy", bytes: WeightsFiles.npy("4, 28, 28", "|u1", data: Array(images.dropLast())),
            words: "expected the bytes of [4×28×28]"),
        Wrong(
            name: "absurd/x.npy", bytes: WeightsFiles.npy("1152921504606846976, 28, 28", "|u1", data: [1]),
            words: "[1152921504606846976×28×28]"),
        Wrong(name: "none/x.npy", bytes: WeightsFiles.npy("0, 28, 28", "|u1", data: []), words: "none/x.npy"),
        Wrong(name: "idx/train-images-idx3-ubyte", bytes: idx(8, [4, 28, 28], Array(images.dropLast())), words: "train-images-idx3-ubyte"),
        Wrong(name: "idx/t10k-images-idx3-ubyte", bytes: idx(8, [1 << 31, 1 << 31, 1 << 31], []), words: "t10k-images-idx3-ubyte"),
        Wrong(name: "cifar/test_batch.bin", bytes: [UInt8](repeating: 0, count: 3_000), words: "whole records of 3073 bytes"),
        Wrong(name: "cifar/data_batch_1.bin", bytes: [200] + [UInt8](repeating: 0, count: 3_072), words: "data_batch_1.bin"),
        Wrong(
            name: "set.safetensors",
            bytes: WeightsFiles.safetensors(#"{"inputs":{"dtype":"U8","shape":[4,28,28],"data_offsets":[0,3136]}}"#, data: 9),
            words: "set.safetensors"),
        Wrong(name: "nowhere", bytes: [], words: "expected a folder that can be read", code: 66),
    ]

    @Test("Examples", arguments: exampleFiles)
    func examples(wrong: Wrong) throws {
        let place = try Workplace()
        let url = URL(fileURLWithPath: place.path + "/" + wrong.name)
        if wrong.code == 65 {
            try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(wrong.bytes).write(to: url)
        }
        let data = wrong.name.split(separator: "/").first.map(String.init) ?? wrong.name
        try expectRefusal(["explore", "lenet-5", "--data", data], wrong, place)
    }

    /// Runs with an address space of 400 MB, of which the program itself takes nearly 300.
    private func expectRefusal(_ arguments: [String], _ wrong: Wrong, _ place: Workplace) throws {
        let before = Set(try FileManager.default.subpathsOfDirectory(atPath: place.path))
        let terminal = try place.start(arguments, width: 500, addressSpace: 400_000)
        #expect(terminal.waitForEnd() == .exited(wrong.code), "\(wrong.name): \(terminal.screen.text)")
        let text = terminal.screen.text
        #expect(
            text.contains("pare: ") && text.contains(wrong.words) && text.contains(wrong.name.split(separator: "/").last ?? ""), "\(text)")
        #expect(text.split(separator: "\n").count { $0.contains("pare: ") } == 1)
        #expect(!terminal.output.contains(0x1B) && !terminal.output.contains(7), "something else than text was sent")
        #expect(Set(try FileManager.default.subpathsOfDirectory(atPath: place.path)) == before, "something was written")
    }
}
