import Compression
import Foundation
import Frames
import Networks

/// What `pare info --groups` says: which channels of which layers go together, and what holds the others.
struct GroupDescription: Encodable {
    struct Group: Encodable {
        /// Layers that make the channels.
        var layers: [String]
        var channels: Int
        /// Why none can go; absent where they can.
        var frozen: String?
        /// Why what is left is not what masks leave; absent where it is.
        var inexact: String?
        /// Nodes that need as many of each of their parts.
        var even: [String]?
        /// By channel, its part for each of these nodes.
        var cells: [[Int]]?
        var members: [Member]
    }

    struct Member: Encodable {
        var parameter: String
        var axis: Int
        /// How many indices a channel has.
        var indices: Int
        /// maker, reader, depthwise, scale, shift, statistic or other.
        var parts: [String]
        /// How many blocks of filters have indices of their own along the axis, those of the first block first; absent where it is one.
        var blocks: Int?
        /// By channel, its indices along the axis.
        var channels: [[Int]]
    }

    var file: String
    var name: String
    /// Groups that can lose channels, then the frozen ones.
    var groups: [Group]

    init(_ network: Network, file: String, partition: ChannelPartition) {
        (self.file, name) = (file, network.name)
        let all = network.channelGroups(by: partition).groups.map { Self.group($0, network) }
        groups = all.filter { $0.frozen == nil } + all.filter { $0.frozen != nil }
    }

    private static func group(_ group: ChannelGroups.Group, _ network: Network) -> Group {
        let uses = Dictionary(grouping: network.uses(of: group), by: \.member)
        let members = group.members.enumerated().map { place, member in
            let parts = (uses[place] ?? []).map(\.part.rawValue).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
            return Member(
                parameter: member.parameter, axis: member.axis, indices: member.indices.first?.count ?? 0, parts: parts,
                blocks: member.blocks > 1 ? member.blocks : nil, channels: member.indices)
        }
        return Group(
            layers: network.makers(of: group).map(\.name), channels: group.count, frozen: group.obstacle.map { "\($0)" },
            inexact: group.inexactness.isExact ? nil : "\(group.inexactness)", even: group.evenNodes.isEmpty ? nil : group.evenNodes,
            cells: group.cells.isEmpty ? nil : group.cells, members: members)
    }

    var text: String {
        guard !groups.isEmpty else { return "\(name): \(file)\nno groups: without a graph nobody knows which channels go together" }
        let free = groups.filter { $0.frozen == nil }
        let head = "\(name): \(file)\n\(free.count) groups of channels can be made smaller, \(groups.count - free.count) are frozen"
        return ([head] + groups.map(Self.text)).joined(separator: "\n\n")
    }

    private static func text(_ group: Group) -> String {
        let makers = group.layers.isEmpty ? "no layer" : group.layers.joined(separator: ", ")
        var lines = ["\(group.channels) of \(makers)"]
        if let frozen = group.frozen { lines.append("  frozen: \(frozen)") }
        if let inexact = group.inexact { lines.append("  inexact: \(inexact)") }
        if let even = group.even { lines.append("  as many of each part of \(even.joined(separator: ", "))") }
        lines += group.members.map { member in
            let times = member.indices > 1 ? " × \(member.indices)" : ""
            return "  \(member.parameter) axis \(member.axis)\(times)  \(member.parts.joined(separator: ", "))"
        }
        return lines.joined(separator: "\n")
    }
}
