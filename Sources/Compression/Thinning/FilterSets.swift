import Networks

/// The channels of several layers that may be chosen from: sets that share none, in the order of the layers that were named first.
struct FilterSets {
    let sets: [FilterChannels]
    /// Layers of which nothing goes, and why; those whose channels another one has are not listed.
    let held: [HeldFilters]
    let passesHeld: Bool

    /// Throws where a layer can lose none and that is an error. Cost: as ``channelGroups``, then O(channels of the layers).
    init(of removal: FilterRemoval, in network: Network) throws(FilterObstacle) {
        var (sets, held, taken) = ([FilterChannels](), [HeldFilters](), Set<ChannelGroups.Group.Key>())
        for weight in removal.layers {
            guard let layer = network.layer(of: weight) else {
                if !removal.passesHeld { throw .unknown }
                continue
            }
            do throws(FilterObstacle) {
                let found = try FilterChannels(of: layer, in: network, unit: removal.unit, side: removal.side, without: taken)
                taken.formUnion(found.groups.map(\.key))
                sets.append(found)
            } catch {
                if !removal.passesHeld { throw error }
                if error != .taken { held.append(HeldFilters(layer: layer, obstacle: error)) }
            }
        }
        (self.sets, self.held, passesHeld) = (sets, held, removal.passesHeld)
    }
}

/// A layer that loses nothing, and why.
public struct HeldFilters: Hashable, Sendable {
    public var layer: Layer
    public var obstacle: FilterObstacle

    public init(layer: Layer, obstacle: FilterObstacle) { (self.layer, self.obstacle) = (layer, obstacle) }
}

/// What makes the channels of one set, for whoever measures them on examples.
public struct ChannelMaker: Hashable, Sendable {
    /// The weight parameter.
    public var weight: String
    public var axis: Int
    /// By channel of the set, indices along the axis; none where others make it.
    public var channels: [[Int]]
}

extension FilterChannels {
    /// The axes of filters or units that make the channels, in the order of the groups' members.
    func makers(_ part: ChannelUse.Part, in network: Network, where counts: (ChannelUse) -> Bool = { _ in true }) -> [ChannelMaker] {
        var makers: [ChannelMaker] = []
        for (group, found) in groups.enumerated() {
            for member in Set(network.uses(of: found).filter { $0.part == part && counts($0) }.map(\.member)).sorted()
            where found.members[member].blocks == 1 {
                let own = found.members[member]
                let place = makers.firstIndex { $0.weight == own.parameter && $0.axis == own.axis } ?? makers.count
                if place == makers.count {
                    makers.append(ChannelMaker(weight: own.parameter, axis: own.axis, channels: channels.map { _ in [] }))
                }
                for (index, channel) in channels.enumerated() {
                    for part in channel.parts where part.group == group { makers[place].channels[index] += own.indices[part.place] }
                }
            }
        }
        return makers
    }
}
