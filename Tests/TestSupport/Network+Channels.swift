import Networks
import Tensors

extension ChannelGroups.Group {
    /// Channels by chunk; all in one where the group has none.
    public var chunks: [[Int]] {
        guard !cells.isEmpty else { return [Array(0..<count)] }
        return Dictionary(grouping: cells.indices) { cells[$0] }.values.sorted { $0[0] < $1[0] }
    }
}

extension Network {
    /// The network with the channels of a group in another order.
    public func permuted(_ group: ChannelGroups.Group, _ order: [Int]) -> Network {
        var network = self
        for member in group.members {
            guard let parameter = network.parameters[member.parameter] else { continue }
            let (shape, axis) = (parameter.shape, member.axis)
            var sources = Array(0..<shape[axis] * member.blocks)
            for (channel, source) in order.enumerated() {
                for (to, from) in zip(member.indices[channel], member.indices[source]) { sources[to] = from }
            }
            let (length, old) = (shape.dimensions[(axis + 1)...].reduce(1, *), parameter.values.floats)
            let rows = shape[0] / member.blocks
            let floats = old.indices.map { place -> Float in
                let (index, block) = (place / length % shape[axis], member.blocks > 1 ? place / (old.count / shape[0]) / rows : 0)
                let source = sources[block * shape[axis] + index] - block * shape[axis]
                return old[place + (source - index) * length]
            }
            network.parameters[member.parameter]?.values = Tensor(shape: shape, floats: floats)
        }
        return network
    }

    /// The network in which nothing reads some channels of a group: what reads them has zeros there.
    public func muted(_ group: ChannelGroups.Group, _ channels: Set<Int>) -> Network {
        var network = self
        for use in uses(of: group) where use.part == .reader {
            let member = group.members[use.member]
            guard let parameter = network.parameters[member.parameter] else { continue }
            let (shape, gone) = (parameter.shape, Set(channels.flatMap { member.indices[$0] }))
            let length = shape.dimensions[(member.axis + 1)...].reduce(1, *)
            let (rows, row) = (shape[0] / member.blocks, parameter.count / shape[0])
            let floats = parameter.values.floats.enumerated().map { place, value in
                let block = member.blocks > 1 ? place / row / rows : 0
                return gone.contains(block * shape[member.axis] + place / length % shape[member.axis]) ? 0 : value
            }
            network.parameters[member.parameter]?.values = Tensor(shape: shape, floats: floats)
        }
        return network
    }
}
