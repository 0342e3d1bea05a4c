import Networks

/// Finds the channels without which a network costs at most what is aimed at: the least share that does it, by bisection on the shapes after rounding,
/// of which as much is given back as the aim allows (``FilterReturns``).
///
/// What is left is never more than asked for, and with one multiple more of any layer it would be. Cost: a removal a step, 12 of them, those of
/// giving back, and one for each set where channels go by what they save.
public struct FilterSearch {
    /// The share under way: too little goes at `range.lower`, enough at `range.upper`.
    private var range = (lower: 0.0, upper: 1.0)
    private var best: (cut: FilterCut, cost: Int)?
    private var returns: FilterReturns?
    private var left = Self.steps
    private var removal: FilterRemoval
    /// Sets whose channels have no price yet.
    private var unpriced: [FilterChannels] = []
    private let network: Network
    private let scores: FilterScores
    private let ranked: RankedSets
    private let limit: Int
    private let cost: FilterCost
    private let whole: Int

    private static let steps = 12

    /// Throws where the amount is no aim that can be counted.
    public init(_ removal: FilterRemoval, in network: Network, by scores: FilterScores) throws(FilterObstacle) {
        guard case .aim(let cost, let share) = removal.amount, let now = network.cost(cost) else { throw .unknown }
        (self.removal, self.network, self.scores, self.cost) = (removal, network, scores, cost)
        whole = removal.whole ?? now
        limit = Int(share * Double(whole))
        ranked = try RankedSets(removal, in: network, by: scores)
        if removal.criterion.isByPrice, removal.ranking != .layer { unpriced = try FilterSets(of: removal, in: network).sets }
    }

    /// Tries a share; false when the best is known. Throws where even the most that can go is too little.
    public mutating func step() throws(FilterObstacle) -> Bool {
        guard left > 0 else { return try giveBack() }
        if let set = unpriced.popLast() {
            price(set)
            return true
        }
        let share = best == nil ? range.upper : (range.lower + range.upper) / 2
        let found = try tried(share)
        if best == nil, found.cost > limit { throw .outOfReach(cost, least: Double(found.cost) / Double(max(1, whole))) }
        if found.cost <= limit { (best, range.upper) = (found, share) } else { range.lower = share }
        left -= 1
        return true
    }

    private mutating func giveBack() throws(FilterObstacle) -> Bool {
        guard let best else { return false }
        var returns = returns ?? FilterReturns(removal, in: network, of: ranked, from: best, to: (cost, limit))
        // Held once only, or every step would copy it.
        self.returns = nil
        let goesOn = try returns.step()
        self.returns = returns
        return goesOn
    }

    /// What a channel of a set costs, by the network without some.
    private mutating func price(_ set: FilterChannels) {
        let own = scores[set.layer.weight]
        guard let now = network.cost(cost), own.count == set.channels.count else { return }
        let chosen = set.least(max(1, set.cells), by: own, in: network)
        let removed = RemovedFilters(
            layer: set.layer.weight, criterion: removal.criterion, unit: removal.unit == .heads ? nil : removal.unit,
            groups: set.removed(chosen))
        guard !chosen.isEmpty, let then = try? network.without(removed).cost(cost), then < now else { return }
        removal.prices[set.layer.weight] = Double(now - then) / Double(chosen.count)
    }

    /// What goes.
    public func result() throws(FilterObstacle) -> FilterCut {
        guard let cut = returns?.cut ?? best?.cut else { throw .unknown }
        return cut
    }

    private func tried(_ share: Double) throws(FilterObstacle) -> (cut: FilterCut, cost: Int) {
        var removal = removal
        removal.amount = .share(share)
        // A share so small that nothing goes is too little, and no error.
        removal.passesHeld = true
        let cut = try FilterCut(removal, of: ranked, counts: ranked.allocation(removal, in: network), in: network)
        return (cut, try network.cost(cost, without: cut.removed))
    }
}

extension Network {
    /// What the network costs for an example; nil where its shapes are not known.
    public func cost(_ cost: FilterCost) -> Int? {
        switch cost {
        case .parameters: parameterCount
        case .multiplyAdds: (try? multiplyAdds())?.reduce(0, +)
        }
    }
}
