import Networks

/// The channels that a layer makes or reads, of one group or several, and which of them may go.
struct FilterChannels {
    /// What goes alone: a channel, or several that go as a whole, and the place of its cell among those of which as many go.
    struct Channel {
        var parts: [Part]
        var cell: Int
    }

    /// A channel by the places of its group and of it in the group.
    struct Part {
        var group: Int
        var place: Int
    }

    let layer: Layer
    /// Those that are free, in the order of the layer's outputs.
    let groups: [ChannelGroups.Group]
    let channels: [Channel]
    /// How many cells there are: as many channels go of each.
    let cells: Int

    /// Throws where none can go. Cost: as ``channelGroups``, then O(channels of the layer).
    ///
    /// - Parameter taken: Groups that others have.
    init(
        of layer: Layer, in network: Network, unit: FilterUnit = .heads, side: ChannelSide = .outputs,
        without taken: Set<ChannelGroups.Group.Key> = []
    ) throws(FilterObstacle) {
        self.layer = layer
        let known = network.channelGroups(by: unit.partition)
        let found = known.groups(of: layer.weight, axis: layer.axis(side))
        guard !found.isEmpty else { throw .unknown }
        let free = found.filter { $0.obstacle == nil }
        guard !free.isEmpty else { throw .held(found.lazy.compactMap(\.obstacle).first ?? .node(layer.name)) }
        if unit == .groups {
            (groups, channels) = try Self.whole(free, known, network, without: taken)
            cells = 1
        } else {
            groups = free.filter { !taken.contains($0.key) }
            guard !groups.isEmpty else { throw .taken }
            (channels, cells) = Self.single(groups, layer, axis: layer.axis(side))
        }
        guard channels.count > cells else { throw .single }
    }

    private static func single(_ groups: [ChannelGroups.Group], _ layer: Layer, axis: Int) -> (channels: [Channel], cells: Int) {
        var cells: [[Int]: Int] = [:]
        var channels: [(first: Int, channel: Channel)] = []
        for (group, found) in groups.enumerated() {
            guard let own = found.members.first(where: { $0.parameter == layer.weight && $0.axis == axis }) else { continue }
            for place in 0..<found.count {
                let key = found.cells.isEmpty ? [-1] : [group] + found.cells[place]
                let cell = cells[key] ?? cells.count
                cells[key] = cell
                channels.append((own.indices[place].first ?? 0, Channel(parts: [Part(group: group, place: place)], cell: cell)))
            }
        }
        return (channels.sorted { $0.first < $1.first }.map(\.channel), cells.count)
    }

    /// The groups of the convolutions in groups that some channels run through: of each its chunk of everything that it reads and makes.
    private static func whole(
        _ free: [ChannelGroups.Group], _ known: ChannelGroups, _ network: Network, without taken: Set<ChannelGroups.Group.Key>
    ) throws(FilterObstacle) -> (groups: [ChannelGroups.Group], channels: [Channel]) {
        let grouped = Set(
            network.nodes.filter { if case .convolution(let settings) = $0.operation { settings.groups > 1 } else { false } }.map(\.name))
        guard let node = free.lazy.flatMap(\.evenNodes).first(where: grouped.contains) else { throw .ungrouped }
        let all = known.groups.filter { $0.evenNodes.contains(node) }
        if let obstacle = all.lazy.compactMap(\.obstacle).first { throw .held(obstacle) }
        guard all.allSatisfy({ !taken.contains($0.key) }) else { throw .taken }
        var parts: [Int: [Part]] = [:]
        for (group, found) in all.enumerated() {
            guard let even = found.evenNodes.firstIndex(of: node) else { continue }
            for (place, cell) in found.cells.enumerated() { parts[cell[even], default: []].append(Part(group: group, place: place)) }
        }
        return (all, parts.sorted { $0.key < $1.key }.map { Channel(parts: $0.value, cell: 0) })
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
            var needed: [ParameterAxis: Int] = [:]
            for part in channels[index].parts {
                for member in groups[part.group].members {
                    needed[member.place, default: 0] += member.indices[part.place].count
                    guard left[member.place] == nil else { continue }
                    left[member.place] = (network.parameters[member.parameter]?.shape[member.axis] ?? 0) * member.blocks
                }
            }
            guard needed.allSatisfy({ (left[$0.key] ?? 0) > $0.value }) else { continue }
            for (place, count) in needed { left[place, default: 0] -= count }
            shares[channels[index].cell] -= 1
            chosen.append(index)
        }
        return chosen.sorted()
    }

    /// The indices of all axes that some channels are, in the order of the groups' members.
    func removed(_ chosen: [Int]) -> [RemovedFilters.Group] {
        let parts = chosen.flatMap { channels[$0].parts }
        return groups.indices.compactMap { group in
            let places = parts.filter { $0.group == group }.map(\.place).sorted()
            guard !places.isEmpty else { return nil }
            return RemovedFilters.Group(groups[group], channels: places)
        }
    }
}

extension FilterUnit {
    var partition: ChannelPartition { self == .dimensions ? .dimensions : .heads }
}

extension ChannelGroups.Group {
    /// Tells the groups of a network apart: the first index that its first channel has.
    struct Key: Hashable {
        var place: ParameterAxis?
        var index: Int?
    }

    var key: Key { Key(place: members.first?.place, index: members.first?.indices.first?.first) }
}

/// Which indices of which parameters a removal takes, group by group.
public struct RemovedFilters: Codable, Hashable, Sendable {
    public struct Group: Codable, Hashable, Sendable {
        /// Places among the channels of the group.
        public var channels: [Int]
        /// How many channels it has.
        public var of: Int
        public var members: [Member]

        init(_ group: ChannelGroups.Group, channels: [Int]) {
            (self.channels, of) = (channels, group.count)
            members = group.members.map { Member($0, channels: channels) }
        }
    }

    public struct Member: Codable, Hashable, Sendable {
        public var parameter: String
        public var axis: Int
        /// Blocks of filters with indices of their own, see ``ChannelGroups/Member/blocks``; nil where there is one.
        public var blocks: Int?
        public var indices: [Int]
    }

    /// The weight parameter of the layer that was asked for; of several that went at once all, between commas.
    public var layer: String
    public var criterion: FilterCriterion
    /// What channels are; nil is ``FilterUnit/heads``.
    public var unit: FilterUnit?
    public var groups: [Group]

    /// By axis, what goes.
    var indices: [ParameterAxis: Set<Int>] {
        groups.flatMap(\.members).reduce(into: [:]) {
            $0[ParameterAxis(parameter: $1.parameter, axis: $1.axis), default: []].formUnion($1.indices)
        }
    }
}
