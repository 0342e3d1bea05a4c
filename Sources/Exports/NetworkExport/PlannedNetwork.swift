import Compression
import Networks
import Tensors

/// A network as a plan and a training left it: what exports write.
public struct PlannedNetwork: Sendable {
    /// The graph as it was opened, with the float32 values that are evaluated.
    public let network: Network
    /// What the plan made of each layer.
    public let layers: [CompressedLayer]
    public let plan: CompressionPlan
    /// What the weights of each layer were stored as when the network was opened.
    let storedTypes: [String: ElementType]

    /// - Parameters:
    ///   - network: As opened, or with the values of a trained state (`TrainedState.network(of:)`).
    ///   - layers: Their weights and biases take the place of the network's.
    public init(_ network: Network, layers: [CompressedLayer], plan: CompressionPlan) {
        var network = network
        var storedTypes: [String: ElementType] = [:]
        for layer in layers { storedTypes[layer.layer.weight] = network.parameters[layer.layer.weight]?.values.elementType }
        self.storedTypes = storedTypes
        for layer in layers {
            network.parameters[layer.layer.weight]?.values = layer.weights
            if let name = layer.layer.bias, let bias = layer.bias { network.parameters[name]?.values = bias }
        }
        self.network = network
        self.layers = layers
        self.plan = plan
    }

    /// The graph with the quantizers of activations that the plan asks for.
    var quantized: Network {
        guard let resolved = try? plan.resolved(for: network.layers) else { return network }
        return network.quantizingActivations(resolved.activations)
    }

    /// The weights of each layer as levels, by weight.
    var stored: [String: StoredWeights] {
        Dictionary(layers.map { ($0.layer.weight, StoredWeights($0)) }) { first, _ in first }
    }

    /// Whether weights are exactly 0, or few values are shared, which a file of floats does not gain by.
    var hasZerosOrFewValues: Bool {
        layers.contains { layer in
            let isFloat = layer.summary.codebook.isEmpty && layer.summary.scales.isEmpty
            return !isFloat || layer.summary.sparsity >= GivenStructure.prunedShare
        }
    }
}
