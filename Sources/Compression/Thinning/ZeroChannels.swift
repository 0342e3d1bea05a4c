import Networks
import Tensors

/// Channels of a network without which it is the same one, because everything that makes them, or everything that reads them, is 0.
struct ZeroChannels {
    let removed: RemovedFilters
    /// Groups of which nothing goes although channels have wholly zero filters, by what makes them: a bias or a node makes something of these.
    private(set) var left: [String] = []

    private let network: Network
    private var known: [String: [Float]] = [:]

    /// One channel of each group stays, and as many of each chunk as a node needs. Cost: O(parameters + groups).
    ///
    /// - Parameter held: Weights that are held in other parameters, whose channels stay.
    init(of network: Network, except held: Set<String>) {
        self.network = network
        for group in network.channelGroups.groups {
            for member in group.members where known[member.parameter] == nil {
                known[member.parameter] = network.parameters[member.parameter]?.values.floats
            }
        }
        var (groups, makers) = ([RemovedFilters.Group](), [String]())
        for group in network.channelGroups.groups where group.obstacle == nil && group.isThinnable {
            guard !group.members.contains(where: { held.contains($0.parameter) }) else { continue }
            let channels = Self.channels(of: group, in: network, known)
            let names = network.makers(of: group).map(\.name).joined(separator: " + ")
            if channels.isEmpty, Self.hasZeroFilters(group, in: network, known) { left.append(names) }
            guard !channels.isEmpty else { continue }
            groups.append(RemovedFilters.Group(group, channels: channels))
            makers.append(names)
        }
        removed = RemovedFilters(layer: makers.joined(separator: ","), criterion: .l1, groups: groups)
    }

    private static func channels(of group: ChannelGroups.Group, in network: Network, _ known: [String: [Float]]) -> [Int] {
        let uses = network.uses(of: group)
        let readers = Set(uses.filter { $0.part == .reader }.map(\.member))
        let others = Set(uses.filter { $0.part != .reader && $0.part != .statistic }.map(\.member))
        let isMade = uses.contains { $0.part == .maker } && group.inexactness.constant == nil
        let zero = (0..<group.count).filter { channel in
            isMade && others.allSatisfy { group.isZero(channel, member: $0, network, known) }
                || !readers.isEmpty && readers.allSatisfy { group.isZero(channel, member: $0, network, known) }
        }
        return group.even(zero)
    }

    private static func hasZeroFilters(_ group: ChannelGroups.Group, in network: Network, _ known: [String: [Float]]) -> Bool {
        let makers = Set(network.uses(of: group).filter { $0.part == .maker }.map(\.member))
        return !makers.isEmpty
            && (0..<group.count).contains { channel in makers.allSatisfy { group.isZero(channel, member: $0, network, known) } }
    }
}

extension ChannelGroups.Group {
    /// Whether nothing computes with its channels together, so that one that is zero says nothing to others.
    fileprivate var isThinnable: Bool { inexactness.statistic == nil && inexactness.neighbours == nil }

    fileprivate func isZero(_ channel: Int, member place: Int, _ network: Network, _ known: [String: [Float]]) -> Bool {
        let member = members[place]
        guard let shape = network.parameters[member.parameter]?.shape, let values = known[member.parameter] else { return false }
        let own = RemovedFilters.Member(member, channels: [channel]).ranges(of: shape)
        return own.allSatisfy { range in range.allSatisfy { values[$0] == 0 } }
    }

    /// Of some channels those that may go: as many of each chunk, and not all.
    fileprivate func even(_ channels: [Int]) -> [Int] {
        guard !cells.isEmpty else { return Array(channels.prefix(count - 1)) }
        let (all, own) = (Dictionary(grouping: 0..<count) { cells[$0] }, Dictionary(grouping: channels) { cells[$0] })
        let share = all.map { min(own[$0.key]?.count ?? 0, $0.value.count - 1) }.min() ?? 0
        return own.values.flatMap { $0.prefix(share) }.sorted()
    }
}
