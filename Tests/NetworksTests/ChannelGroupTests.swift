import Networks
import Tensors
import TestSupport
import Testing

/// Which axes are one axis.
@Suite("Groups of channels")
struct ChannelGroupTests {
    @Test("Channels of a group can stand in any order: the logits stay to rounding", arguments: RandomNetworkTests.seeds)
    func permutations(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var network = RandomNetwork.network(seed: seed)
        let input = NetworkRun.input(of: network, batch: 2, seed: seed)
        let expected = try NetworkRun(network, input: input, batch: 2).logits
        for group in network.channelGroups.groups where group.obstacle == nil {
            var order = Array(0..<group.count)
            for chunk in group.chunks { for (to, from) in zip(chunk, chunk.shuffled(using: &generator)) { order[to] = from } }
            network = network.permuted(group, order)
        }
        try network.check()
        #expect(try NetworkRun.difference(NetworkRun(network, input: input, batch: 2).logits, expected) <= NetworkRun.tolerance)
    }

    @Test("Each index of a layer's outputs is in one channel of one group", arguments: RandomNetworkTests.seeds)
    func partition(seed: UInt64) {
        let network = RandomNetwork.network(seed: seed)
        let groups = network.channelGroups
        for layer in network.layers {
            let axis = layer.isTransposed ? layer.shape.rank - 1 : 0
            let members = groups.groups(of: layer.weight, axis: axis).flatMap(\.members)
            let found = members.filter { $0.parameter == layer.weight && $0.axis == axis }
            #expect(found.flatMap { $0.indices.flatMap { $0 } }.sorted() == Array(0..<layer.outputCount))
        }
        for group in groups.groups {
            for member in group.members { #expect(member.indices.count == group.count && member.indices.allSatisfy { !$0.isEmpty }) }
        }
    }

    @Test("Random networks have channels that can go, and each kind that can't")
    func kinds() {
        var (free, inputs, outputs, nodes) = (0, 0, 0, 0)
        for seed in RandomNetworkTests.seeds {
            for group in RandomNetwork.network(seed: seed).channelGroups.groups {
                switch group.obstacle {
                case nil: free += 1
                case .input: inputs += 1
                case .output: outputs += 1
                case .node, .tied, .parameter: nodes += 1
                }
            }
        }
        #expect(free > 50 && inputs > 20 && outputs > 20 && nodes > 10, "\(free) \(inputs) \(outputs) \(nodes)")
    }

    /// Names, axes and sizes of a group's members: `conv1.weight 0: 20`, times where several indices are one channel.
    private func text(_ group: ChannelGroups.Group) -> [String] {
        group.members.map { member in
            let copies = member.indices[0].count
            return "\(member.parameter) \(member.axis): \(group.count)" + (copies > 1 ? " times \(copies)" : "")
        }
    }

    @Test("LeNet-5: two groups of filters, one of them repeated over the pixels of a row, and one of units")
    func lenet() throws {
        let groups = try Architecture(name: "lenet-5").network(seed: 1).channelGroups.groups
        #expect(
            groups.filter { $0.obstacle == nil }.map(text) == [
                ["conv1.weight 0: 20", "conv1.bias 0: 20", "conv2.weight 1: 20"],
                ["conv2.weight 0: 50", "conv2.bias 0: 50", "fc1.weight 1: 50 times 16"],
                ["fc1.weight 0: 500", "fc1.bias 0: 500", "fc2.weight 1: 500"],
            ])
        #expect(groups.compactMap(\.obstacle) == [.input("input"), .output("logits")])
        #expect(groups.flatMap(\.members).first { $0.parameter == "fc1.weight" && $0.axis == 1 }?.indices[2] == Array(32..<48))
    }

    @Test("ResNet-20: three streams and the inner channels of nine blocks")
    func residual() throws {
        let network = try Architecture(name: "resnet-20").network(seed: 1)
        let free = network.channelGroups.groups.filter { $0.obstacle == nil }
        #expect(free.map(\.count) == [16, 16, 16, 16, 32, 32, 32, 32, 64, 64, 64, 64])
        // Of four convolutions and normalizations the outputs, of five convolutions the inputs.
        let stream = try #require(network.channelGroups.groups(of: "conv1.weight", axis: 0).first)
        #expect(stream.members.count == 4 * 5 + 5)
        #expect(network.channelGroups.groups(of: "layer2.0.downsample.0.weight", axis: 1) == [stream])
    }

    @Test("FireNet: what stands side by side are groups of their own, which one axis reads one after the other")
    func fire() throws {
        let network = try Architecture(name: "firenet-2").network(seed: 1)
        let read = network.channelGroups.groups(of: "fire2.squeeze.weight", axis: 1)
        #expect(
            read.map(text) == [
                ["fire1.expand1x1.weight 0: 32", "fire1.expand1x1.bias 0: 32", "fire2.squeeze.weight 1: 32"],
                ["fire1.expand3x3.weight 0: 32", "fire1.expand3x3.bias 0: 32", "fire2.squeeze.weight 1: 32"],
            ])
        #expect(read[1].members[2].indices.first == [32])
        #expect(network.channelGroups.groups.count { $0.obstacle == nil } == 7)
    }

    /// x [4, 6, 6] → the nodes that `add` makes → y.
    private func network(_ nodes: [Node], _ shapes: [(String, Parameter.Role, Shape)]) throws -> Network {
        var network = Network(name: "test", input: "x", inputShape: [4, 6, 6], output: "y", nodes: nodes, parameters: [:])
        for (name, role, shape) in shapes {
            let values = Tensor(shape: shape, floats: [Float](repeating: 1, count: shape.count))
            network.parameters[name] = Parameter(name: name, role: role, values: values)
        }
        try network.check()
        return network
    }

    @Test("Depthwise filters go with the channels that they read; other groups lose as many each")
    func grouped() throws {
        for (groups, depth) in [(8, 1), (4, 2)] {
            let network = try network(
                [
                    Node(name: "a", operation: .convolution(Convolution(kernel: [1, 1])), inputs: ["x", "a"], outputs: ["u"]),
                    Node(
                        name: "b", operation: .convolution(Convolution(kernel: [1, 1], groups: groups)), inputs: ["u", "b"],
                        outputs: ["v"]),
                    Node(name: "c", operation: .convolution(Convolution(kernel: [1, 1])), inputs: ["v", "c"], outputs: ["y"]),
                ], [("a", .weight, [8, 4, 1, 1]), ("b", .weight, [16, depth, 1, 1]), ("c", .weight, [3, 16, 1, 1])])
            let found = network.channelGroups.groups(of: "b", axis: 0)
            if groups == 8 {
                #expect(found.map(text) == [["a 0: 8", "b 0: 8 times 2", "c 1: 8 times 2"]] && found[0].obstacle == nil)
            } else {
                #expect(found.map(text) == [["b 0: 16", "c 1: 16"]] && found[0].obstacle == nil && found[0].evenNodes == ["b"])
                #expect(found[0].cells == (0..<16).map { [$0 / 4] })
                let inputs = network.channelGroups.groups(of: "b", axis: 1)
                #expect(inputs.map(text) == [["a 0: 8", "b 1: 8"]] && inputs[0].members[1].blocks == 4)
                #expect(inputs[0].cells == (0..<8).map { [$0 / 2] })
            }
        }
    }

    @Test("A sum with an input holds, a factor for each channel follows, and the same weights read twice are one")
    func joins() throws {
        let window = Networks.Operation.convolution(Convolution(kernel: [1, 1]))
        let held = try network(
            [
                Node(name: "a", operation: window, inputs: ["x", "a"], outputs: ["u"]),
                Node(name: "sum", operation: .add, inputs: ["u", "x"], outputs: ["v"]),
                Node(name: "b", operation: window, inputs: ["v", "b"], outputs: ["y"]),
            ], [("a", .weight, [4, 4, 1, 1]), ("b", .weight, [3, 4, 1, 1])])
        #expect(held.channelGroups.groups(of: "a", axis: 0).map(\.obstacle) == [.input("x")])

        let gated = try network(
            [
                Node(name: "a", operation: window, inputs: ["x", "a"], outputs: ["u"]),
                Node(name: "mean", operation: .globalAveragePool, inputs: ["u"], outputs: ["m"]),
                Node(name: "s", operation: window, inputs: ["m", "s"], outputs: ["g"]),
                Node(name: "mul", operation: .binary(.multiply), inputs: ["u", "g"], outputs: ["v"]),
                Node(name: "scale", operation: .binary(.multiply), inputs: ["v", "k"], outputs: ["w"]),
                Node(name: "b", operation: window, inputs: ["w", "b"], outputs: ["y"]),
            ],
            [("a", .weight, [5, 4, 1, 1]), ("s", .weight, [5, 5, 1, 1]), ("k", .other, [5, 1, 1]), ("b", .weight, [3, 5, 1, 1])])
        #expect(
            gated.channelGroups.groups.filter { $0.obstacle == nil }.map { Set(text($0)) }
                == [["a 0: 5", "s 0: 5", "s 1: 5", "k 0: 5", "b 1: 5"]])

        let shared = try network(
            [
                Node(name: "a", operation: window, inputs: ["x", "a"], outputs: ["u"]),
                Node(name: "b", operation: window, inputs: ["u", "b"], outputs: ["v"]),
                Node(name: "c", operation: window, inputs: ["v", "b"], outputs: ["w"]),
                Node(name: "d", operation: window, inputs: ["w", "d"], outputs: ["y"]),
            ], [("a", .weight, [5, 4, 1, 1]), ("b", .weight, [5, 5, 1, 1]), ("d", .weight, [3, 5, 1, 1])])
        #expect(
            shared.channelGroups.groups.filter { $0.obstacle == nil }.map { Set(text($0)) } == [["a 0: 5", "b 0: 5", "b 1: 5", "d 1: 5"]])
    }

    @Test("What no rule covers holds what it reads")
    func unknown() throws {
        let window = Networks.Operation.convolution(Convolution(kernel: [1, 1]))
        let operations: [Networks.Operation] = [
            .extremePlace(ExtremePlace(isMaximum: true, axis: 1, keepsAxis: true)),
            .unsupported(UnsupportedOperator(name: "Resize", reason: "unknown")),
            .softmax(axis: 1),
        ]
        for operation in operations {
            let network = try network(
                [
                    Node(name: "a", operation: window, inputs: ["x", "a"], outputs: ["u"]),
                    Node(name: "odd", operation: operation, inputs: ["u"], outputs: ["y"]),
                ], [("a", .weight, [8, 4, 1, 1])])
            #expect(network.channelGroups.groups(of: "a", axis: 0).map(\.obstacle) == [.node("odd")], "\(operation)")
        }
    }
}
