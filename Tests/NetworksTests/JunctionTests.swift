import Networks
import Tensors
import TestSupport
import Testing

/// Where ways of networks meet, and what quantizers behind them make of the graph.
@Suite("Sums of ways")
struct JunctionTests {
    private func quantized(_ network: Network, bits: Int = 8) -> Network {
        let settings = network.junctions.map { ($0.key, ActivationQuantization.clipped(bits: bits, clip: .calibrated)) }
        return network.applying(.quantizeActivations(Dictionary(uniqueKeysWithValues: settings)))
    }

    @Test("Residual blocks end in a sum and its Relu; the layers right before it are those of the branch and of the projection")
    func residual() throws {
        let network = ChannelNetwork.network(.residualB)
        let junctions = network.junctions
        #expect(junctions.map(\.name) == ["Add1", "Add2", "Add3", "Add4"] && junctions.allSatisfy { !$0.isSigned })
        #expect(junctions.map(\.layers.count) == [1, 1, 2, 1])
        for junction in junctions {
            let reader = try #require(network.nodes.first { $0.inputs.first == junction.key })
            #expect(reader.operation == .relu && reader.outputs == [junction.value])
            #expect(network.quantizedValue(of: junction.key) == junction.value)
        }
        let made = quantized(network)
        try made.check()
        #expect(made.nodes.count == network.nodes.count + 4)
        for junction in junctions {
            let place = try #require(made.nodes.firstIndex { $0.inputs.first == junction.value })
            #expect(made.nodes[place].operation == .activation(.clipped(bits: 8)) && made.nodes[place].inputs[1] == junction.clip)
            #expect(made.nodes[place - 1].outputs == [junction.value])
            #expect(!made.nodes[(place + 1)...].contains { $0.inputs.contains(junction.value) })
            #expect(made.parameters[junction.clip]?.values.floats == [QuantizeActivations.initialClip])
        }
        #expect(network.layers.map(\.weight) == made.layers.map(\.weight))
    }

    @Test(
        "Sums that may be below 0 are known, and left as they are",
        arguments: [ChannelNetwork.Kind.mobileNetV2, .efficientNet, .swin])
    func signed(kind: ChannelNetwork.Kind) {
        let network = ChannelNetwork.network(kind)
        #expect(!network.junctions.isEmpty && network.junctions.allSatisfy(\.isSigned))
        #expect(quantized(network).nodes == network.nodes)
    }

    @Test("The last Concat of a dense block ends in its normalization and Relu; the others have more readers, and may be below 0")
    func dense() {
        let network = ChannelNetwork.network(.denseNet)
        #expect(network.junctions.map(\.isSigned) == [true, true, false])
        let maker = network.junctions.last.flatMap { network.index.maker(of: $0.value) }
        #expect(maker.map { network.nodes[$0].operation } == .relu)
    }

    @Test("Concats of what is never below 0, through slices, transposes and other shapes")
    func concatenations() {
        let network = ChannelNetwork.network(.shuffleNetV2)
        #expect(network.junctions.map(\.isSigned) == [false, false, false])
        #expect(network.junctions.map(\.layers.count) == [2, 1, 1])
        #expect(quantized(network).nodes.count == network.nodes.count + 3)
    }

    /// `name: operation inputs` for each node, the values named alike; logits are a Gemm of the last one.
    private func network(_ nodes: [(String, Networks.Operation, [String])]) -> Network {
        var all = nodes.map { Node(name: $0.0, operation: $0.1, inputs: $0.2, outputs: [$0.0]) }
        all.append(Node(name: "logits", operation: .gemm(Gemm()), inputs: [nodes.last?.0 ?? "x", "c.weight"], outputs: ["logits"]))
        let weights = ["a.weight", "b.weight", "c.weight"].map { name in
            Parameter(name: name, role: .weight, values: Tensor(shape: [4, 4], floats: (0..<16).map { Float($0 % 5) - 2 }))
        }
        return Network(
            name: "ways", input: "x", inputShape: [4], output: "logits", nodes: all,
            parameters: [weights[0].name: weights[0], weights[1].name: weights[1], weights[2].name: weights[2]])
    }

    @Test("A Clip ends a sum as a Relu does, two Relus need none, a sum of sums counts once, and a bias is no way")
    func forms() {
        let ways: [(String, Networks.Operation, [String])] = [
            ("a", .gemm(Gemm()), ["x", "a.weight"]), ("b", .gemm(Gemm()), ["x", "b.weight"]),
        ]
        let clip = network(ways + [("s", .add, ["a", "b"]), ("six", .unary(.clip(lower: 0, upper: 6)), ["s"])])
        #expect(clip.junctions.map(\.value) == ["six"] && clip.junctions[0].layers == ["a.weight", "b.weight"])
        let wide = network(ways + [("s", .add, ["a", "b"]), ("one", .unary(.clip(lower: -1, upper: 1)), ["s"])])
        #expect(wide.junctions.map(\.value) == ["s"] && wide.junctions[0].isSigned)
        let rectified = network(ways + [("r", .relu, ["a"]), ("q", .relu, ["b"]), ("s", .add, ["r", "q"])])
        #expect(rectified.junctions.map(\.value) == ["s"] && !rectified.junctions[0].isSigned)
        #expect(rectified.junctions[0].layers == ["a.weight", "b.weight"])
        let chain = network(ways + [("s", .add, ["a", "b"]), ("t", .add, ["s", "x"]), ("r", .relu, ["t"])])
        #expect(chain.junctions.map(\.key) == ["t"])
        let inner = network(ways + [("s", .add, ["a", "b"]), ("p", .relu, ["s"]), ("t", .add, ["p", "x"]), ("r", .relu, ["t"])])
        #expect(inner.junctions.map(\.key) == ["s", "t"])
        let bias = network(ways + [("s", .add, ["a", "c.weight"]), ("r", .relu, ["s"])])
        #expect(bias.junctions.isEmpty)
        let twice = network(ways + [("r", .relu, ["a"]), ("s", .add, ["r", "b"]), ("t", .relu, ["s"]), ("u", .add, ["t", "r"])])
        #expect(twice.junctions.map(\.layers) == [["b.weight"], []])
    }

    @Test("A sum of logits is none")
    func logits() {
        var network = network([
            ("a", .gemm(Gemm()), ["x", "a.weight"]), ("b", .gemm(Gemm()), ["x", "b.weight"]), ("s", .add, ["a", "b"]),
        ])
        network.nodes.removeLast()
        network.output = "s"
        #expect(network.junctions.isEmpty)
    }

    @Test("Clips have names that nothing else has")
    func names() {
        var network = network([
            ("a", .gemm(Gemm()), ["x", "a.weight"]), ("s", .add, ["a", "x"]), ("r", .relu, ["s"]),
        ])
        network.parameters["s.clip"] = Parameter(name: "s.clip", role: .other, values: Tensor(shape: [1], floats: [1]))
        #expect(network.junctions[0].clip == "s.sum.clip")
        #expect(quantized(network).junctions[0].clip == "s.sum.clip")
    }

    @Test("What is said to be never below 0 is not", arguments: ChannelNetwork.Kind.allCases)
    func values(kind: ChannelNetwork.Kind) throws {
        let network = ChannelNetwork.network(kind)
        let run = try NetworkRun(network, input: NetworkRun.input(of: network, batch: 3, seed: 5), batch: 3)
        for junction in network.junctions where !junction.isSigned {
            #expect(try #require(run.values[junction.value]).values.allSatisfy { $0 >= 0 })
        }
        #expect(Set(network.junctions.map(\.clip)).isDisjoint(with: network.layers.map(\.clip)))
        let made = quantized(network)
        try made.check()
        #expect(made.junctions.map(\.key) == network.junctions.map(\.key))
    }

    @Test("Levels of 8 bits up to the largest value change little, and are levels")
    func levels() throws {
        let network = ChannelNetwork.network(.residualB)
        let input = NetworkRun.input(of: network, batch: 4, seed: 9)
        let floats = try NetworkRun(network, input: input, batch: 4)
        var clips: [String: Float] = [:]
        for junction in network.junctions { clips[junction.key] = floats.values[junction.value]?.values.max() }
        let settings = clips.mapValues { _ in ActivationQuantization.clipped(bits: 8, clip: .learned) }
        let made = network.applying(.quantizeActivations(settings, clips: clips))
        let run = try NetworkRun(made, input: input, batch: 4)
        for junction in network.junctions {
            #expect(made.parameters[junction.clip]?.role == .clip)
            let step = try #require(clips[junction.key]) / 255
            let values = try #require(run.values["\(junction.value).quantized"]).values
            #expect(values.allSatisfy { abs($0 / step - ($0 / step).rounded()) < 1e-3 })
        }
        #expect(NetworkRun.difference(run.logits, floats.logits) < 0.05)
    }
}
