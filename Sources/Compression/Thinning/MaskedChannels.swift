import Networks
import Tensors

/// Channels that are masked for as long as a training lasts: which indices of which axes of parameters are 0.
public struct MaskedChannels: Codable, Hashable, Sendable {
    /// One for each axis of a parameter, in the order in which they came.
    public private(set) var members: [RemovedFilters.Member] = []

    public init() {}

    public mutating func add(_ removed: RemovedFilters) {
        for member in removed.groups.flatMap(\.members) {
            guard let known = members.firstIndex(where: { $0.parameter == member.parameter && $0.axis == member.axis }) else {
                members.append(member)
                continue
            }
            members[known].indices = Set(members[known].indices).union(member.indices).sorted()
        }
    }

    /// By axis.
    var indices: [ParameterAxis: Set<Int>] {
        members.reduce(into: [:]) { $0[ParameterAxis(parameter: $1.parameter, axis: $1.axis)] = Set($1.indices) }
    }
}

extension FilterChannels {
    /// By channel, whether it is masked.
    func isMasked(by masked: MaskedChannels) -> [Bool] {
        let known = masked.indices
        return channels.map { channel in
            channel.parts.allSatisfy { part in
                guard let member = groups[part.group].members.first, let own = known[member.place] else { return false }
                return own.isSuperset(of: member.indices[part.place])
            }
        }
    }
}

extension RemovedFilters.Member {
    /// Some channels of a group along the axis of one of its members.
    public init(_ member: ChannelGroups.Member, channels: [Int]) {
        (parameter, axis, blocks) = (member.parameter, member.axis, member.blocks > 1 ? member.blocks : nil)
        indices = channels.flatMap { member.indices[$0] }.sorted()
    }

    /// The ranges of a parameter of this shape, row-major, that its indices are.
    public func ranges(of shape: Shape) -> [Range<Int>] {
        guard shape.rank > axis else { return [] }
        let (extent, length) = (shape[axis], shape.dimensions.dropFirst(axis + 1).reduce(1, *))
        let before = shape.dimensions.prefix(axis).reduce(1, *)
        let rows = before / max(1, blocks ?? 1)
        return indices.flatMap { index in
            let block = blocks == nil ? 0 : index / max(1, extent)
            return (block * rows..<(block + 1) * rows).map { row in
                let start = (row * extent + (blocks == nil ? index : index % extent)) * length
                return start..<start + length
            }
        }
    }
}
