import Formats
import Foundation
import Networks
import TestSupport
import Testing

/// What is said of each kind of bad ONNX file; FILE stands for its path.
struct NetworkRefusalTests {
    private func message(_ bytes: [UInt8]) throws -> String {
        try Fixture.withFile(bytes) { path in
            let refusal = Fixture.refusal { _ = try NetworkReader.read(path) }
            return refusal?.message.replacingOccurrences(of: path, with: "FILE") ?? "read"
        }
    }

    private func message(_ nodes: [Wire], _ initializers: [Wire] = [], input: [Int?] = [nil, 2], output: String = "y") throws -> String {
        try message(Onnx.model(Onnx.graph(nodes, initializers, input: input, output: output)))
    }

    @Test func refusesWhatIsNoModel() throws {
        #expect(try message([]) == "FILE: ONNX model: expected a graph with nodes, found none. Give a network exported as ONNX.")
        #expect(
            try message(Array("Hello, world".utf8))
                == "FILE, byte 2: ONNX model: expected a wire type of 0, 1, 2 or 5, found 4. The file may be damaged or no ONNX file.")
        #expect(
            try message(Array(Onnx.everything.prefix(500)))
                == "FILE, byte 3: ONNX model: expected \(Onnx.everything.count - 5 - 6) bytes, found 495 before the end of the file. "
                + "The file may be cut or no ONNX file.")
    }

    @Test func namesTheNodesOfACycle() throws {
        let nodes = [
            Onnx.node("Add", ["x", "b"], "a", name: "one"), Onnx.node("Relu", ["a"], "b", name: "two"),
            Onnx.node("Relu", ["b"], "y", name: "three"),
        ]
        #expect(
            try message(nodes)
                == "FILE: graph: expected nodes that can run one after the other, found a cycle of 2: 'two' → 'one'.")
    }

    @Test func namesWhatIsMissingOrDouble() throws {
        #expect(
            try message([Onnx.node("Gemm", ["x", "w"], "y", name: "fc")])
                == "FILE: node 'fc': expected an initializer, input or node that gives 'w', found none. "
                + "Save the network again with its weights.")
        #expect(
            try message([Onnx.node("Relu", ["x"], "y"), Onnx.node("Relu", ["x"], "y")])
                == "FILE: node 'Relu' number 2: expected an output of its own, found 'y', which exists already.")
        #expect(
            try message([Onnx.node("Relu", ["x"], "y")], [Onnx.floats("w", [1]), Onnx.floats("w", [1])])
                == "FILE: initializers: expected different names, found 'w' twice.")
        #expect(
            try message([Onnx.node("Relu", ["x"], "y")], output: "z")
                == "FILE: graph output: expected a node that makes 'z', found none.")
    }

    @Test func namesBothShapes() throws {
        #expect(
            try message([Onnx.node("Gemm", ["x", "w"], "y", name: "fc")], [Onnx.floats("w", [3, 4])])
                == "FILE: node 'fc' (Gemm): expected B [2, M], found [3×4].")
        #expect(
            try message([Onnx.node("Relu", ["x"], "y")], [Onnx.tensor("w", [3], raw: [1, 2, 3, 4])])
                .hasSuffix(": tensor 'w': expected 12 bytes for [3] of float32, found 4."))
    }

    @Test func refusesAbsurdSizes() throws {
        #expect(
            try message([Onnx.node("Relu", ["x"], "y")], [Onnx.tensor("w", [1 << 60, 16], raw: [])])
                == "FILE: tensor 'w': expected at most 16 dimensions whose product can be counted, found [1152921504606846976×16].")
        #expect(
            try message([Onnx.node("Relu", ["x"], "y")], input: [nil, 1 << 60])
                == "FILE: graph input 'x': expected examples of at most 268435456 values, found [1152921504606846976].")
        let pool = Onnx.node("MaxPool", ["x"], "y", [Onnx.ints("kernel_shape", [1 << 60, 1])], name: "p")
        let pooled = try message([pool], input: [nil, 1, 4, 4])
        #expect(
            pooled
                == "FILE: node 'p' (MaxPool): expected 2 sizes, strides and dilations of 1…2^20 and 4 pads, "
                + "found kernel [1152921504606846976, 1], strides [1, 1], dilations [1, 1], pads [0, 0, 0, 0].")
        let wide = Onnx.node("Conv", ["x", "w"], "y", [Onnx.ints("pads", [1 << 20, 1 << 20, 0, 0])], name: "c")
        let convolved = try message([wide], [Onnx.floats("w", [1, 1, 1, 1])], input: [nil, 1, 4, 4])
        #expect(
            convolved
                == "FILE: node 'c' (Conv): expected at most 268435456 values an example, found [N×1×1048580×1048580].")
    }

    @Test func stopsAtTooManyMessages() throws {
        // 4 MB of empty nodes, which would be decoded to 250 MB.
        let graph = [UInt8](repeating: 0, count: 4 << 20).enumerated().map { $0.offset % 2 == 0 ? UInt8(0x0A) : 0 }
        let message = try message(Wire().block(7, graph).bytes)
        #expect(message.hasSuffix("ONNX: expected at most 1000000 messages and texts, found more."))
    }

    @Test func escapesNamesFromTheFile() throws {
        let message = try message([Onnx.node("Relu", ["\u{1B}[31m\u{202E}red\n"], "y", name: String(repeating: "n", count: 900))])
        #expect(message.contains(#"'\u{1b}[31m\u{202e}red\u{a}'"#))
        #expect(message.count < 400)
    }

    @Test func refusesTextThatIsNotUTF8() throws {
        let node = Wire().text(1, "x").text(2, "y").block(4, [0xFF, 0xFE])
        #expect(try message([node]).hasSuffix(": ONNX text: expected UTF-8, found other bytes."))
    }

    @Test func refusesTwoBlocksOfData() throws {
        let tensor = Wire(bytes: Onnx.floats("w", [1]).bytes).block(9, [0, 0, 0, 0])
        #expect(
            try message([Onnx.node("Relu", ["x"], "y")], [tensor])
                .contains("ONNX tensor: expected one block of tensor data, found a second one."))
    }

    @Test func namesAMissingFile() {
        let refusal = Fixture.refusal { _ = try NetworkReader.read("/nowhere/net.onnx") }
        #expect(
            refusal?.message
                == "/nowhere/net.onnx: file: expected a file that can be read, found No such file or directory. Check the path.")
        #expect(Fixture.refusal { _ = try NetworkReader.read("/tmp") }?.actual == "a folder")
    }
}
