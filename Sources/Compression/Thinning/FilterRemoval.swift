import Networks
import Tensors

/// Filters of one layer to be removed, with what belongs to them in the layers around: those of the smallest L1 norm (Li and others, 2017).
public struct FilterRemoval: Hashable, Sendable {
    /// The layer's weight parameter.
    public var weight: String
    /// How many go.
    public var count: Int

    public init(weight: String, count: Int) {
        self.weight = weight
        self.count = count
    }

    /// The smaller network; of equal norms the first ones go. Cost: O(nodes + parameters).
    public func applied(to network: Network) throws(FilterObstacle) -> Network {
        guard let layer = network.layer(of: weight), let norms = network.filterNorms(of: layer) else { throw .unknown }
        if let obstacle = network.filterObstacle(of: layer) { throw obstacle }
        let weakest = norms.indices.sorted { (norms[$0], $0) < (norms[$1], $1) }.prefix(count)
        do throws(RemoveChannels.Failure) {
            return try network.applying(.removeChannels(Set(weakest), of: weight, axis: layer.outputAxis))
        } catch {
            switch error {
            case .held(let obstacle): throw .held(obstacle)
            case .all: throw .single
            }
        }
    }

    /// The smaller network as a state, by the float values of what plans start from: the base, or the network as opened.
    ///
    /// Layers that stay whole are what training left of them. Those that lose weights start from their float values, which their plans are
    /// applied to anew.
    public func state(from base: TrainedState?, of opened: Network) throws(FilterObstacle) -> TrainedState {
        let before = base?.base(of: opened) ?? opened
        var network = try applied(to: before)
        network.source = nil
        var state = TrainedState(id: "\(base?.id ?? "opened")-\(weight):\(count)", network: network)
        guard let base else { return state }
        state.parameters.merge(base.parameters) { thinned, _ in thinned }
        state.layers = base.layers.filter { network.layer(of: $0.key)?.shape == before.layer(of: $0.key)?.shape }
        (state.plan, state.recipe, state.epochs) = (base.plan, base.recipe, base.epochs)
        return state
    }
}

extension Layer {
    /// What its output channels are made by.
    public var filterWord: String { isConvolution ? "filters" : "units" }
}

extension Network {
    /// The L1 norm of the weights of each of a layer's filters.
    fileprivate func filterNorms(of layer: Layer) -> [Double]? {
        guard let weights = parameters[layer.weight]?.values else { return nil }
        let layout = ChannelLayout(layer)
        return weights.floats.enumerated().reduce(into: [Double](repeating: 0, count: layout.channels)) { norms, weight in
            norms[layout.channel(of: weight.offset)] += Double(abs(weight.element))
        }
    }
}
