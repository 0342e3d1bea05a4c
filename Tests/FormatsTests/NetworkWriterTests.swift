import Formats
import Foundation
import Networks
import OrderedCollections
import Tensors
import Testing

/// What is written is read back as it was.
struct NetworkWriterTests {
    static let names = [
        "lenet-300-100", "lenet-5", "mlp", "mlp-30-30", "resnet-20", "firenet-2", "firenet-3", "firenet-4", "bnn-mlp", "bnn-30",
    ]

    @Test(arguments: ["lenet-300-100", "lenet-5"])
    func keepsTheBundledNetworks(name: String) throws {
        try expectSame(NetworkReader.read(Fixture.model(name)))
    }

    @Test(arguments: names)
    func keepsEveryArchitecture(name: String) throws {
        try expectSame(Architecture(name: name, classes: 12).network(seed: 9))
    }

    // The graph that PyTorch's exporter made; it numbers the reshaping node.
    @Test(arguments: ["lenet-300-100", "lenet-5"])
    func makesTheBundledGraphsAfresh(name: String) throws {
        let bundled = try NetworkReader.read(Fixture.model(name))
        let fresh = try Architecture(name: name).network(seed: 1)
        #expect(fresh.nodes.map(\.operation) == bundled.nodes.map(\.operation))
        #expect(fresh.nodes.map(\.inputs) == bundled.nodes.map(\.inputs))
        #expect(fresh.nodes.map(\.outputs) == bundled.nodes.map(\.outputs))
        #expect(fresh.parameters.values.map(\.name) == bundled.parameters.values.map(\.name))
        #expect(fresh.parameters.values.map(\.shape) == bundled.parameters.values.map(\.shape))
        #expect(fresh.parameters.values.map(\.role) == bundled.parameters.values.map(\.role))
        #expect(fresh.input == bundled.input && fresh.output == bundled.output && fresh.inputShape == bundled.inputShape)
    }

    @Test func keepsEveryOperation() throws {
        func parameter(_ name: String, _ role: Parameter.Role, _ shape: Shape) -> (String, Parameter) {
            (name, Parameter(name: name, role: role, values: Tensor(shape: shape, floats: (0..<shape.count).map { Float($0) - .pi })))
        }
        let average = Pooling(
            kernel: [2, 3], strides: [1, 2], pads: [1, 0, 1, 2], dilations: [2, 1], ceilMode: true, countIncludesPadding: true)
        let operations: [(Networks.Operation, [String])] = [
            (
                .convolution(Convolution(kernel: [3, 2], strides: [2, 1], dilations: [1, 2], pads: [0, 1, 2, 1], groups: 2)),
                ["conv.weight"]
            ),
            (.maxPool(Pooling(kernel: [2, 2], strides: [1, 1], pads: [1, 0, 0, 1], dilations: [2, 2], ceilMode: true)), []),
            (.averagePool(average), []), (.averagePool(Pooling(kernel: [1, 1])), []),
            (.batchNormalization(epsilon: 0.25), ["n.weight", "n.bias", "n.mean", "n.variance"]),
            (.softmax(axis: 1), []), (.identity, []), (.dropout(ratio: 0.25), []), (.activation(.sign), []), (.relu, []),
            (.globalAveragePool, []), (.flatten(axis: 1), []),
            (.reshape(dimensions: [0, 2, 2], allowZero: false), []), (.reshape(dimensions: [-1, 4], allowZero: true), []),
            (.matrixMultiplication, ["linear.weight"]), (.add, ["linear.bias"]),
            (.gemm(Gemm(alpha: 0.5, beta: 2)), ["fc.weight", "fc.bias"]),
        ]
        var nodes: [Node] = []
        for (index, (operation, inputs)) in operations.enumerated() {
            let output = index == operations.count - 1 ? "logits" : "v\(index)_shape"
            nodes.append(Node(name: "n\(index)", operation: operation, inputs: [nodes.last?.outputs[0] ?? "x"] + inputs, outputs: [output]))
        }
        let parameters = OrderedDictionary(uniqueKeysWithValues: [
            parameter("conv.weight", .weight, [4, 1, 3, 2]), parameter("n.weight", .normalization, [4]),
            parameter("n.bias", .normalization, [4]), parameter("n.mean", .normalization, [4]),
            parameter("n.variance", .normalization, [4]),
            parameter("linear.weight", .weight, [4, 5]), parameter("linear.bias", .bias, [5]), parameter("fc.weight", .weight, [5, 3]),
            parameter("fc.bias", .bias, [3]),
        ])
        try expectSame(Network(name: "all", input: "x", inputShape: [2, 9, 9], output: "logits", nodes: nodes, parameters: parameters))
    }

    @Test func namesTheFileThatItWrote() throws {
        try Fixture.withFolder { folder in
            let path = folder.appendingPathComponent("fresh.onnx").path
            let source = try NetworkWriter.write(Architecture(name: "mlp-4").network(seed: 1), to: path)
            #expect(try NetworkReader.read(path).source == source)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["fresh.onnx"])
        }
    }

    @Test func refusesWhatCanNotBeRunOrWritten() throws {
        var network = try Architecture(name: "mlp-4").network(seed: 1)
        #expect(Fixture.refusal { try NetworkWriter.write(network, to: "/nowhere/at/all.onnx") }?.kind == .unreadable)
        network.nodes[1].operation = .unsupported(UnsupportedOperator(name: "Einsum", reason: "Pare has no Einsum"))
        #expect(Fixture.refusal { _ = try NetworkWriter.data(of: network) }?.kind == .unsupported)
        network = try Architecture(name: "mlp-4").network(seed: 1)
        network.nodes[0].operation = .reshape(dimensions: [-1, 5], allowZero: true)
        #expect(Fixture.refusal { _ = try NetworkWriter.data(of: network) }?.kind == .mismatch)
    }

    private func expectSame(_ network: Network) throws {
        let file = try NetworkWriter.data(of: network)
        try Fixture.withFile(Array(file)) { path in
            let back = try NetworkReader.read(path)
            #expect(back.nodes == network.nodes)
            #expect(back.input == network.input && back.output == network.output && back.inputShape == network.inputShape)
            #expect(Array(back.parameters.keys) == Array(network.parameters.keys))
            for (name, parameter) in network.parameters {
                let other = try #require(back.parameters[name])
                #expect(other.role == parameter.role && other.shape == parameter.shape)
                #expect(other.values.elementType == parameter.values.elementType)
                #expect(Array(other.values.bytes) == Array(parameter.values.bytes), "\(name)")
            }
            #expect(try NetworkWriter.data(of: back) == NetworkWriter.data(of: renamed(network, back.name)))
        }
    }

    private func renamed(_ network: Network, _ name: String) -> Network {
        var network = network
        network.name = name
        return network
    }
}
