import Foundation
import Networks
import Tensors
import Testing

/// Where quantizers of activations are put.
@Suite struct ActivationNetworkTests {
    private func tensor(_ shape: Shape) -> Tensor { Tensor(shape: shape, floats: [Float](repeating: 1, count: shape.count)) }

    /// MatMul, bias, Relu; a Gemm that two nodes read; logits.
    private func network() -> Network {
        let parameters: [(String, Parameter.Role, Shape)] = [
            ("a.weight", .weight, [4, 4]), ("a.bias", .bias, [4]), ("b.weight", .weight, [4, 4]), ("c.weight", .weight, [4, 3]),
        ]
        var network = Network(
            name: "test", input: "x", inputShape: [4], output: "y",
            nodes: [
                Node(name: "a", operation: .matrixMultiplication, inputs: ["x", "a.weight"], outputs: ["a1"]),
                Node(name: "add", operation: .add, inputs: ["a1", "a.bias"], outputs: ["a2"]),
                Node(name: "relu", operation: .relu, inputs: ["a2"], outputs: ["a3"]),
                Node(name: "b", operation: .gemm(Gemm()), inputs: ["a3", "b.weight"], outputs: ["b1"]),
                Node(name: "sum", operation: .add, inputs: ["b1", "a3"], outputs: ["b2"]),
                Node(name: "tail", operation: .relu, inputs: ["b1"], outputs: ["b3"]),
                Node(name: "join", operation: .add, inputs: ["b2", "b3"], outputs: ["b4"]),
                Node(name: "c", operation: .gemm(Gemm()), inputs: ["b4", "c.weight"], outputs: ["c1"]),
                Node(name: "softmax", operation: .softmax(axis: 1), inputs: ["c1"], outputs: ["y"]),
            ], parameters: [:])
        for (name, role, shape) in parameters { network.parameters[name] = Parameter(name: name, role: role, values: tensor(shape)) }
        return network
    }

    @Test func clipStandsBehindTheRelu() throws {
        let quantized = network().applying(.quantizeActivations(["a.weight": .clipped(bits: 3, clip: .learned)], clips: ["a.weight": 1.5]))
        let added = Node(
            name: "a.quantizer", operation: .activation(.clipped(bits: 3)), inputs: ["a3", "a.clip"], outputs: ["a3.quantized"])
        #expect(quantized.nodes[3] == added)
        #expect(quantized.nodes[4].inputs == ["a3.quantized", "b.weight"])
        #expect(quantized.nodes[5].inputs == ["b1", "a3.quantized"])
        #expect(quantized.parameters["a.clip"]?.role == .clip)
        #expect(quantized.parameters["a.clip"]?.values.floats == [1.5])
        #expect(try quantized.shapes(batch: 2)["y"] == [2, 3])
        #expect(quantized.layers.map(\.weight) == network().layers.map(\.weight))
    }

    @Test func aValueOfSeveralReadersIsQuantizedForAll() {
        let quantized = network().applying(.quantizeActivations(["b.weight": .clipped(bits: 1, clip: .calibrated)]))
        #expect(quantized.nodes[4].inputs == ["b1", "b.clip"])
        #expect(quantized.nodes[5].inputs == ["b1.quantized", "a3"])
        #expect(quantized.nodes[6].inputs == ["b1.quantized"])
        #expect(quantized.parameters["b.clip"]?.role == .other)
        #expect(quantized.parameters["b.clip"]?.values.floats == [QuantizeActivations.initialClip])
    }

    @Test func signTakesThePlaceOfTheRelu() {
        let quantized = network().applying(.quantizeActivations(["a.weight": .sign, "b.weight": .sign]))
        #expect(quantized.nodes.count == network().nodes.count + 1)
        #expect(quantized.nodes[2] == Node(name: "relu", operation: .activation(.sign), inputs: ["a2"], outputs: ["a3"]))
        #expect(quantized.nodes[4].operation == .activation(.sign))
        #expect(quantized.parameters.count == 4)
    }

    @Test func logitsStayAndUnknownNamesAreLeft() {
        let quantized = network().applying(.quantizeActivations(["c.weight": .sign, "nothing": .sign]))
        #expect(quantized.nodes == network().nodes)
        #expect(network().quantizedValue(of: "c.weight") == nil)
        #expect(network().quantizedValue(of: "a.weight") == "a3")
        #expect(network().quantizedValue(of: "b.weight") == "b1")
    }

    @Test func bitsAndClipAreChecked() {
        var network = network().applying(.quantizeActivations(["a.weight": .clipped(bits: 9, clip: .learned)]))
        #expect(throws: ShapeError(node: "a.quantizer", operation: "Quantize", expected: "1…8 bits", actual: "9")) {
            try network.shapes(batch: 1)
        }
        network.nodes[3].operation = .activation(.clipped(bits: 8))
        network.parameters["a.clip"] = Parameter(name: "a.clip", role: .clip, values: tensor([2]))
        #expect(throws: ShapeError(node: "a.quantizer", operation: "Quantize", expected: "a clip [1]", actual: "[2]")) {
            try network.shapes(batch: 1)
        }
    }

    @Test(arguments: [ActivationQuantization.sign, .clipped(bits: 4, clip: .learned), .clipped(bits: 1, clip: .calibrated)])
    func codes(setting: ActivationQuantization) throws {
        let data = try JSONEncoder().encode(setting)
        #expect(try JSONDecoder().decode(ActivationQuantization.self, from: data) == setting)
    }
}
