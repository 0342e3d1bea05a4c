import Networks

/// What plans do to a graph, as a value that names the graph among those of one base.
public struct GraphEdits: Hashable, Sendable {
    /// How values that layers and junctions hand on are made coarse, by weight or key; only where that is possible.
    public var activations: [String: ActivationQuantization]
    /// Where they are cut, by the same names, as far as it is known.
    public var clips: [String: Float]
    /// How layers are held as factors, by weight.
    public var factorizations: [String: Factorization]

    /// None: the graph as it is.
    public init(
        activations: [String: ActivationQuantization] = [:], clips: [String: Float] = [:],
        factorizations: [String: Factorization] = [:]
    ) {
        self.activations = activations
        self.factorizations = factorizations
        self.clips = clips
    }

    /// Those that a plan asks for; none where it does not fit the network.
    public init(_ plan: CompressionPlan, of network: Network, clips: [String: Float] = [:]) {
        let resolved = try? plan.resolved(for: network.layers)
        self.init(activations: resolved?.activations(of: network) ?? [:], clips: clips)
    }

    /// The same with the factors of layers that were made.
    func taking(_ layers: [CompressedLayer]) -> GraphEdits {
        var edits = self
        for layer in layers {
            if case .factors(let factors) = layer.form { edits.factorizations[layer.layer.weight] = factors.factorization }
        }
        return edits
    }

    /// Whether something is cut nobody knows where.
    public func lacksClip(of key: String) -> Bool {
        guard case .clipped = activations[key] else { return false }
        return clips[key] == nil
    }

    /// The network with the edited graph. Cost: O(nodes).
    public func applied(to network: Network) -> Network {
        let network = activations.isEmpty ? network : network.applying(.quantizeActivations(activations, clips: clips))
        return factorizations.isEmpty ? network : network.applying(.factorize(factorizations))
    }
}

extension ResolvedPlan {
    /// What ``Networks/QuantizeActivations`` is to do: the settings of those layers whose values can be quantized, logits being left alone, and of
    /// junctions, by key. The quantizer of a junction stands for those of levels up to a clip that layers would have right before it.
    public func activations(of network: Network) -> [String: ActivationQuantization] {
        var settings = activations.filter { network.quantizedValue(of: $0.key) != nil }
        guard let sums else { return settings }
        for junction in network.junctions where !junction.isSigned {
            for weight in junction.layers where settings[weight] != .sign { settings[weight] = nil }
            settings[junction.key] = sums
        }
        return settings
    }

    /// Whether values are quantized up to a clip in a network.
    public func cutsActivations(of network: Network) -> Bool { activations(of: network).values.contains { $0 != .sign } }
}
