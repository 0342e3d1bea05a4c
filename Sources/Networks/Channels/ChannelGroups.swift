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
        /// 1, or of the weights of a convolution in groups how many blocks of filters have indices of their own along the axis.
        ///
        /// With b blocks an axis of extent n has indices 0 ..< b · n, those of the first block first: index i is i mod n for the filters of block i / n.
        public var blocks = 1
        /// By channel of the group, the indices along the axis that belong to it, ascending.
        public var indices: [[Int]]

        public init(parameter: String, axis: Int, blocks: Int = 1, indices: [[Int]]) {
            (self.parameter, self.axis, self.blocks, self.indices) = (parameter, axis, blocks, indices)
        }
    }

    /// Channels that run through the same axes of the same parameters.
    public struct Group: Hashable, Sendable {
        /// In the order in which the graph reads them.
        public var members: [Member]
        /// Why no channel can go; nil where each can.
        public var obstacle: Obstacle?
        /// Why the network without a channel is not the one in which its filters, biases, scales and shifts are zero.
        public var inexactness = Inexactness()
        /// Nodes that need as many channels of each chunk, or whole chunks.
        public var evenNodes: [String] = []
        /// By channel, its chunk for each of ``evenNodes``; empty where there is none.
        public var cells: [[Int]] = []

        public init(members: [Member], obstacle: Obstacle?) { (self.members, self.obstacle) = (members, obstacle) }

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
        /// A node needs as many channels of other groups to go.
        case tied(String)
        /// Two nodes read a parameter in different ways.
        case parameter(String)
    }

    /// Why what is left differs from what masks leave, by the first node of each kind.
    public struct Inexactness: Hashable, Sendable {
        /// It computes statistics over channels: without some they are others.
        public var statistic: String?
        /// It makes something of a channel that is zero.
        public var constant: String?
        /// It computes with a channel's neighbours, which are others then.
        public var neighbours: String?

        public init(statistic: String? = nil, constant: String? = nil, neighbours: String? = nil) {
            (self.statistic, self.constant, self.neighbours) = (statistic, constant, neighbours)
        }

        /// Whether masks leave the same.
        public var isExact: Bool { self == Inexactness() }

        mutating func add(_ other: Inexactness) {
            statistic = statistic ?? other.statistic
            constant = constant ?? other.constant
            neighbours = neighbours ?? other.neighbours
        }
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
public struct ParameterAxis: Hashable, Sendable {
    public var parameter: String
    public var axis: Int

    public init(parameter: String, axis: Int) { (self.parameter, self.axis) = (parameter, axis) }
}

extension ChannelGroups.Member {
    public var place: ParameterAxis { ParameterAxis(parameter: parameter, axis: axis) }
}

extension Network {
    /// Which axes of which parameters are one axis. Cost: O(nodes + extents of their axes) at the first call after an edit, then O(1).
    public var channelGroups: ChannelGroups { knownChannels.value { ChannelFinder.groups(of: self) } }

    /// The same by another partition of what was cut in two; heads are those of ``channelGroups``. Cost: O(nodes + extents of their axes).
    public func channelGroups(by partition: ChannelPartition) -> ChannelGroups {
        partition == .heads ? channelGroups : ChannelFinder.groups(of: self, by: partition)
    }
}
