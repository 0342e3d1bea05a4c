import Networks

/// The channels that a layer makes, of one group or several, and which of them may go.
struct FilterChannels {
    /// A channel by the places of its group, of it in the group, and of its cell among those of which as many go.
    struct Channel {
        var group: Int
        var place: Int
        var cell: Int
    }

    /// Those that are free, in the order of the layer's outputs.
    let groups: [ChannelGroups.Group]
    let channels: [Channel]
    /// How many cells there are: as many channels go of each.
    let cells: Int

    /// Throws where none can go. Cost: as ``channelGroups``, then O(channels of the layer).
    init(of layer: Layer, in network: Network) throws(FilterObstacle) {
        let found = network.channelGroups.groups(of: layer.weight, axis: layer.outputAxis)
        guard !found.isEmpty else { throw .unknown }
        groups = found.filter { $0.obstacle == nil }
        guard !groups.isEmpty else { throw .held(found.lazy.compactMap(\.obstacle).first ?? .node(layer.name)) }
        var cells: [[Int]: Int] = [:]
        var channels: [(first: Int, channel: Channel)] = []
        for (group, found) in groups.enumerated() {
            guard let own = found.members.first(where: { $0.parameter == layer.weight && $0.axis == layer.outputAxis }) else { continue }
            for place in 0..<found.count {
                let key = found.cells.isEmpty ? [-1] : [group] + found.cells[place]
                let cell = cells[key] ?? cells.count
                cells[key] = cell
                channels.append((own.indices[place].first ?? 0, Channel(group: group, place: place, cell: cell)))
            }
        }
        self.channels = channels.sorted { $0.first < $1.first }.map(\.channel)
        self.cells = cells.count
        guard self.channels.count > self.cells else { throw .single }
    }

    /// The least important ones, as many of each cell; none that would leave an axis without any. Of equal scores the first ones go.
    func least(_ count: Int, by scores: [Double], in network: Network) -> [Int] {
        var left: [ParameterAxis: Int] = [:]
        var sizes = [Int](repeating: 0, count: cells)
        for channel in channels { sizes[channel.cell] += 1 }
        // One of each cell stays.
        let share = min(Int((Double(count) / Double(max(cells, 1))).rounded()), (sizes.min() ?? 1) - 1)
        var shares = [Int](repeating: cells == 1 ? count : max(1, share), count: cells)
        var chosen: [Int] = []
        for index in channels.indices.sorted(by: { (scores[$0], $0) < (scores[$1], $1) }) where shares[channels[index].cell] > 0 {
            let (group, place) = (groups[channels[index].group], channels[index].place)
            let needed = group.members.map { (member: $0, count: $0.indices[place].count) }
            for (member, _) in needed where left[member.place] == nil {
                left[member.place] = (network.parameters[member.parameter]?.shape[member.axis] ?? 0) * member.blocks
            }
            guard needed.allSatisfy({ (left[$0.member.place] ?? 0) > $0.count }) else { continue }
            for (member, count) in needed { left[member.place, default: 0] -= count }
            shares[channels[index].cell] -= 1
            chosen.append(index)
        }
        return chosen.sorted()
    }

    /// The indices of all axes that some channels are, in the order of the groups' members.
    func removed(_ chosen: [Int]) -> [RemovedFilters.Group] {
        groups.indices.compactMap { group in
            let places = chosen.map { channels[$0] }.filter { $0.group == group }.map(\.place).sorted()
            guard !places.isEmpty else { return nil }
            let members = groups[group].members.map { member in
                RemovedFilters.Member(
                    parameter: member.parameter, axis: member.axis, blocks: member.blocks > 1 ? member.blocks : nil,
                    indices: places.flatMap { member.indices[$0] }.sorted())
            }
            return RemovedFilters.Group(channels: places, of: groups[group].count, members: members)
        }
    }
}

/// Which indices of which parameters a removal takes, group by group.
public struct RemovedFilters: Codable, Hashable, Sendable {
    public struct Group: Codable, Hashable, Sendable {
        /// Places among the channels of the group.
        public var channels: [Int]
        /// How many channels it has.
        public var of: Int
        public var members: [Member]
    }

    public struct Member: Codable, Hashable, Sendable {
        public var parameter: String
        public var axis: Int
        /// Blocks of filters with indices of their own, see ``ChannelGroups/Member/blocks``; nil where there is one.
        public var blocks: Int?
        public var indices: [Int]
    }

    /// The weight parameter of the layer that was asked for.
    public var layer: String
    public var criterion: FilterCriterion
    public var groups: [Group]

    /// By axis, what goes.
    var indices: [ParameterAxis: Set<Int>] {
        groups.flatMap(\.members).reduce(into: [:]) {
            $0[ParameterAxis(parameter: $1.parameter, axis: $1.axis), default: []].formUnion($1.indices)
        }
    }
}
