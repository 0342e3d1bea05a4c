import Networks
import Tensors
import TestSupport
import Testing

/// Ranges of weights that are balanced between layers.
@Suite("Equalized ranges")
struct EqualizeRangesTests {
    private func run(_ network: Network, _ seed: UInt64) throws -> [UInt32] {
        try network.check()
        return try NetworkRun(network, input: NetworkRun.input(of: network, batch: 3, seed: seed), batch: 3).logits.map(\.bitPattern)
    }

    /// A random network without normalizations that part layers, of weights that differ in size along their first axis.
    private func uneven(_ seed: UInt64) -> Network {
        var network = RandomNetwork.network(seed: seed).applying(.foldBatchNormalization)
        var generator = SeededGenerator(seed: seed)
        for weight in network.layers.map(\.weight) {
            guard let values = network.parameters[weight]?.values else { continue }
            let factors = (0..<values.shape[0]).map { _ -> Float in
                Float(sign: .plus, exponent: Int.random(in: -4...4, using: &generator), significand: 1)
            }
            let length = values.count / factors.count
            let floats = values.floats.enumerated().map { $0.element * factors[$0.offset / length] }
            network.parameters[weight]?.values = Tensor(shape: values.shape, floats: floats)
        }
        return network
    }

    /// max|w| for each of so many channels, where neighbours along an axis belong to one.
    private func ranges(_ parameter: Parameter?, axis: Int, channels: Int) throws -> [Float] {
        let parameter = try #require(parameter)
        let length = parameter.shape.dimensions[(axis + 1)...].reduce(1, *)
        let (extent, neighbours) = (parameter.shape[axis], parameter.shape[axis] / channels)
        return parameter.values.floats.enumerated().reduce(into: [Float](repeating: 0, count: channels)) { ranges, weight in
            let channel = weight.offset / length % extent / neighbours
            ranges[channel] = max(ranges[channel], abs(weight.element))
        }
    }

    private func isDepthwise(_ layer: Layer, _ network: Network) -> Bool {
        guard let node = layer.node, case .convolution(let settings) = network.nodes[node].operation else { return false }
        return settings.groups > 1
    }

    /// Before and behind a pair; what depthwise convolutions make of one channel goes together.
    private func ranges(_ pair: LayerPair, _ network: Network) throws -> (before: [Float], behind: [Float]) {
        let outputs = pair.first.isTransposed ? 1 : 0
        let channels = try #require(network.channelGroups.groups(of: pair.first.weight, axis: outputs).first).count
        let readsRows = pair.second.isTransposed || isDepthwise(pair.second, network)
        return (
            try ranges(network.parameters[pair.first.weight], axis: outputs, channels: channels),
            try ranges(network.parameters[pair.second.weight], axis: readsRows ? 0 : 1, channels: channels)
        )
    }

    @Test("The logits of random networks stay, bit for bit, and pairs are within a factor of 2", arguments: RandomNetworkTests.seeds)
    func random(seed: UInt64) throws {
        let network = uneven(seed)
        let pairs = network.layerPairs
        guard !pairs.isEmpty else {
            #expect(throws: EqualizeRanges.Failure.noPair) { try network.applying(.equalizeRanges) }
            return
        }
        guard let equalized = try? network.applying(.equalizeRanges) else { return }
        #expect(try run(equalized, seed) == run(network, seed))
        #expect(equalized.nodes == network.nodes && equalized.layers == network.layers)
        #expect(throws: EqualizeRanges.Failure.even) { try equalized.applying(.equalizeRanges) }
        let read = Set(pairs.flatMap { [$0.first.weight, $0.first.bias ?? "", $0.second.weight] })
        for (name, parameter) in equalized.parameters where !read.contains(name) {
            #expect(parameter.values.floats == network.parameters[name]?.values.floats, "\(name)")
        }
        for pair in pairs {
            let (before, behind) = try ranges(pair, equalized)
            for (a, b) in zip(before, behind) { #expect(max(a, b) <= 2 * min(a, b), "\(pair.first.weight) \(a) \(b)") }
        }
    }

    @Test("Random networks have such pairs, of every kind of layer")
    func kinds() {
        var kinds: [String: Int] = [:]
        for seed in RandomNetworkTests.seeds {
            let network = uneven(seed)
            for pair in network.layerPairs {
                for (role, layer) in [("first", pair.first), ("second", pair.second)] {
                    let kind = layer.node.map { network.nodes[$0].operation.name } ?? ""
                    kinds["\(role) \(isDepthwise(layer, network) ? "depthwise" : kind)", default: 0] += 1
                }
            }
        }
        for role in ["first", "second"] {
            for kind in ["Conv", "depthwise", "Gemm", "MatMul"] { #expect(kinds["\(role) \(kind)"] ?? 0 > 0, "\(role) \(kind): \(kinds)") }
        }
    }

    /// x [2, 6, 6] → a → an operation → MaxPool → Flatten → b → Relu → c.
    private func chain(_ operation: Networks.Operation, outputs: [String] = ["y"]) -> Network {
        let nodes = [
            Node(name: "a", operation: .convolution(Convolution(kernel: [3, 3])), inputs: ["x", "a", "ab"], outputs: ["a1"]),
            Node(name: "f", operation: operation, inputs: ["a1"], outputs: ["a2"]),
            Node(name: "p", operation: .maxPool(Pooling(kernel: [2, 2], strides: [2, 2])), inputs: ["a2"], outputs: ["a3"]),
            Node(name: "r", operation: .flatten(axis: 1), inputs: ["a3"], outputs: ["a4"]),
            Node(name: "b", operation: .gemm(Gemm(transposeB: true)), inputs: ["a4", "b", "bb"], outputs: ["b1"]),
            Node(name: "g", operation: .relu, inputs: ["b1"], outputs: ["b2"]),
            Node(name: "c", operation: .matrixMultiplication, inputs: ["b2", "c"], outputs: ["y"]),
        ]
        var network = Network(name: "chain", input: "x", inputShape: [2, 6, 6], output: "y", nodes: nodes, parameters: [:])
        network.outputs = outputs.map { NetworkValue(name: $0) }
        var generator = SeededGenerator(seed: 9)
        let shapes: [(String, Parameter.Role, Shape)] = [
            ("a", .weight, [5, 2, 3, 3]), ("ab", .bias, [5]), ("b", .weight, [7, 20]), ("bb", .bias, [7]), ("c", .weight, [7, 3]),
        ]
        for (name, role, shape) in shapes {
            let floats = (0..<shape.count).map { _ in Float(generator.normal()) }
            network.parameters[name] = Parameter(name: name, role: role, values: Tensor(shape: shape, floats: floats))
        }
        return network
    }

    private func names(_ network: Network) -> [String] { network.layerPairs.map { $0.first.weight + $0.second.weight } }

    @Test("A channel that was made a thousand times larger before and smaller behind is as it was; one without weights is left")
    func uneven() throws {
        let even = try chain(.relu).applying(.equalizeRanges)
        var uneven = even
        let factors: [Float] = [1024, 1, 0.125, 4, 1]
        func scale(_ name: String, _ factor: (Int) -> Float) throws {
            let values = try #require(uneven.parameters[name]?.values)
            uneven.parameters[name]?.values = Tensor(
                shape: values.shape, floats: values.floats.enumerated().map { $0.element * factor($0.offset) })
        }
        try scale("a") { factors[$0 / 18] }
        try scale("ab") { factors[$0] }
        try scale("b") { 1 / factors[$0 % 20 / 4] }
        #expect(try run(uneven, 1) == run(even, 1) && uneven.parameters["a"]?.values.floats != even.parameters["a"]?.values.floats)
        let found = try uneven.applying(.equalizeRanges)
        for (name, parameter) in even.parameters { #expect(found.parameters[name]?.values.floats == parameter.values.floats, "\(name)") }
        try scale("a") { $0 / 18 == 2 ? 0 : 1 }
        let silent = try uneven.applying(.equalizeRanges)
        #expect(try run(silent, 1) == run(uneven, 1))
        #expect(silent.parameters["ab"]?.values.floats[2] == uneven.parameters["ab"]?.values.floats[2])
    }

    @Test("Nodes that do not hand a scale on, other readers and outputs part the layers")
    func parted() throws {
        for operation in [Networks.Operation.relu, .identity, .unary(.leakyRelu(alpha: 0.1))] {
            #expect(names(chain(operation)) == ["ab", "bc"], "\(operation)")
        }
        for operation in [Networks.Operation.unary(.sigmoid), .unary(.clip(lower: 0, upper: 6)), .softmax(axis: 3)] {
            #expect(names(chain(operation)) == ["bc"], "\(operation)")
        }
        #expect(names(chain(.relu, outputs: ["y", "a3"])) == ["bc"] && names(chain(.relu, outputs: ["y", "b1"])) == ["ab"])
        var shared = chain(.relu)
        shared.nodes[4].inputs[2] = "ab"
        shared.parameters["ab"]?.values = Tensor(shape: [1], floats: [1])
        #expect(names(shared).isEmpty)
        #expect(throws: EqualizeRanges.Failure.noPair) { try shared.applying(.equalizeRanges) }
    }
}
