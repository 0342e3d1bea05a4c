import Networks
import Tensors
import TestSupport
import Testing

/// Groups of channels in every kind of network.
@Suite("Groups of channels in architectures")
struct ChannelNetworkTests {
    /// Where heads are, both partitions.
    static let cases =
        ChannelNetwork.Kind.allCases.map { ($0, ChannelPartition.heads) }
        + [.swin, .visionTransformer, .separateHeads, .sequenceFirst].map { ($0, .dimensions) }

    private func logits(_ network: Network) throws -> [Float] {
        try network.check()
        return try NetworkRun(network, input: NetworkRun.input(of: network, batch: 1, seed: 7), batch: 1).logits
    }

    /// Free groups, but those that one test can't speak of.
    private func free(_ network: Network, _ partition: ChannelPartition, _ isMeant: (ChannelGroups.Group) -> Bool = { _ in true })
        -> [ChannelGroups.Group]
    {
        network.channelGroups(by: partition).groups.filter { $0.obstacle == nil && $0.count > 1 && isMeant($0) }
    }

    /// Some channels of a group, as many of each chunk.
    private func some(_ group: ChannelGroups.Group, _ generator: inout SeededGenerator) -> Set<Int> {
        let chunks = group.chunks
        let count = Int.random(in: 1..<max(2, chunks.map(\.count).min() ?? 2), using: &generator)
        return Set(chunks.flatMap { $0.shuffled(using: &generator).prefix(count) })
    }

    private func removal(_ group: ChannelGroups.Group, _ channels: Set<Int>, _ partition: ChannelPartition) -> RemoveChannels {
        let first = group.members[0]
        return .removeChannels([first.place: Set(channels.flatMap { first.indices[$0] })], by: partition)
    }

    @Test("The channels of each group, within its chunks, can stand in any order: the logits stay", arguments: cases)
    func permutations(kind: ChannelNetwork.Kind, partition: ChannelPartition) throws {
        var generator = SeededGenerator(seed: 3)
        let network = ChannelNetwork.network(kind)
        let expected = try logits(network)
        for group in free(network, partition, { $0.inexactness.neighbours == nil }) {
            var order = Array(0..<group.count)
            for chunk in group.chunks { for (to, from) in zip(chunk, chunk.shuffled(using: &generator)) { order[to] = from } }
            let found = try logits(network.permuted(group, order))
            #expect(NetworkRun.difference(found, expected) <= 1e-5, "\(group.members.map(\.parameter))")
        }
    }

    @Test("Without some channels a network is the one in which they are masked, where nothing says that it is not", arguments: cases)
    func masks(kind: ChannelNetwork.Kind, partition: ChannelPartition) throws {
        var generator = SeededGenerator(seed: 4)
        let network = ChannelNetwork.network(kind)
        for group in free(network, partition) {
            let channels = some(group, &generator)
            let thinned = try network.applying(removal(group, channels, partition))
            #expect(thinned.parameterCount < network.parameterCount)
            let found = try logits(thinned)
            guard group.inexactness.isExact else { continue }
            let expected = try logits(network.applying(.maskChannels(channels, of: group)))
            #expect(NetworkRun.difference(found, expected) <= 1e-5, "\(group.members.map(\.parameter))")
        }
    }

    @Test("Channels that nothing reads go for free, unless statistics are computed over them", arguments: ChannelNetwork.Kind.allCases)
    func unread(kind: ChannelNetwork.Kind) throws {
        var generator = SeededGenerator(seed: 5)
        let network = ChannelNetwork.network(kind)
        for group in free(network, .heads, { $0.inexactness.statistic == nil && $0.inexactness.neighbours == nil }) {
            guard network.uses(of: group).contains(where: { $0.part == .reader }) else { continue }
            let channels = some(group, &generator)
            let muted = network.muted(group, channels)
            let found = try logits(muted.applying(removal(group, channels, .heads)))
            #expect(try NetworkRun.difference(found, logits(muted)) <= 1e-6, "\(group.members.map(\.parameter))")
        }
    }

    @Test("As many groups as the architecture has, and those that are inexact")
    func counts() {
        let expected: [ChannelNetwork.Kind: (free: Int, inexact: Int)] = [
            .visionTransformer: (5, 1), .separateHeads: (5, 1), .sequenceFirst: (5, 1), .mobileNetV2: (6, 0), .efficientNet: (5, 0),
            .residualB: (6, 0), .grouped: (5, 0), .groupNormalization: (2, 1), .groupsByReshape: (2, 1),
        ]
        for (kind, counts) in expected {
            let free = ChannelNetwork.network(kind).channelGroups.groups.filter { $0.obstacle == nil }
            #expect(
                free.count == counts.free && free.count { !$0.inexactness.isExact } == counts.inexact,
                "\(kind) \(free.map { $0.members.map(\.parameter) })")
        }
    }

    @Test("Every kind has channels that can go, and none is held but at inputs, outputs")
    func free() {
        for kind in ChannelNetwork.Kind.allCases {
            let groups = ChannelNetwork.network(kind).channelGroups.groups
            #expect(groups.contains { $0.obstacle == nil && $0.count > 1 }, "\(kind)")
            let held = groups.compactMap { group in group.obstacle.map { "\($0) \(group.members.map(\.parameter))" } }
            #expect(
                held.allSatisfy {
                    $0.contains("'x'") || $0.contains("leave the network") || $0.contains("gn.ones") || $0.contains("gn.zeros")
                }, "\(kind) \(held)")
        }
    }

    @Test("Heads and dimensions of heads are two partitions of one attention")
    func attention() throws {
        let network = ChannelNetwork.network(.visionTransformer)
        let heads = try #require(network.channelGroups.groups(of: "fc1.weight", axis: 1).first)
        #expect(heads.count == 3 && heads.members[0].indices.allSatisfy { $0.count == 12 })
        let dimensions = network.channelGroups(by: .dimensions).groups(of: "fc1.weight", axis: 1)
        let separate = ChannelNetwork.network(.separateHeads).channelGroups(by: .dimensions)
        #expect(
            ["fc1.weight", "fc2.weight", "fc3.weight"].map { separate.groups(of: $0, axis: 1).map(\.members.count) } == [[4], [4], [3]])
        #expect(dimensions.map(\.count) == [4] && dimensions.allSatisfy { $0.obstacle == nil })
    }

    @Test("Makers, readers and vectors of a group are told")
    func uses() throws {
        let network = ChannelNetwork.network(.residualB)
        let group = try #require(network.channelGroups.groups(of: "conv1.weight", axis: 0).first)
        let uses = network.uses(of: group)
        #expect(network.makers(of: group).map(\.weight) == ["conv1.weight", "conv3.weight", "conv5.weight"])
        #expect(uses.count { $0.part == .reader } == 4 && uses.count { $0.part == .statistic } == 6)
        #expect(uses.count { $0.part == .scale } == 3 && uses.count { $0.part == .shift } == 6)
        for use in uses { #expect(network.nodes[use.node].inputs.contains(group.members[use.member].parameter)) }
    }

    @Test("The cost grows with nodes and extents of axes")
    func cost() {
        let steps = [1, 2, 4].map { factor in
            var network = ChannelNetwork.network(.shuffleNetV2)
            network.name = "cost \(factor)"
            let (nodes, output) = (network.nodes, network.output)
            for copy in 1..<factor {
                // The same once more, beside it.
                network.nodes += nodes.map { node in
                    func renamed(_ name: String) -> String { network.parameters[name] != nil || name == "x" ? name : "\(name).\(copy)" }
                    return Node(
                        name: "\(node.name).\(copy)", operation: node.operation, inputs: node.inputs.map(renamed),
                        outputs: node.outputs.map(renamed))
                }
            }
            network.output = output
            return WorkCount.steps(of: network.name) { _ = network.channelGroups }.visits
        }
        #expect(steps[0] > 0 && steps[2] <= 4 * steps[0] && steps[1] <= 2 * steps[0])
    }
}
