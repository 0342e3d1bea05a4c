import Tensors

/// Channels of a group as zeros: their filters, biases, scales and shifts, while the graph stays.
///
/// It is what the network without them is where the group's ``ChannelGroups/Group/inexactness`` says nothing. Cost: O(parameters of the group).
public struct MaskChannels: NetworkEdit {
    public var group: ChannelGroups.Group
    public var channels: Set<Int>

    public func apply(to network: inout Network, _ index: GraphIndex) {
        for use in network.uses(of: group) where use.isMasked {
            let member = group.members[use.member]
            network.parameters[member.parameter]?.clear(Set(channels.flatMap { member.indices[$0] }), along: member.axis)
        }
    }
}

extension NetworkEdit where Self == MaskChannels {
    public static func maskChannels(_ channels: Set<Int>, of group: ChannelGroups.Group) -> Self { Self(group: group, channels: channels) }
}

extension Parameter {
    /// Zeros at indices of an axis.
    fileprivate mutating func clear(_ indices: Set<Int>, along axis: Int) {
        let length = shape.dimensions[(axis + 1)...].reduce(1, *)
        let floats = values.floats.enumerated().map { indices.contains($0 / length % shape[axis]) ? 0 : $1 }
        values = Tensor(shape: shape, floats: floats)
        origin = nil
    }
}
