/// Which axes of which parameters are one axis: what a channel of a network is made of.
///
/// The outputs of a convolution, its bias, the statistics of a normalization behind it and the inputs of what reads them can only lose the same
/// indices. Two axes are united where a value runs along both: through sums of values, side by side in a concatenation, and repeated where pixels
/// become part of a row (dependency groups: Fang and others, 2023).
public struct ChannelGroups: Sendable {
    /// An axis of a parameter in a group.
    public struct Member: Hashable, Sendable {
        public var parameter: String
        public var axis: Int
        /// By channel of the group, the indices along the axis that belong to it, ascending.
        public var indices: [[Int]]
    }

    /// Channels that run through the same axes of the same parameters.
    public struct Group: Hashable, Sendable {
        /// In the order in which the graph reads them.
        public var members: [Member]
        /// Why no channel can go; nil where each can.
        public var obstacle: Obstacle?

        /// The number of channels: the smallest parts that can go alone.
        public var count: Int { members.first?.indices.count ?? 0 }
    }

    /// What holds channels fast.
    public enum Obstacle: Hashable, Sendable {
        /// They are those of an input of the network.
        case input(String)
        /// They leave the network as this output.
        case output(String)
        /// A node computes with them as a whole, or in a way that is not known here; its name.
        case node(String)
    }

    /// In the order of their first member.
    public let groups: [Group]
    private let places: [ParameterAxis: [Int]]

    init(_ groups: [Group]) {
        self.groups = groups
        var places: [ParameterAxis: [Int]] = [:]
        for (place, group) in groups.enumerated() {
            for member in group.members { places[ParameterAxis(parameter: member.parameter, axis: member.axis), default: []].append(place) }
        }
        self.places = places
    }

    /// The groups that an axis of a parameter belongs to: several where it reads what was put side by side; none where it is no axis of channels.
    public func groups(of parameter: String, axis: Int) -> [Group] {
        (places[ParameterAxis(parameter: parameter, axis: axis)] ?? []).map { groups[$0] }
    }
}

/// An axis of a parameter.
struct ParameterAxis: Hashable {
    var parameter: String
    var axis: Int
}

extension Network {
    /// Which axes of which parameters are one axis. Cost: O(nodes + extents of their axes) at the first call after an edit, then O(1).
    public var channelGroups: ChannelGroups { knownChannels.value { ChannelFinder.groups(of: self) } }
}
