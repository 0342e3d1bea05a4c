import Networks
import OrderedCollections
import Tensors
import Testing

/// What layers are called whose weights an exporter left without a name.
struct LayerNameTests {
    /// A chain of products, each of one node's name and its weight's.
    private func names(_ chain: [(node: String, weight: String)]) -> [String] {
        var parameters = OrderedDictionary<String, Parameter>()
        var nodes: [Node] = []
        for (index, (node, weight)) in chain.enumerated() {
            parameters[weight] = Parameter(name: weight, role: .weight, values: Tensor(shape: [2, 2], floats: [1, 2, 3, 4]))
            nodes.append(
                Node(name: node, operation: .gemm(Gemm(transposeB: true)), inputs: ["v\(index)", weight], outputs: ["v\(index + 1)"]))
        }
        let network = Network(name: "n", input: "v0", inputShape: [2], output: "v\(chain.count)", nodes: nodes, parameters: parameters)
        #expect(network.layers.map(\.weight) == chain.map(\.weight))
        return network.layers.map(\.name)
    }

    @Test func takesTheModuleOfTheNodeThatReadsThem() {
        #expect(
            names([
                ("/conv1/Conv", "onnx::Conv_193"), ("/layer1/layer1.0/conv1/Conv", "onnx::Conv_196"),
                ("/features/features.2/conv/conv.0/conv.0.0/Conv", "497"), ("/fc/Gemm", "fc.weight"), ("Gemm_12", "onnx::Gemm_7"),
                ("/MatMul", "onnx::MatMul_8"),
            ]) == ["conv1", "layer1.0.conv1", "features.2.conv.0.0", "fc", "Gemm_12", "MatMul"])
    }

    /// The clip of quantized activations is called after the layer: a parameter of the file that is called so is none.
    @Test func leavesTheNamesOfClipsFree() throws {
        let gemm = Networks.Operation.gemm(Gemm())
        var network = Network(
            name: "n", input: "x", inputShape: [2], output: "y",
            nodes: [
                Node(name: "scale", operation: .binary(.multiply), inputs: ["x", "fc.clip"], outputs: ["s"]),
                Node(name: "fc", operation: gemm, inputs: ["s", "fc.weight"], outputs: ["h"]),
                Node(name: "last", operation: gemm, inputs: ["h", "last.weight"], outputs: ["y"]),
            ], parameters: [:])
        for name in ["fc.weight", "last.weight"] {
            network.parameters[name] = Parameter(name: name, role: .weight, values: Tensor(shape: [2, 2], floats: [1, 2, 3, 4]))
        }
        network.parameters["fc.clip"] = Parameter(name: "fc.clip", role: .other, values: Tensor(shape: [2], floats: [1, 2]))
        try network.check()
        #expect(network.layers.map(\.name) == ["fc.weight", "last"])
        let quantized = network.applying(.quantizeActivations(["fc.weight": .clipped(bits: 2, clip: .learned)]))
        try quantized.check()
        #expect(quantized.parameters["fc.clip"]?.shape == [2] && quantized.parameters["fc.weight.clip"]?.role == .clip)
        #expect(quantized.layers.map(\.name) == network.layers.map(\.name))
    }

    @Test func keepsNamesApart() {
        #expect(
            names([
                ("/a/Gemm", "onnx::Gemm_1"), ("/a/Gemm_1", "onnx::Gemm_2"), ("/a/Gemm_1", "onnx::Gemm_3"), ("x", "b"), ("y", "b.weight"),
            ])
                == ["a", "a.Gemm_1", "onnx::Gemm_3", "b", "b.weight"])
    }
}
