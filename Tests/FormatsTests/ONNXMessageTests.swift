import Foundation
import Networks
import TestSupport
import Testing

@testable import Formats

/// The messages of ONNX's schema against files that other programs wrote, and against the wire format by hand.
@Suite("ONNX's messages")
struct ONNXMessageTests {
    @Test("What is written is what was read, byte for byte", arguments: ["lenet-5", "lenet-300-100", "bnn-mlp"])
    func roundTrip(name: String) throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Models/\(name).onnx")
        let bytes = try [UInt8](Data(contentsOf: file))
        let model = try ONNXModelProto(serializedBytes: bytes)
        #expect(model.graph.node.count > 2 && model.hasGraph)
        #expect([UInt8](model.serializedData()) == bytes)
        #expect(model.serializedParts().map { $0.reduce(into: Data()) { $0.append($1) } } == Data(bytes))
    }

    @Test("Fields go by their numbers, defaults are left out, numbers are packed, negative ones take ten bytes")
    func writing() {
        var attribute = ONNXAttributeProto()
        #expect(attribute.serializedData().isEmpty)
        attribute.type = 7
        attribute.ints = [1, -1, 300]
        attribute.f = -0.0
        attribute.name = "é"
        let expected: [UInt8] =
            [0x0A, 2, 0xC3, 0xA9, 0x15, 0, 0, 0, 0x80, 0x42, 13, 1] + [UInt8](repeating: 0xFF, count: 9) + [1, 0xAC, 2, 0xA0, 1, 7]
        #expect([UInt8](attribute.serializedData()) == expected)
        // An empty tensor that is there, and a size of 0, tell something.
        attribute = ONNXAttributeProto()
        attribute.t = ONNXTensorProto()
        #expect([UInt8](attribute.serializedData()) == [0x2A, 0])
        var dimension = ONNXTensorShapeProto.Dimension()
        dimension.value = .dimValue(0)
        #expect([UInt8](dimension.serializedData()) == [0x08, 0])
        dimension.value = .dimParam("")
        #expect([UInt8](dimension.serializedData()) == [0x12, 0])
    }

    @Test(
        "Numbers one by one or packed, the last of several texts, the sum of several messages; unknown fields and other wire types are passed over"
    )
    func reading() throws {
        let unpacked = try ONNXAttributeProto(serializedBytes: [0x40, 1, 0x40, 0xAC, 2, 0x42, 2, 3, 4, 0x3D, 0, 0, 0x80, 0x3F])
        #expect(unpacked.ints == [1, 300, 3, 4] && unpacked.floats == [1])
        let texts = try ONNXNodeProto(serializedBytes: [0x1A, 1, 0x61, 0x1A, 1, 0x62, 0x0A, 1, 0x63, 0x0A, 0])
        #expect(texts.name == "b" && texts.input == ["c", ""])
        // A graph's name and a node, in two messages of field 7.
        let sum = try ONNXModelProto(serializedBytes: [0x3A, 3, 0x12, 1, 0x67, 0x3A, 2, 0x0A, 0])
        #expect(sum.graph.name == "g" && sum.graph.node.count == 1)
        // Field 99 of each wire type, and `ir_version` as text.
        let unknown = try ONNXModelProto(
            serializedBytes: [0x98, 6, 1, 0x99, 6] + [UInt8](repeating: 7, count: 8) + [
                0x9A, 6, 1, 9, 0x9D, 6, 0, 0, 0, 0, 0x0A, 1, 5, 0x08, 9,
            ])
        #expect(unknown.irVersion == 9)
        let last = try ONNXTensorShapeProto.Dimension(serializedBytes: [0x08, 5, 0x12, 1, 0x6E])
        #expect(last.value == .dimParam("n"))
        #expect(try ONNXTensorProto(serializedBytes: [0x10] + [UInt8](repeating: 0xFF, count: 9) + [1]).dataType == -1)
    }

    @Test(
        "What is no message is refused",
        arguments: [
            ([0x08], .truncated), ([0x08, 0x80], .truncated), ([0x0A, 2, 1], .truncated), ([0x15, 0, 0, 0], .truncated),
            ([0x08] + [UInt8](repeating: 0x80, count: 10), .number), ([0x00, 1], .field), ([0x0B], .field), ([0x0C], .field),
            ([0x42, 2, 1, 0x80], .truncated), ([0x3A, 3, 0, 0, 0], .truncated), ([0x2A, 1, 0x08], .truncated),
        ] as [([UInt8], WireError)])
    func refusals(bytes: [UInt8], expected: WireError) {
        #expect(throws: expected) { try ONNXAttributeProto(serializedBytes: bytes) }
    }
}
