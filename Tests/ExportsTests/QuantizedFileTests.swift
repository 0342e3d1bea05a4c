import Compression
import Exports
import Formats
import Foundation
import Networks
import Tensors
import TestSupport
import Testing

/// Integers of files that quantizers write, against ONNX Runtime's answers (Scripts/make-quantized-fixtures.py).
@Suite("Integers of quantized files")
struct QuantizedFileTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fixtures/quantized")

    @Test(
        "Layers that quantize_static and tf2onnx wrote come to the codes of ONNX Runtime, within a step",
        arguments: ["cnn-qdq", "cnn-qoperator", "cnn-signed", "dense-qdq", "dense-qoperator", "dense-signed", "tflite"])
    func outputs(name: String) throws {
        let values = try Safetensors(path: Self.folder.appendingPathComponent("values.safetensors").path)
        let (x, y) = (try #require(values.tensors["\(name)/x"]), try #require(values.tensors["\(name)/y"]))
        let network = try NetworkReader.read(Self.folder.appendingPathComponent(name + ".onnx").path)
        let integers = try IntegerNetwork(Applied(unchanged: network))
        let (input, output) = (integers.values[integers.input], integers.values[integers.output])
        let isWhole = network.inputs[0].elementType != .float32
        let moved = network.inputs[0].elementType == .uint8 ? 128 : 0
        let codes = x.floats.map { value -> Int8 in
            let code =
                isWhole ? Double(value) - Double(moved) : Double((value / input.scale).rounded(.toNearestOrEven)) + Double(input.zeroPoint)
            return Int8(min(max(code, -128), 127))
        }
        let found = stride(from: 0, to: codes.count, by: input.count).flatMap {
            IntegerRun(integers, input: Array(codes[$0..<$0 + input.count])).output
        }
        let isCode = !(network.outputs[0].elementType?.isFraction ?? true)
        let shift = network.outputs[0].elementType == .uint8 ? 128 : 0
        let expected = y.floats.map { isCode ? Int($0) - shift : Int(($0 / output.scale).rounded()) + output.zeroPoint }
        #expect(found.count == expected.count && zip(found, expected).allSatisfy { abs($0 - $1) <= 1 })
        let different = zip(found, expected).count { $0 != $1 }
        #expect(Double(different) <= 0.05 * Double(expected.count), "\(different) of \(expected.count)")
    }
}
