import Networks
import Tensors

/// Channels of some layers to be removed, with what belongs to them in the layers around: those of the least importance.
///
/// Where several layers make the same channels, as in a residual stream, all lose them.
public struct FilterRemoval: Hashable, Sendable {
    /// The weight parameters of the layers.
    public var layers: [String]
    /// How many go; where a node needs as many of each of its chunks, the nearest number that allows it.
    public var amount: FilterAmount
    public var criterion: FilterCriterion
    public var ranking: FilterRanking = .layer
    public var unit: FilterUnit = .heads
    /// Whether the layers make the channels or read them.
    public var side: ChannelSide = .outputs
    /// Who of those that make or read the channels ranks them.
    public var rankers: FilterRankers = .all
    /// What a share leaves.
    public var rounding: FilterRounding = .multiple(1)
    /// The part of each layer's channels that stays whatever the ranking says, in 0…1.
    public var floor = 0.0
    /// Of the criterion that draws.
    public var seed: UInt64
    /// Examples of criteria that need some.
    public var examples = CalibrationKey.standard
    /// By weight, how many channels there were before the first of several steps: amount, rounding and floor go by that, and a step may take none. Empty
    /// where it is done at once.
    public var full: [String: Int] = [:]
    /// Whether layers that can lose nothing are passed by, and only said, as where a pattern finds them; else that is an error.
    public var passesHeld: Bool
    /// By weight, what one channel costs of what an aim is in; a channel without is dear. Empty where nothing goes by that.
    var prices: [String: Double] = [:]
    /// What the whole costs of which an aim is a part; nil is what the network costs.
    public var whole: Int?

    /// What stays of each layer where they are ranked together and nobody says it.
    public static let sharedFloor = 0.1

    public init(layers: [String], amount: FilterAmount, criterion: FilterCriterion = .l1, seed: UInt64 = CalibrationKey.standard.seed) {
        (self.layers, self.amount, self.criterion, self.seed) = (layers, amount, criterion, seed)
        passesHeld = layers.count > 1
    }

    public init(weight: String, count: Int, criterion: FilterCriterion = .l1, seed: UInt64 = CalibrationKey.standard.seed) {
        self.init(layers: [weight], amount: .count(count), criterion: criterion, seed: seed)
    }

    /// What ranks the channels, to be worked out step by step; what needs examples is measured by whoever has them.
    public func importance(in network: Network) throws(FilterObstacle) -> FilterImportance {
        try FilterImportance(of: FilterSets(of: self, in: network), in: network, for: self)
    }

    /// Which indices go; nil scores are worked out here. Cost: that of the criterion.
    public func removed(from network: Network, by scores: FilterScores? = nil) throws(FilterObstacle) -> RemovedFilters {
        try cut(network, by: scores).removed
    }

    /// What goes of each layer, and what stays and why; nil scores are worked out here. Cost: that of the criterion.
    ///
    /// An aim is found as ``FilterSearch`` does.
    public func cut(_ network: Network, by scores: FilterScores? = nil) throws(FilterObstacle) -> FilterCut {
        let found: FilterScores
        if let scores { found = scores } else { found = try worked(in: network) }
        guard case .aim = amount else { return try FilterCut(self, of: network, by: found) }
        var search = try FilterSearch(self, in: network, by: found)
        while try search.step() {}
        return try search.result()
    }

    private func worked(in network: Network) throws(FilterObstacle) -> FilterScores {
        var importance = try importance(in: network)
        while importance.step() {}
        return importance.result
    }

    /// The smaller network; of equal importance the first ones go. Cost: O(nodes + parameters), and that of the criterion.
    public func applied(to network: Network, by scores: FilterScores? = nil) throws(FilterObstacle) -> Network {
        try network.without(removed(from: network, by: scores))
    }

    /// The smaller network as a state, by the float values of what plans start from: the base, or the network as opened.
    ///
    /// Layers that stay whole are what training left of them. Those that lose weights start from their float values, which their plans are
    /// applied to anew.
    public func state(from base: TrainedState?, of opened: Network, by scores: FilterScores? = nil) throws(FilterObstacle) -> TrainedState {
        let before = base?.base(of: opened) ?? opened
        return try state(from: base, of: opened, without: removed(from: before, by: scores))
    }

    /// The same with what is known to go.
    public func state(from base: TrainedState?, of opened: Network, without removed: RemovedFilters) throws(FilterObstacle) -> TrainedState
    {
        let before = base?.base(of: opened) ?? opened
        return TrainedState(id: mark, changed: try before.without(removed), from: base, of: opened)
    }

    /// What tells states of one base apart.
    private var mark: String {
        var words: [String]
        switch amount {
        case .count(let count): words = ["\(count)"]
        case .share(let share): words = ["\(share)", "\(rounding)"]
        case .aim(let cost, let share): words = ["\(share)", cost.rawValue, "\(rounding)", "returns"]
        }
        if ranking != .layer { words += [ranking.rawValue, "\(floor)"] }
        if unit != .heads { words.append(unit.rawValue) }
        if criterion == .random { words.append("random\(seed)") } else if criterion != .l1 { words.append(criterion.rawValue) }
        if criterion.need != .nothing { words.append("\(examples.examples)/\(examples.seed)") }
        return ([layers.joined(separator: ",")] + words).joined(separator: ":")
    }
}

extension Network {
    /// Without some channels.
    func without(_ filters: RemovedFilters) throws(FilterObstacle) -> Network {
        do throws(RemoveChannels.Failure) {
            return try applying(.removeChannels(filters.indices, by: (filters.unit ?? .heads).partition))
        } catch {
            switch error {
            case .held(let obstacle): throw .held(obstacle)
            case .all: throw .single
            case .uneven(let node): throw .uneven(node: node)
            }
        }
    }

    /// How many channels of a layer can be chosen from, each of which may be several of its filters.
    public func removableFilters(of layer: Layer, unit: FilterUnit = .heads) -> Int {
        (try? FilterChannels(of: layer, in: self, unit: unit))?.channels.count ?? 0
    }
}

extension Layer {
    /// What its output channels are made by.
    public var filterWord: String { isConvolution ? "filters" : "units" }
}
