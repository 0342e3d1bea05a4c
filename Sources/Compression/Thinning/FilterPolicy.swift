import Networks

/// Channels that are masked while a network is trained: the least important ones of some layers, a share that may grow.
///
/// What is masked stays so: a channel's filters, biases, scales and shifts, and what reads it, are 0, so that the network without it is the same one.
public struct FilterPolicy: Codable, Hashable, Sendable {
    /// The weight parameters of the layers.
    public var weights: [String]
    /// The share of channels at first, in 0…1; nil is ``final`` at once.
    public var initial: Double?
    /// The share at last; of n channels ⌊share · n⌋ are masked, and one stays.
    public var final: Double
    public var criterion: FilterCriterion
    public var ranking: FilterRanking
    public var side: ChannelSide
    public var rankers: FilterRankers
    /// Of the criterion that draws.
    public var seed: UInt64

    public init(
        weights: [String], initial: Double? = nil, final: Double, criterion: FilterCriterion = .l1, ranking: FilterRanking = .layer,
        side: ChannelSide = .outputs, rankers: FilterRankers = .all, seed: UInt64 = 0
    ) {
        (self.weights, self.initial, self.final, self.criterion) = (weights, initial, final, criterion)
        (self.ranking, self.side, self.rankers, self.seed) = (ranking, side, rankers, seed)
    }

    /// Less than any importance, and too little to matter in a mean.
    private static let least = -1e-290

    /// What ranks the channels.
    public var removal: FilterRemoval {
        var removal = FilterRemoval(layers: weights, amount: .share(final), criterion: criterion, seed: seed)
        (removal.ranking, removal.side, removal.rankers, removal.passesHeld) = (ranking, side, rankers, true)
        removal.floor = ranking == .layer ? 0 : FilterRemoval.sharedFloor
        return removal
    }

    /// The least important channels at a share, those that are masked already before all others. Cost: O(n log n) for n channels, and the groups'.
    public func masked(
        at share: Double, in network: Network, by scores: FilterScores, beside masked: MaskedChannels
    ) throws(FilterObstacle) -> RemovedFilters {
        if let held = scores.held.first { throw held.obstacle }
        let sets = try FilterSets(of: removal, in: network).sets.filter { scores.byLayer[$0.layer.weight] != nil }
        let known = sets.map { set in
            zip(scores[set.layer.weight], set.isMasked(by: masked)).map { $1 ? Self.least : $0 }
        }
        let counts = counts(share, sets, known, network)
        var removed = RemovedFilters(layer: weights.joined(separator: ","), criterion: criterion, groups: [])
        for (place, set) in sets.enumerated() where counts[place] > 0 {
            removed.groups += set.removed(set.least(counts[place], by: known[place], in: network))
        }
        return removed
    }

    /// How many channels of each set; no fewer than are masked already.
    private func counts(_ share: Double, _ sets: [FilterChannels], _ scores: [[Double]], _ network: Network) -> [Int] {
        let totals = sets.map(\.channels.count)
        // A share that is written as 0.7 of 10 is 7.
        func part(_ total: Int) -> Int { Int(share * Double(total) + 1e-9) }
        let wanted: [Int]
        if ranking == .layer {
            wanted = totals.map { min(part($0), $0 - 1) }
        } else {
            var removal = removal
            removal.amount = .count(part(totals.reduce(0, +)))
            wanted = FilterAllocation(removal, of: sets, by: scores, in: network).counts.map(\.count)
        }
        return zip(wanted, scores).map { max($0, $1.count { $0 < 0 }) }
    }

    /// The weight parameters of which masks take something: those of all layers of the groups. Cost: as ``obstacle(in:)``.
    public func masks(in network: Network) -> Set<String> {
        let found = (try? FilterSets(of: removal, in: network))?.sets ?? []
        return Set(found.flatMap(\.groups).flatMap(\.members).map(\.parameter).filter { network.layer(of: $0) != nil })
    }

    /// Why channels of one of its layers can't be masked: the layer's weight and a reason; nil where all can.
    public func obstacle(in network: Network) -> (weight: String, reason: String)? {
        var first: Set<ChannelGroups.Group.Key> = []
        for weight in weights {
            guard let layer = network.layer(of: weight) else { return (weight, "there is no such layer") }
            if side == .inputs, layer.groups > 1 {
                return (weight, "each of its groups reads inputs of its own; name the layers that make them, and their outputs")
            }
            do throws(FilterObstacle) {
                let found = try FilterChannels(of: layer, in: network, side: side)
                let inexact = found.groups.lazy.map(\.inexactness).first { $0.statistic != nil || $0.neighbours != nil }
                if let node = inexact?.statistic ?? inexact?.neighbours {
                    let cure = "what it makes is another thing without some, masked or not; pare thin removes them"
                    return (weight, "the node '\(node)' computes with all of them, and \(cure)")
                }
                let keys = Set(found.groups.map(\.key))
                if weight == weights.first { first = keys }
                if rankers == .first, !keys.isSubset(of: first) {
                    return (weight, "they are other ones than those of the leader \(weights[0]); give it a policy of its own")
                }
            } catch { return (weight, "\(error)") }
        }
        return nil
    }
}

/// Which channels of a layer are meant.
public enum ChannelSide: String, CaseIterable, Codable, Hashable, Sendable {
    /// Those that it makes: its filters or units.
    case outputs
    /// Those that it reads.
    case inputs
}

/// Which of the layers that make channels, or read them, they are ranked by.
public enum FilterRankers: String, CaseIterable, Codable, Hashable, Sendable {
    case all
    /// Those that are named.
    case named
    /// The one that is named first.
    case first
}

extension Layer {
    /// The axis of the weights along which the channels lie that it makes or reads.
    func axis(_ side: ChannelSide) -> Int { side == .outputs ? outputAxis : outputAxis == 0 ? 1 : outputAxis - 1 }
}
