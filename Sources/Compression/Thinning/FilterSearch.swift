import Networks

/// Finds the least share of channels without which a network costs at most what is aimed at, by bisection on the shapes after rounding.
///
/// What is left is never more than asked for; rounding may make it less. Cost: a removal a step, 12 of them, and one for each set where channels go by what they save.
public struct FilterSearch {
    /// The share under way: too little goes at `range.lower`, enough at `range.upper`.
    private var range = (lower: 0.0, upper: 1.0)
    private var best: FilterCut?
    private var left = Self.steps
    private var removal: FilterRemoval
    /// Sets whose channels have no price yet.
    private var unpriced: [FilterChannels] = []
    private let network: Network
    private let scores: FilterScores
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
        if removal.criterion.isByPrice, removal.ranking != .layer { unpriced = try FilterSets(of: removal, in: network).sets }
    }

    /// Tries a share; false when the best is known. Throws where even the most that can go is too little.
    public mutating func step() throws(FilterObstacle) -> Bool {
        guard left > 0 else { return false }
        if let set = unpriced.popLast() {
            price(set)
            return true
        }
        let share = best == nil ? range.upper : (range.lower + range.upper) / 2
        let found = try tried(share)
        if best == nil, found.cost > limit { throw .outOfReach(cost, least: Double(found.cost) / Double(max(1, whole))) }
        if found.cost <= limit { (best, range.upper) = (found.cut, share) } else { range.lower = share }
        left -= 1
        return left > 0
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
        guard let best else { throw .unknown }
        return best
    }

    private func tried(_ share: Double) throws(FilterObstacle) -> (cut: FilterCut, cost: Int) {
        var removal = removal
        removal.amount = .share(share)
        let cut = try FilterCut(removal, of: network, by: scores)
        guard !cut.removed.groups.isEmpty else { return (cut, network.cost(cost) ?? .max) }
        return (cut, try network.without(cut.removed).cost(cost) ?? .max)
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
