import Networks

/// What a removal takes of each layer.
public struct FilterCut: Hashable, Sendable {
    /// Channels of one layer, and of those that make the same ones.
    public struct Share: Hashable, Sendable {
        public var layer: Layer
        public var gone: Int
        public var of: Int
        /// Which of them go, in the order of the layer's outputs.
        public var places: [Int]
        /// Whether more would have gone but for the floor.
        public var isAtFloor: Bool
    }

    public var shares: [Share]
    /// Layers that lose nothing, and why.
    public var held: [HeldFilters]
    public var removed: RemovedFilters

    /// Throws where a layer that was named would lose nothing. Cost: O(n log n) for n channels, and the groups'.
    public init(_ removal: FilterRemoval, of network: Network, by scores: FilterScores) throws(FilterObstacle) {
        let ranked = try RankedSets(removal, in: network, by: scores)
        try self.init(removal, of: ranked, counts: ranked.allocation(removal, in: network), in: network)
    }

    /// The same of sets that are known already, with what goes of each.
    init(_ removal: FilterRemoval, of ranked: RankedSets, counts: [FilterAllocation.Count], in network: Network) throws(FilterObstacle) {
        if !removal.passesHeld, let set = ranked.sets.first, let count = counts.first?.count, count >= set.channels.count {
            throw .single
        }
        shares = []
        held = ranked.held
        removed = RemovedFilters(
            layer: removal.layers.joined(separator: ","), criterion: removal.criterion, unit: removal.unit == .heads ? nil : removal.unit,
            groups: [])
        for (place, set) in ranked.sets.enumerated() {
            let chosen = ranked.least(counts[place].count, of: place, in: network)
            removed.groups += set.removed(chosen)
            shares.append(
                Share(layer: set.layer, gone: chosen.count, of: set.channels.count, places: chosen, isAtFloor: counts[place].isAtFloor))
        }
        guard !removed.groups.isEmpty || removal.passesHeld || !removal.full.isEmpty else { throw .single }
    }
}

/// The sets of a removal whose channels have scores.
struct RankedSets {
    let sets: [FilterChannels]
    /// By set and channel.
    let scores: [[Double]]
    /// Layers of which nothing can be said.
    let held: [HeldFilters]

    /// Throws where there is none and that is an error.
    init(_ removal: FilterRemoval, in network: Network, by scores: FilterScores) throws(FilterObstacle) {
        let found = try FilterSets(of: removal, in: network)
        let known = found.sets.compactMap { set in scores.byLayer[set.layer.weight].map { (set: set, scores: $0) } }
        if known.isEmpty, !removal.passesHeld, let obstacle = (scores.held + found.held).first?.obstacle { throw obstacle }
        (sets, self.scores, held) = (known.map(\.set), known.map(\.scores), scores.held)
    }

    func allocation(_ removal: FilterRemoval, in network: Network) -> [FilterAllocation.Count] {
        FilterAllocation(removal, of: sets, by: scores, in: network).counts
    }

    /// The least important channels of a set.
    func least(_ count: Int, of place: Int, in network: Network) -> [Int] {
        count > 0 ? sets[place].least(count, by: scores[place], in: network) : []
    }
}

/// How many channels of each set go.
struct FilterAllocation {
    struct Count {
        var count: Int
        var isAtFloor = false
    }

    private(set) var counts: [Count]
    private let removal: FilterRemoval
    private let sets: [FilterChannels]

    /// Cost: O(n log n) for n channels.
    init(_ removal: FilterRemoval, of sets: [FilterChannels], by scores: [[Double]], in network: Network) {
        (self.removal, self.sets) = (removal, sets)
        counts = sets.map { _ in Count(count: 0) }
        switch removal.ranking {
        case .layer: for place in sets.indices { counts[place] = layer(place) }
        case .global: rank(Array(sets.indices), scores)
        case .isomorphic:
            let classes = Dictionary(grouping: sets.indices) { sets[$0].structure(in: network) }
            for members in classes.values { rank(members, scores) }
        }
    }

    private func total(_ place: Int) -> Int { sets[place].channels.count }

    private func full(_ place: Int) -> Int { removal.full[sets[place].layer.weight] ?? total(place) }

    /// The least that stays.
    private func floor(_ place: Int) -> Int { max(1, Int((removal.floor * Double(full(place))).rounded(.up))) }

    private func layer(_ place: Int) -> Count {
        let (total, full) = (total(place), full(place))
        let kept: Int
        switch removal.amount {
        case .count(let count): kept = full - count
        case .share(let share):
            let rest = Double(full) - (share * Double(full)).rounded()
            guard rest < Double(full) else { return Count(count: 0) }
            kept = removal.layers.count == 1 ? removal.rounding.kept(rest, of: full) : removal.rounding.nearest(rest, of: full)
        case .aim: return Count(count: 0)
        }
        // A number that nobody rounds is refused by whoever asks where it is all.
        if !removal.passesHeld, removal.floor == 0 { return Count(count: max(0, total - kept)) }
        let least = floor(place)
        return Count(count: max(0, total - max(kept, least)), isAtFloor: kept < least)
    }

    /// Takes channels of some sets from the least important one on, passing by sets that are at their floor.
    private mutating func rank(_ members: [Int], _ scores: [[Double]]) {
        let wanted = wanted(members)
        let order = members.flatMap { set in
            let price = removal.prices.isEmpty ? 1 : removal.prices[sets[set].layer.weight]
            return FilterScores.comparable(scores[set], by: removal.criterion).map { score in
                (score: price.map { score / $0 } ?? .infinity, set: set)
            }
        }.enumerated().sorted { ($0.element.score, $0.offset) < ($1.element.score, $1.offset) }
        var taken = 0
        for (_, channel) in order where taken < wanted {
            guard total(channel.set) - counts[channel.set].count > floor(channel.set) else {
                counts[channel.set].isAtFloor = true
                continue
            }
            counts[channel.set].count += 1
            taken += 1
        }
        guard case .share = removal.amount else { return }
        for set in members where counts[set].count > 0 {
            let kept = removal.rounding.nearest(Double(total(set) - counts[set].count), of: full(set))
            counts[set].count = max(0, total(set) - max(kept, floor(set)))
        }
    }

    /// How many go of all.
    private func wanted(_ members: [Int]) -> Int {
        let (total, full) = (members.reduce(0) { $0 + self.total($1) }, members.reduce(0) { $0 + self.full($1) })
        switch removal.amount {
        case .count(let count): return max(0, total - full + count)
        case .share(let share): return max(0, total - full + Int((share * Double(full)).rounded()))
        case .aim: return 0
        }
    }
}

extension FilterChannels {
    /// What makes, hands on and reads the channels, in the order of the graph, whatever their numbers.
    fileprivate func structure(in network: Network) -> [String] {
        groups.flatMap { group in network.uses(of: group).map { "\($0.part.rawValue) \(network.nodes[$0.node].operation.name)" } }
    }
}
