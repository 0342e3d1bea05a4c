import Networks
import OrderedCollections

/// A plan for one network: what is done with each of its layers, by weight name, in the order of the graph.
public struct ResolvedPlan: Hashable, Sendable {
    public var temperature: Double
    public var lossWeights: LossWeights
    /// How what sums and Concats hand on is made coarse; nil leaves it float.
    public var sums: ActivationQuantization?
    public private(set) var layers: OrderedDictionary<String, LayerPlan>

    public init(
        temperature: Double = 5, lossWeights: LossWeights = LossWeights(), layers: OrderedDictionary<String, LayerPlan>,
        sums: ActivationQuantization? = nil
    ) {
        self.sums = sums
        self.temperature = temperature
        self.lossWeights = lossWeights
        self.layers = layers
    }

    /// A plan without layers.
    public static let unchanged = ResolvedPlan(layers: [:])

    /// The same plan for these layers; one that it does not have is unchanged.
    public func covering(_ layers: [Layer]) -> ResolvedPlan {
        ResolvedPlan(
            temperature: temperature, lossWeights: lossWeights,
            layers: OrderedDictionary(layers.map { ($0.weight, self[$0.weight]) }) { first, _ in first }, sums: sums)
    }

    /// The same with these plans in the place of its own, and those of further layers.
    public func taking(_ plans: [String: LayerPlan]) -> ResolvedPlan {
        var result = self
        result.layers.merge(plans.sorted { $0.key < $1.key }) { $1 }
        return result
    }

    /// The plan of a weight parameter; ``LayerPlan/unchanged`` for a name that the network does not have.
    ///
    /// Setting replaces the plan of a layer; a name that the network does not have is ignored.
    public subscript(weight: String) -> LayerPlan {
        get { layers[weight] ?? .unchanged }
        set { if layers[weight] != nil { layers[weight] = newValue } }
    }

    /// What ``Networks/QuantizeActivations`` is to do, by weight name; bypassed layers are left out.
    public var activations: [String: ActivationQuantization] {
        layers.reduce(into: [:]) { settings, layer in settings[layer.key] = layer.value.bypass ? nil : layer.value.activations }
    }

    /// Ways of writing that were chosen, by weight name; the others are the smallest.
    public var codings: [String: WeightCoding] {
        layers.reduce(into: [:]) { codings, layer in codings[layer.key] = layer.value.coder }
    }
}

extension CompressionPlan {
    /// The same recipe with exact names only; layers that stay unchanged are left out.
    public init(resolved: ResolvedPlan) {
        let entries = resolved.layers.filter { $0.value != .unchanged }
        self.init(
            temperature: resolved.temperature, lossWeights: resolved.lossWeights,
            layers: entries.map { Entry(pattern: $0.key, plan: $0.value) }, sums: resolved.sums)
    }
}
