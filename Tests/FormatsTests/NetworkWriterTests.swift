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

    @Test(arguments: 0..<movements.count) func keepsMovements(index: Int) throws {
        let (operation, shape) = Self.movements[index]
        try expectSame(single(operation, [], shape))
    }

    private static func resize(_ factors: [Float], _ extents: [Int], _ coordinates: Resize.Coordinates, bySizes: Bool = false)
        -> Networks.Operation
    {
        var resize = Resize(
            axes: [2, 3], factors: factors, extents: extents, isBySizes: bySizes, mode: .cubic, coordinates: coordinates)
        (resize.rounding, resize.cubicCoefficient, resize.excludesOutside) = (.up, -0.5, true)
        if coordinates == .cropped { (resize.region, resize.outside) = ([0.25, 0.75, 0, 1], 3) }
        return .resize(resize)
    }

    private static let movements: [(Networks.Operation, Shape)] = [
        (resize([2, 0.5], [6, 2], .halfPixel), [2, 3, 4]), (resize([2.1, 1.5], [6, 6], .symmetricHalfPixel), [2, 3, 4]),
        (resize([5.0 / 3, 1.75], [5, 7], .alignedCorners, bySizes: true), [2, 3, 4]), (resize([2, 1.5], [6, 6], .cropped), [2, 3, 4]),
        (.transpose(permutation: [0, 2, 1, 3]), [4, 3, 2]), (.squeeze(axes: [2]), [3, 1, 2]), (.unsqueeze(axes: [1, 4]), [3, 2]),
        (.slice(Slice(axes: [1, 2], starts: [1, -1], ends: [Int(Int32.max), -100], steps: [1, -2])), [4, 3]),
        (.gather(Gather(axis: 1, indices: [2, 0, 1, 1], shape: [2, 2])), [3, 2]), (.expand(dimensions: [-1, 2, 3]), [1, 3]),
        (.tile(repeats: [1, 2, 3]), [2, 2]), (.pad(Padding(pads: [0, 1, 0, 2], mode: .reflect)), [5]),
        (.pad(Padding(pads: [0, 1, 0, 2], value: 0.5)), [5]), (.pad(Padding(pads: [0, 1, 0, 2], mode: .wrap)), [5]),
        (.depthToSpace(block: 2, columnsFirst: true), [8, 2, 3]), (.spaceToDepth(block: 2), [2, 4, 6]),
        (.reduction(Reduction(function: .mean, axes: [2, 3], keepsAxes: false)), [2, 4, 6]),
        (.reduction(Reduction(function: .sum, axes: [1], keepsAxes: true)), [2, 4]),
        (.extremePlace(ExtremePlace(isMaximum: false, axis: 1, keepsAxis: true, takesLast: true)), [5]), (.globalMaxPool, [2, 3, 3]),
        (.logSoftmax(axis: 2), [3, 4]), (.cast(to: .int32), [4]), (.variadic(.maximum), [4]),
        (.responseNormalization(ResponseNormalization(size: 5, alpha: 0.1, beta: 0.5, bias: 2)), [4, 3]),
    ]

    @Test(arguments: [
        UnaryFunction.relu, .leakyRelu(alpha: 0.25), .elu(alpha: 2), .selu(alpha: 1, gamma: 2), .celu(alpha: 0.5),
        .thresholdedRelu(alpha: 2),
        .hardSigmoid(alpha: 0.5, beta: 0.25), .hardSwish, .swish(alpha: 1.5), .gelu(isApproximate: true), .gelu(isApproximate: false),
        .mish,
        .clip(lower: 0, upper: 6), .clip(lower: -.infinity, upper: 1), .clip(lower: -1, upper: .infinity), .shrink(bias: 0.5, lambda: 1),
        .sigmoid, .exponential, .logarithm, .roundedToEven, .inverseHyperbolicTangent, .not,
    ])
    func keepsFunctions(function: UnaryFunction) throws { try expectSame(single(.unary(function), [], [3, 4])) }

    @Test(arguments: BinaryFunction.named.values.sorted { $0.rawValue < $1.rawValue } + [.modulo, .remainder])
    func keepsBinaryFunctions(function: BinaryFunction) throws { try expectSame(single(.binary(function), [[4]], [3, 4])) }

    @Test func keepsNormalizationsCodesAndTransposedConvolutions() throws {
        try expectSame(single(.layerNormalization(axis: 2, epsilon: 0.25), [[4], [4]], [3, 4]))
        try expectSame(single(.layerNormalization(axis: 2, epsilon: 0.25), [[4]], [3, 4]))
        try expectSame(single(.instanceNormalization(epsilon: 0.5), [[3], [3]], [3, 4]))
        try expectSame(single(.groupNormalization(groups: 2, epsilon: 0.5), [[4], [4]], [4, 3]))
        try expectSame(single(.quantizeLinear(LinearCode(type: .uint8, axis: 1)), [[4]], [4, 3]))
        try expectSame(single(.dequantizeLinear(LinearCode(type: .uint8, axis: 1)), [[4]], [4, 3]))
        let window = Convolution(kernel: [2, 3], strides: [2, 1], pads: [0, 1, 1, 0], groups: 2)
        try expectSame(
            single(.transposedConvolution(TransposedConvolution(window: window, outputPads: [1, 0])), [[4, 3, 2, 3], [6]], [4, 5, 5]))
        try expectSame(single(.convolution(Convolution(kernel: [3], strides: [2], dilations: [1], pads: [1, 0])), [[4, 2, 3]], [2, 9]))
    }

    /// A network of one operation on parameters of these shapes.
    private func single(_ operation: Networks.Operation, _ shapes: [Shape], _ input: Shape) -> Network {
        var parameters = OrderedDictionary<String, Parameter>()
        let roles: [Parameter.Role] =
            switch operation {
            case .layerNormalization, .instanceNormalization, .groupNormalization: [.normalization, .normalization]
            case .binary(.add): [.bias]
            case .convolution, .transposedConvolution: [.weight, .bias]
            default: [.other, .other]
            }
        for (index, shape) in shapes.enumerated() {
            let values = Tensor(shape: shape, floats: (0..<shape.count).map { Float($0) + 0.5 })
            parameters["p\(index)"] = Parameter(name: "p\(index)", role: roles[index], values: values)
        }
        let node = Node(name: "n", operation: operation, inputs: ["x"] + parameters.keys, outputs: ["y"])
        let last = Node(name: "last", operation: .identity, inputs: ["y"], outputs: ["logits"])
        return Network(name: "one", input: "x", inputShape: input, output: "logits", nodes: [node, last], parameters: parameters)
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
        #expect(Fixture.refusal { try NetworkWriter.write(network, to: "/nowhere/at/all.onnx") }?.kind == .unwritable)
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
