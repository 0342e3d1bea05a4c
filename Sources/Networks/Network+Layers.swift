import Tensors

/// A node with weights, as the layers table shows it: one row a weight parameter.
public struct Layer: Hashable, Sendable, Identifiable {
    /// The weight parameter's name, `conv2.weight`: the name that plans use.
    public var id: String { weight }
    /// The name without a trailing `.weight`: `conv2`; where an exporter left the weights without a name, that of the module that reads them.
    public var name: String
    public var weight: String
    public var bias: String?
    public var shape: Shape
    /// The first node that reads the weights; nil without a graph.
    public var node: Int?
    /// Whether the weights belong to a convolution.
    public var isConvolution: Bool
    /// Whether the weights are stored [in, out], so that an output channel is a column.
    public var isTransposed: Bool
    /// Whether what it hands on are the logits, which are never quantized.
    public var givesLogits: Bool
    /// Whether it belongs to a recurrent layer, whose gates and states are never quantized.
    public var isRecurrent = false
    /// Whether a batch normalization was taken into the weights.
    public var isFolded = false
    /// Whether ``Factorize`` can make two layers of it.
    public var isFactorable = false
    /// Groups of a convolution, of which each reads inputs of its own; 1 for others, and where no graph tells.
    public var groups = 1
    /// Strides of a convolution, one an axis; empty for other layers.
    public var strides: [Int] = []
    /// What it is a factor of; nil for a layer of the graph.
    public var part: LayerPart?

    public init(
        name: String, weight: String, bias: String?, shape: Shape, node: Int?, isConvolution: Bool, isTransposed: Bool,
        givesLogits: Bool = false
    ) {
        self.name = name
        self.weight = weight
        self.bias = bias
        self.shape = shape
        self.node = node
        self.isConvolution = isConvolution
        self.isTransposed = isTransposed
        self.givesLogits = givesLogits
    }

    /// What the weights are shown by, `conv2.weight`; where an exporter left them without a name, the layer's.
    public var shownWeight: String { weight.hasPrefix(name) ? weight : name }
    /// The parameter [1] up to which quantized activations of the layer go: `conv2.clip`.
    public var clip: String { LayerName.clip(of: name) }
    /// The number of weights.
    public var count: Int { shape.count }
    /// Output channels or units.
    public var outputCount: Int { isTransposed ? shape[shape.rank - 1] : shape[0] }
}

extension Network {
    /// ``layers``, found anew. Cost: O(nodes).
    func findLayers() -> LayerList {
        if isWeightsOnly { return LayerList(weightLayers) }
        let (index, points) = (index, QuantizationPoints(self))
        var seen = Set<String>()
        var names = Set<String>()
        var handedOn: [String: String] = [:]
        let layers = nodes.indices.compactMap { node -> Layer? in
            guard var layer = layer(at: node, index), seen.insert(layer.weight).inserted else { return nil }
            let choices = LayerName.choices(weight: layer.weight, node: nodes[node].name, part: points.recurrentPart(node))
            layer.name = choices.first { !names.contains($0) && isFree(clipOf: $0, index) } ?? layer.weight
            names.insert(layer.name)
            handedOn[layer.weight] = points.end(from: node).flatMap { nodes[$0].outputs.first }
            layer.isRecurrent = points.recurrentPart(node) != nil
            layer.givesLogits = handedOn[layer.weight] == nil
            layer.isFactorable = canFactorize(layer, index)
            return layer
        }
        let finder = JunctionFinder(self, points, handedOn: handedOn)
        return LayerList(layers, handedOn: handedOn, junctions: finder.junctions(taken: &names) { isFree(clipOf: $0, index) })
    }

    /// Whether no parameter of the file has the name that the clip of a layer would have.
    private func isFree(clipOf name: String, _ index: GraphIndex) -> Bool {
        let clip = LayerName.clip(of: name)
        guard parameters[clip] != nil else { return true }
        let readers = index.readers(of: clip)
        return !readers.isEmpty && readers.allSatisfy { if case .activation = nodes[$0].operation { true } else { false } }
    }

    private func layer(at place: Int, _ index: GraphIndex) -> Layer? {
        let node = nodes[place]
        let isConvolution: Bool
        var isTransposed = false
        switch node.operation {
        case .convolution: isConvolution = true
        case .gemm(let gemm): (isConvolution, isTransposed) = (false, !gemm.transposeB)
        case .matrixMultiplication: (isConvolution, isTransposed) = (false, true)
        case .recurrence: isConvolution = false
        default: return nil
        }
        guard node.inputs.count > 1, let weight = parameters[node.inputs[1]], weight.role == .weight else { return nil }
        let bias = bias(of: node, index)
        var layer = Layer(
            name: weight.name, weight: weight.name, bias: bias, shape: weight.shape, node: place,
            isConvolution: isConvolution, isTransposed: isTransposed)
        if case .convolution(let window) = node.operation { (layer.groups, layer.strides) = (window.groups, window.strides) }
        layer.isFolded = folded.contains(weight.name)
        return layer
    }

    private func bias(of node: Node, _ index: GraphIndex) -> String? {
        if case .recurrence(let recurrence) = node.operation { return recurrence.biasPlace.flatMap { parameters[node.inputs[$0]]?.name } }
        guard node.inputs.count > 2 else { return biasAfter(node, index) }
        return parameters[node.inputs[2]].flatMap { kept.expanded[$0.name] == nil ? $0.name : nil }
    }

    /// The bias that a following Add gives a MatMul.
    private func biasAfter(_ node: Node, _ index: GraphIndex) -> String? {
        guard let output = node.outputs.first else { return nil }
        let adding = index.readers(of: output).first { nodes[$0].operation == .add }
        return adding.flatMap { nodes[$0].inputs.first { parameters[$0]?.role == .bias } }
    }
}

/// The layers of one state of a network, with their places by the names of their parameters.
struct LayerList: Sendable {
    let all: [Layer]
    let junctions: [Junction]
    /// By weight, the value that a quantizer of its layer would read; of junctions by their keys.
    let handedOn: [String: String]
    private let weights: [String: Int]
    private let biases: [String: Int]

    init(_ layers: [Layer], handedOn: [String: String] = [:], junctions: [Junction] = []) {
        (all, self.junctions) = (layers, junctions)
        self.handedOn = junctions.reduce(into: handedOn) { if !$1.isSigned { $0[$1.key] = $1.value } }
        weights = Dictionary(layers.enumerated().map { ($0.element.weight, $0.offset) }) { first, _ in first }
        biases = Dictionary(layers.enumerated().compactMap { place, layer in layer.bias.map { ($0, place) } }) { first, _ in first }
    }

    func layer(of weight: String) -> Layer? { weights[weight].map { all[$0] } }
    func layer(ofBias name: String) -> Layer? { biases[name].map { all[$0] } }
}
