import Networks

extension TrainedState {
    /// The clips of activations that it was trained with, by weight.
    public func clips(of network: Network) -> [String: Float] {
        network.layers.reduce(into: [:]) { clips, layer in clips[layer.weight] = parameters[layer.clip]?.floats.first }
    }

    /// The network with the values that are evaluated: every layer as its plan and the training left it, the rest as trained.
    ///
    /// The graph is left as it is: quantizers of activations are not added, and their clips are left out where it has none. For those, give
    /// it a network that ``Networks/QuantizeActivations`` made.
    public func network(of network: Network) -> Network {
        var result = network
        result.source = nil
        for (name, values) in parameters where result.parameters[name] != nil { result.parameters[name]?.values = values }
        for layer in layers.values {
            result.parameters[layer.compressed.layer.weight]?.values = layer.compressed.weights
            if let name = layer.compressed.layer.bias, let bias = layer.compressed.bias { result.parameters[name]?.values = bias }
        }
        return result
    }
}

extension TrainedState {
    /// The same with the values that are evaluated in the place of the float ones: what comes next starts from the compressed weights.
    public var handingOnCompressed: TrainedState {
        var state = self
        for (weight, layer) in layers {
            state.parameters[weight] = layer.compressed.weights
            if let name = layer.compressed.layer.bias, let bias = layer.compressed.bias { state.parameters[name] = bias }
        }
        return state
    }
}
