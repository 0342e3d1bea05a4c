import Networks

/// What plans do to a graph, as a value that names the graph among those of one base.
public struct GraphEdits: Hashable, Sendable {
    /// How values that layers hand on are made coarse, by weight; only of layers where that is possible.
    public var activations: [String: ActivationQuantization]
    /// Where they are cut, by weight, as far as it is known.
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
    public func lacksClip(of weight: String) -> Bool {
        guard case .clipped = activations[weight] else { return false }
        return clips[weight] == nil
    }

    /// The network with the edited graph. Cost: O(nodes).
    public func applied(to network: Network) -> Network {
        let network = activations.isEmpty ? network : network.applying(.quantizeActivations(activations, clips: clips))
        return factorizations.isEmpty ? network : network.applying(.factorize(factorizations))
    }
}

extension ResolvedPlan {
    /// The settings of those layers whose values can be quantized: logits are left alone.
    public func activations(of network: Network) -> [String: ActivationQuantization] {
        activations.filter { network.quantizedValue(of: $0.key) != nil }
    }
}
