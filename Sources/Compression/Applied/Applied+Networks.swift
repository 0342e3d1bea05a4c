import Networks

extension Applied {
    /// The network in ONNX's operators, without those that only Pare has. Cost: O(nodes).
    public var inStandardOperators: Network { network.applying(.standardOperators) }

    /// The name of a layer or a sum whose values are cut nobody knows where, or nil.
    public var unknownClip: String? { base.quantizable.first { edits.lacksClip(of: $0.key) }?.name }

    /// The base's graph, with factors where layers are held as such, and the values that are evaluated. Cost: O(parameters).
    public var floatGraph: Network {
        edits.activations.isEmpty ? network : GraphEdits(factorizations: edits.factorizations).applied(to: base).taking(layers)
    }

    /// The base's values in its graph, with what the plan does to the values between layers. Cost: O(nodes).
    public var floatNetwork: Network { GraphEdits(activations: edits.activations, clips: edits.clips).applied(to: base) }
}

extension Network {
    /// The same graph with these weights and biases in the place of its own. Cost: O(parameters).
    func taking(_ layers: [CompressedLayer]) -> Network {
        var network = self
        for layer in layers { for (name, values) in layer.parameters { network.parameters[name]?.values = values } }
        return network
    }
}
