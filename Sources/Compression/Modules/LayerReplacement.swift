import Networks
import Tensors

/// One convolution to be replaced by a module that starts from its weights.
public struct LayerReplacement: Hashable, Sendable {
    /// The layer's weight parameter.
    public var weight: String
    public var module: LayerModule

    public init(weight: String, module: LayerModule) {
        self.weight = weight
        self.module = module
    }

    /// The network with the module, whose parameters have their first values; nil when cancelled. Cost: that of ``LayerModule/start(of:weights:bias:isCancelled:)``.
    public func applied(to network: Network, isCancelled: () -> Bool = { false }) throws(ReplaceLayer.Failure) -> Network? {
        guard let layer = network.layer(of: weight), let weights = network.parameters[weight]?.values else { throw .unknown }
        var result = try network.applying(.replaceLayer(weight, module))
        let bias = layer.bias.flatMap { network.parameters[$0]?.values }
        guard let values = module.start(of: layer, weights: weights, bias: bias, isCancelled: isCancelled) else { return nil }
        for (name, values) in values { result.parameters[name]?.values = values }
        return result
    }
}

extension ReplaceLayer.Failure: CustomStringConvertible {
    /// Of one layer, without its name.
    public var description: String {
        switch self {
        case .unknown: "there is no such layer"
        case .noConvolution: "only a convolution can be replaced by a module"
        case .groups: "its channels are read in groups; only a convolution without groups can be replaced"
        case .isPoint: "its window is one place already"
        case .numbers(let most): "a number is out of its range, 1…\(most)"
        case .fire(let squeeze, let ones): "it squeezes to 1…\(squeeze) channels, and 0…\(ones) of its outputs are made by 1×1"
        case .shared: "another node reads its weights too"
        case .name(let name): "the name '\(name)' is taken"
        }
    }
}

extension TrainedState {
    /// A network with another graph as a state, made of a base or of the network as it was opened.
    ///
    /// Layers that stay whole are what training left of them; those that changed start from their float values, which their plans are applied to
    /// anew. Parameters of the base that are no part of the graph stay.
    public init(id: String, changed network: Network, from base: TrainedState?, of opened: Network) {
        var network = network
        network.source = nil
        let before = base?.base(of: opened) ?? opened
        self.init(id: "\(base?.id ?? "opened")-\(id)", network: network)
        guard let base else { return }
        parameters.merge(base.parameters.filter { before.parameters[$0.key] == nil }) { changed, _ in changed }
        layers = base.layers.filter { weight, _ in
            guard let now = network.layer(of: weight), let old = before.layer(of: weight), now.shape == old.shape else { return false }
            return network.parameters[weight]?.values.floats == before.parameters[weight]?.values.floats
        }
        (plan, recipe, epochs) = (base.plan, base.recipe, base.epochs)
    }
}
