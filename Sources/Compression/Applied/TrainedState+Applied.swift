import Networks

extension TrainedState {
    /// The clips of activations that it was trained with, by weight, and by key of junctions.
    public func clips(of network: Network) -> [String: Float] {
        network.graph(of: self).quantizable.reduce(into: [:]) { clips, place in clips[place.key] = parameters[place.clip]?.floats.first }
    }

    /// What plans on this state start from: the opened network, or the state's own graph, with its float values. Cost: O(parameters).
    public func base(of network: Network) -> Network {
        var result = network.graph(of: self)
        result.name = network.name
        result.source = nil
        for (name, values) in parameters where result.parameters[name] != nil { result.parameters[name]?.values = values }
        return result
    }

    /// The network that training made of the opened one: every layer as its plan and the training left it, under the state's own plan.
    ///
    /// Cost: O(parameters).
    public func applied(to network: Network) -> Applied {
        Applied(layersInOrder(of: network), of: network, plan: plan, base: self)
    }

    /// What training left of each layer, in the order of a network's.
    public func layersInOrder(of network: Network) -> [CompressedLayer] {
        network.graph(of: self).layers.compactMap { layers[$0.weight]?.compressed }
    }
}

extension Applied {
    /// What a plan makes of an opened network or, where there is one, of a state of it: with the clips that the state was trained with.
    ///
    /// Cost: O(parameters).
    public init(_ layers: [CompressedLayer], of network: Network, plan: CompressionPlan, base state: TrainedState?) {
        let base = state?.base(of: network) ?? network
        self.init(
            base: base, layers: layers, plan: plan, edits: GraphEdits(plan, of: base, clips: state?.clips(of: network) ?? [:]),
            versions: Versions(graph: state?.graph?.id), opened: OpenedBytes(network))
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
