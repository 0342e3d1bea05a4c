import Networks

/// Gives channels back after an aim was met, as long as it still is: rounding takes more than was asked for.
///
/// What is given back is the least that the rounding of a layer allows, the next multiple of it, and first of the layer whose channels weigh most for
/// what they cost: Σ importance / Δ cost. In the end none of these fits any more, so the network is a largest one under the aim. It is greedy: another
/// choice may come nearer to the aim. What a layer costs grows with every other one, so that a ratio that was found before is never below that of now, and only
/// the best one is worked out again. Cost: a removal a step, one for each set and about two for each that is given back.
struct FilterReturns {
    /// The next number of channels that a set may have again.
    private struct Offer {
        let set: Int
        /// What would be gone of it.
        let gone: Int
        let importance: Double
        /// What it costs, and after how many returns that was found; nil before the first look.
        var cost: Int?
        var round = 0

        var ratio: Double { cost.map { $0 > 0 ? importance / Double($0) : .infinity } ?? .infinity }
    }

    private(set) var cut: FilterCut
    private let removal: FilterRemoval
    private let network: Network
    private let ranked: RankedSets
    private let comparable: [[Double]]
    private let aim: (cost: FilterCost, limit: Int)
    private var now: Int
    private var counts: [FilterAllocation.Count]
    private var offers: [Offer] = []
    private var round = 0

    /// - Parameter cut: What meets the aim, and what is left then.
    init(
        _ removal: FilterRemoval, in network: Network, of ranked: RankedSets, from cut: (cut: FilterCut, cost: Int),
        to aim: (cost: FilterCost, limit: Int)
    ) {
        (self.removal, self.network, self.ranked, self.aim) = (removal, network, ranked, aim)
        (self.cut, now) = cut
        comparable = ranked.scores.map { FilterScores.comparable($0, by: removal.criterion) }
        counts = cut.cut.shares.map { FilterAllocation.Count(count: $0.gone, isAtFloor: $0.isAtFloor) }
        offers = ranked.sets.indices.compactMap(offer)
    }

    /// The least that a set may have more than it has; nil where it is whole, or as large as it may be.
    private func offer(_ set: Int) -> Offer? {
        let total = ranked.sets[set].channels.count
        let full = removal.full[ranked.sets[set].layer.weight] ?? total
        let multiple = removal.rounding.multiple(of: full)
        let gone = ranked.least(counts[set].count, of: set, in: network)
        var kept = total - counts[set].count
        while kept < total {
            kept = (kept / multiple + 1) * multiple
            // All may stay where it is all that there was; else only multiples do.
            if kept > total { kept = total == full ? total : .max }
            // A layer that was named alone loses something.
            guard kept <= total, kept < total || removal.passesHeld || !removal.full.isEmpty else { return nil }
            let left = ranked.least(total - kept, of: set, in: network)
            // Cells of which as many go may need more than a multiple.
            guard left.count < gone.count else { continue }
            let back = Set(gone).subtracting(left)
            return Offer(set: set, gone: total - kept, importance: back.reduce(0) { $0 + comparable[set][$1] })
        }
        return nil
    }

    /// Looks at the best offer; false when none is left.
    mutating func step() throws(FilterObstacle) -> Bool {
        guard let best = offers.indices.max(by: { (offers[$0].ratio, -$0) < (offers[$1].ratio, -$1) }) else { return false }
        var offer = offers.remove(at: best)
        var counts = counts
        counts[offer.set] = FilterAllocation.Count(count: offer.gone)
        if let cost = offer.cost, offer.round == round {
            (self.counts, now, round) = (counts, now + cost, round + 1)
            cut = try FilterCut(removal, of: ranked, counts: counts, in: network)
            if let next = self.offer(offer.set) { offers.append(next) }
        } else {
            let tried = try FilterCut(removal, of: ranked, counts: counts, in: network)
            let cost = try network.cost(aim.cost, without: tried.removed)
            // It will not fit later either, for nothing becomes smaller.
            if cost <= aim.limit {
                (offer.cost, offer.round) = (cost - now, round)
                offers.append(offer)
            }
        }
        return !offers.isEmpty
    }
}

extension Network {
    /// What is left to be paid without some channels.
    func cost(_ cost: FilterCost, without removed: RemovedFilters) throws(FilterObstacle) -> Int {
        try (removed.groups.isEmpty ? self : without(removed)).cost(cost) ?? .max
    }
}
