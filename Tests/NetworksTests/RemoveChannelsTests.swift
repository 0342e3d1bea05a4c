import Networks
import Tensors
import TestSupport
import Testing

/// Channels that are taken out of a graph.
@Suite("Removed channels")
struct RemoveChannelsTests {
    private func run(_ network: Network, _ seed: UInt64) throws -> [Float] {
        try network.check()
        return try NetworkRun(network, input: NetworkRun.input(of: network, batch: 3, seed: seed), batch: 3).logits
    }

    @Test("The logits are those of the network in which nothing reads them, to rounding", arguments: RandomNetworkTests.seeds)
    func muting(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let network = RandomNetwork.network(seed: seed)
        for group in network.channelGroups.groups where group.obstacle == nil && group.count > 1 {
            guard let first = group.members.first, network.channelGroups.groups(of: first.parameter, axis: first.axis).count == 1 else {
                continue
            }
            guard group.inexactness.statistic == nil, (group.chunks.map(\.count).min() ?? 0) > 1 else { continue }
            let least = group.chunks.map(\.count).min() ?? 0
            let count = Int.random(in: 1..<least, using: &generator)
            let channels = Set(group.chunks.flatMap { $0.shuffled(using: &generator).prefix(count) })
            let indices = Set(channels.flatMap { first.indices[$0] })
            let thinned = try network.applying(.removeChannels(indices, of: first.parameter, axis: first.axis))
            let expected = try run(network.muted(group, channels), seed)
            #expect(try NetworkRun.difference(run(thinned, seed), expected) <= NetworkRun.tolerance, "\(first.parameter)")
            for member in group.members {
                let before = try #require(network.parameters[member.parameter]?.shape)
                let gone = channels.reduce(0) { $0 + member.indices[$1].count }
                #expect(thinned.parameters[member.parameter]?.shape[member.axis] == before[member.axis] - gone / member.blocks)
            }
            #expect(thinned.layers.map(\.weight) == network.layers.map(\.weight) && thinned.nodes.count == network.nodes.count)
        }
    }

    @Test("Random networks have such groups, with Reshapes that state extents and depthwise convolutions among them")
    func kinds() throws {
        var changed = Set<String>()
        for seed in RandomNetworkTests.seeds {
            let network = RandomNetwork.network(seed: seed)
            for group in network.channelGroups.groups where group.obstacle == nil && group.count > 1 {
                let (name, axis) = (group.members[0].parameter, group.members[0].axis)
                let channels = group.chunks.compactMap(\.first)
                guard group.chunks.allSatisfy({ $0.count > 1 }) else { continue }
                let thinned = try network.applying(
                    .removeChannels(Set(channels.flatMap { group.members[0].indices[$0] }), of: name, axis: axis))
                for (old, new) in zip(network.nodes, thinned.nodes) where old != new { changed.insert(old.operation.name) }
            }
        }
        #expect(changed.contains("Conv") || changed.contains("Reshape"), "\(changed)")
    }

    /// x [4, 6, 6] → a → depthwise, two filters a channel → Reshape with every extent written out → Gemm.
    private var stated: Network {
        let nodes = [
            Node(name: "a", operation: .convolution(Convolution(kernel: [1, 1])), inputs: ["x", "a", "ab"], outputs: ["u"]),
            Node(name: "d", operation: .convolution(Convolution(kernel: [1, 1], groups: 8)), inputs: ["u", "d"], outputs: ["v"]),
            Node(name: "r", operation: .reshape(dimensions: [-1, 576], allowZero: false), inputs: ["v"], outputs: ["w"]),
            Node(name: "g", operation: .gemm(Gemm(transposeB: true)), inputs: ["w", "g"], outputs: ["y"]),
        ]
        var network = Network(name: "stated", input: "x", inputShape: [4, 6, 6], output: "y", nodes: nodes, parameters: [:])
        var generator = SeededGenerator(seed: 5)
        let shapes: [(String, Parameter.Role, Shape)] = [
            ("a", .weight, [8, 4, 1, 1]), ("ab", .bias, [8]), ("d", .weight, [16, 1, 1, 1]), ("g", .weight, [3, 576]),
        ]
        for (name, role, shape) in shapes {
            let floats = (0..<shape.count).map { _ in Float(generator.normal()) }
            network.parameters[name] = Parameter(name: name, role: role, values: Tensor(shape: shape, floats: floats))
        }
        return network
    }

    @Test("Settings that state how many channels there are follow: the groups of a depthwise convolution, the extents of a Reshape")
    func settings() throws {
        let network = stated
        let thinned = try network.applying(.removeChannels([1, 6, 7], of: "a", axis: 0))
        #expect(thinned.nodes[1].operation == .convolution(Convolution(kernel: [1, 1], groups: 5)))
        #expect(thinned.nodes[2].operation == .reshape(dimensions: [-1, 360], allowZero: false))
        #expect(thinned.parameters["d"]?.shape == [10, 1, 1, 1] && thinned.parameters["g"]?.shape == [3, 360])
        let group = try #require(network.channelGroups.groups(of: "a", axis: 0).first)
        #expect(try NetworkRun.difference(run(thinned, 1), run(network.muted(group, [1, 6, 7]), 1)) <= NetworkRun.tolerance)
    }

    @Test("What is held, and the last channel, stay")
    func refusals() throws {
        let network = stated
        #expect(throws: RemoveChannels.Failure.all) { try network.applying(.removeChannels(Set(0..<8), of: "a", axis: 0)) }
        #expect(throws: RemoveChannels.Failure.held(.output("y"))) { try network.applying(.removeChannels([0], of: "g", axis: 0)) }
        #expect(throws: RemoveChannels.Failure.held(.input("x"))) { try network.applying(.removeChannels([0], of: "a", axis: 1)) }
        #expect(try network.applying(.removeChannels([], of: "a", axis: 0)).nodes == network.nodes)
    }
}
