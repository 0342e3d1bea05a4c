import Networks
import Tensors

/// Channels of one layer to be removed, with what belongs to them in the layers around: those of the least importance.
///
/// Where several layers make the same channels, as in a residual stream, all lose them.
public struct FilterRemoval: Hashable, Sendable {
    /// The layer's weight parameter.
    public var weight: String
    /// How many go; where a node needs as many of each of its chunks, the nearest number that allows it.
    public var count: Int
    public var criterion: FilterCriterion
    /// Of the criterion that draws.
    public var seed: UInt64

    public init(weight: String, count: Int, criterion: FilterCriterion = .l1, seed: UInt64 = 0) {
        (self.weight, self.count, self.criterion, self.seed) = (weight, count, criterion, seed)
    }

    /// What ranks the channels, to be worked out step by step.
    public func importance(in network: Network) throws(FilterObstacle) -> FilterImportance {
        guard let layer = network.layer(of: weight) else { throw .unknown }
        return try FilterImportance(of: FilterChannels(of: layer, in: network), in: network, by: criterion, seed: seed)
    }

    /// Which indices go; nil scores are worked out here. Cost: that of the criterion.
    public func removed(from network: Network, by scores: [Double]? = nil) throws(FilterObstacle) -> RemovedFilters {
        guard let layer = network.layer(of: weight) else { throw .unknown }
        let channels = try FilterChannels(of: layer, in: network)
        guard count < channels.channels.count else { throw .single }
        let found: [Double]
        if let scores { found = scores } else { found = try worked(in: network) }
        let chosen = channels.least(count, by: found, in: network)
        guard !chosen.isEmpty else { throw .single }
        return RemovedFilters(layer: weight, criterion: criterion, groups: channels.removed(chosen))
    }

    private func worked(in network: Network) throws(FilterObstacle) -> [Double] {
        var importance = try importance(in: network)
        while importance.step() {}
        return importance.result
    }

    /// The smaller network; of equal importance the first ones go. Cost: O(nodes + parameters), and that of the criterion.
    public func applied(to network: Network, by scores: [Double]? = nil) throws(FilterObstacle) -> Network {
        try network.without(removed(from: network, by: scores))
    }

    /// The smaller network as a state, by the float values of what plans start from: the base, or the network as opened.
    ///
    /// Layers that stay whole are what training left of them. Those that lose weights start from their float values, which their plans are
    /// applied to anew.
    public func state(from base: TrainedState?, of opened: Network, by scores: [Double]? = nil) throws(FilterObstacle) -> TrainedState {
        let before = base?.base(of: opened) ?? opened
        var network = try applied(to: before, by: scores)
        network.source = nil
        var state = TrainedState(id: "\(base?.id ?? "opened")-\(weight):\(count)\(mark)", network: network)
        guard let base else { return state }
        state.parameters.merge(base.parameters) { thinned, _ in thinned }
        state.layers = base.layers.filter { network.layer(of: $0.key)?.shape == before.layer(of: $0.key)?.shape }
        (state.plan, state.recipe, state.epochs) = (base.plan, base.recipe, base.epochs)
        return state
    }

    /// What tells states by other criteria apart.
    private var mark: String {
        switch criterion {
        case .l1: ""
        case .random: ":random\(seed)"
        default: ":\(criterion.rawValue)"
        }
    }
}

extension Network {
    fileprivate func without(_ filters: RemovedFilters) throws(FilterObstacle) -> Network {
        do throws(RemoveChannels.Failure) {
            return try applying(.removeChannels(filters.indices))
        } catch {
            switch error {
            case .held(let obstacle): throw .held(obstacle)
            case .all: throw .single
            case .uneven(let node): throw .uneven(node: node)
            }
        }
    }

    /// How many channels of a layer can be chosen from, each of which may be several of its filters.
    public func removableFilters(of layer: Layer) -> Int { (try? FilterChannels(of: layer, in: self))?.channels.count ?? 0 }
}

extension Layer {
    /// What its output channels are made by.
    public var filterWord: String { isConvolution ? "filters" : "units" }
}
