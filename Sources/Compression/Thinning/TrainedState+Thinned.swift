import Networks
import Tensors

/// A trained state without its zeros: what masks have emptied goes for good.
public struct ThinnedState: Sendable {
    public let state: TrainedState
    /// What went and what did not, in a sentence without its full stop.
    public let remark: String
}

extension TrainedState {
    /// The same without channels that are wholly zero as the state is evaluated; the state itself where there are none.
    ///
    /// Layers that lose weights keep what training left of the others, their masks too; where values are quantized, they are found anew for what is left, by
    /// the same plan. Channels of layers with a rank or a pattern stay. Plans that prune say the share of zeros that is left. Cost: O(parameters).
    public func thinned(of opened: Network) throws(FilterObstacle) -> ThinnedState {
        let floats = base(of: opened)
        let held = layers.filter { $0.value.compressed.isHeldInOthers || $0.value.plan.pattern != nil }.map(\.key)
        let found = ZeroChannels(of: floats.taking(layersInOrder(of: opened)), except: Set(held))
        guard !found.removed.groups.isEmpty else { return ThinnedState(state: self, remark: found.remark) }
        var state = TrainedState(id: "thinned", changed: try floats.without(found.removed), from: self, of: opened)
        let masks = try floats.masks(of: self).without(found.removed)
        let smaller = state.base(of: opened)
        var resolved = try? plan.resolved(for: smaller.layers)
        for layer in smaller.layers where state.layers[layer.weight] == nil {
            guard let made = layers[layer.weight]?.thinned(to: layer, in: smaller, masks: masks) else { continue }
            state.layers[layer.weight] = made
            resolved?[layer.weight] = made.plan
        }
        if let resolved, let former = try? plan.resolved(for: smaller.layers), resolved != former {
            state.plan = CompressionPlan(resolved: resolved)
        }
        return ThinnedState(state: state, remark: found.remark)
    }
}

extension ZeroChannels {
    /// `thinned: conv1 12 of 20, conv2 25 of 50 channels stay`.
    fileprivate var remark: String {
        let names = removed.layer.split(separator: ",", omittingEmptySubsequences: false)
        let parts = zip(names, removed.groups).map { "\($0) \($1.of - $1.channels.count) of \($1.of)" }
        let reason = "for biases or nodes behind make something of them"
        let kept = left.isEmpty ? "" : "; zero filters of \(left.joined(separator: ", ")) stay, \(reason)"
        guard !parts.isEmpty else { return "nothing was thinned: no channel is zero with all that belongs to it" + kept }
        return "thinned: \(parts.joined(separator: ", ")) channels stay" + kept
    }
}

extension CompressedLayer {
    /// Whether it stands in the graph as other parameters than its weights.
    fileprivate var isHeldInOthers: Bool { parameters.first?.name != layer.weight }
}

extension Network {
    /// The same with the masks of a state in the place of its layers' weights: 1 for what is kept.
    fileprivate func masks(of state: TrainedState) -> Network {
        var network = self
        for (weight, layer) in state.layers {
            guard let shape = parameters[weight]?.shape, let mask = layer.mask else { continue }
            network.parameters[weight]?.values = Tensor(shape: shape, floats: mask.bytes.map { Float($0) })
        }
        return network
    }
}

extension TrainedState.Layer {
    /// What is left of it in a smaller layer.
    fileprivate func thinned(to layer: Layer, in network: Network, masks: Network) -> TrainedState.Layer? {
        guard let values = network.parameters[layer.weight]?.values else { return nil }
        var kept: [UInt8]?
        if mask != nil, let left = masks.parameters[layer.weight]?.values.floats { kept = left.map { $0 == 0 ? 0 : 1 } }
        let zeros = kept?.count { $0 == 0 } ?? 0
        if zeros == 0 { kept = nil }
        var plan = plan
        if plan.pruning.amount > 0 { plan.pruning = .level(Double(zeros) / Double(max(1, layer.count))) }
        let trained = TrainedLayer(
            layer: layer, weights: values, plan: plan, mask: kept, threshold: compressed.summary.threshold, deviation: deviation,
            options: TrainedOptions())
        let bias = layer.bias.flatMap { name in
            network.parameters[name].map { parameter in
                TrainedBias(name: name, values: parameter.values, representation: plan.bypass ? .float32 : plan.biases)
                    .effective(shape: parameter.shape)
            }
        }
        return TrainedState.Layer(
            plan: plan, compressed: trained.compressed(bias: bias), deviation: deviation, dense: dense,
            mask: kept.map { ByteMemory($0).tensor })
    }
}
