import Compression
import Networks
import Tensors

/// A network as a plan and a training left it: what exports write.
public struct PlannedNetwork: Sendable {
    /// The graph as it was opened, with the float32 values that are evaluated.
    public private(set) var network: Network
    /// The network that the layers were put into.
    private let source: Network
    /// What the plan made of each layer.
    public let layers: [CompressedLayer]
    public let plan: CompressionPlan
    /// Places of layers by weight and by bias.
    private let weights: [String: Int]
    private let biases: [String: Int]
    /// Where the activations of layers are cut, by weight, as trained.
    let clips: [String: Float]
    /// What the weights of each layer were stored as when the network was opened.
    let storedTypes: [String: ElementType]
    /// The mapped files that values come from.
    let sources: [FileMap]

    /// - Parameters:
    ///   - network: As opened, or with the values of a trained state (`TrainedState.network(of:)`).
    ///   - layers: Their weights and biases take the place of the network's.
    ///   - clips: See ``Compression/TrainedState/clips(of:)``; an export refuses a plan that cuts other layers' activations.
    public init(_ network: Network, layers: [CompressedLayer], plan: CompressionPlan, clips: [String: Float] = [:]) {
        source = network
        sources = network.maps
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
        weights = Dictionary(layers.enumerated().map { ($0.element.layer.weight, $0.offset) }) { first, _ in first }
        biases = Dictionary(layers.enumerated().compactMap { place, layer in layer.layer.bias.map { ($0, place) } }) { first, _ in first }
        self.plan = plan
        self.clips = clips
    }

    /// The same with +0 for each value −0, as files hold it. Cost: O(n).
    var withoutNegativeZeros: PlannedNetwork {
        var planned = self
        for (name, parameter) in network.parameters { planned.network.parameters[name]?.values = parameter.values.withoutNegativeZeros }
        return planned
    }

    /// How many values were −0 before anything was planned. Cost: O(n).
    var negativeZeroCount: Int { source.parameters.values.reduce(0) { $0 + $1.values.negativeZeroCount } }

    /// The graph with the quantizers of activations that the plan asks for, in ONNX's operators.
    var quantized: Network { network.applying(.quantizeActivations(activations, clips: clips)).applying(.standardOperators) }

    /// A layer whose activations are cut nobody knows where, or nil.
    var unknownClip: Layer? {
        let activations = activations
        return network.layers.first { layer in
            guard case .clipped = activations[layer.weight], clips[layer.weight] == nil else { return false }
            return network.quantizedValue(of: layer.weight) != nil
        }
    }

    /// What the plan made of the layer with this weight, or this bias.
    func layer(of weight: String) -> CompressedLayer? { weights[weight].map { layers[$0] } }
    func layer(ofBias name: String) -> CompressedLayer? { biases[name].map { layers[$0] } }

    private var activations: [String: ActivationQuantization] { (try? plan.resolved(for: network.layers))?.activations ?? [:] }

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
