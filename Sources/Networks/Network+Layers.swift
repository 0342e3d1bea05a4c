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
    /// The first node that reads the weights; −1 without a graph.
    public var node: Int
    /// Whether the weights belong to a convolution.
    public var isConvolution: Bool
    /// Whether the weights are stored [in, out], so that an output channel is a column.
    public var isTransposed: Bool
    /// Whether what it hands on are the logits, which are never quantized.
    public var givesLogits: Bool
    /// Whether a batch normalization was taken into the weights.
    public var isFolded = false

    public init(
        name: String, weight: String, bias: String?, shape: Shape, node: Int, isConvolution: Bool, isTransposed: Bool,
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
    /// The number of weights.
    public var count: Int { shape.count }
    /// Output channels or units.
    public var outputCount: Int { isTransposed ? shape[shape.rank - 1] : shape[0] }
}

extension Network {
    /// The layers with weights, in the order of the graph; a parameter that two nodes read is listed once. Without a graph: see
    /// ``init(weights:name:source:)``.
    ///
    /// Cost: O(nodes).
    public var layers: [Layer] {
        if isWeightsOnly { return weightLayers }
        var seen = Set<String>()
        var names = Set<String>()
        return nodes.indices.compactMap { index in
            guard var layer = layer(at: index), seen.insert(layer.weight).inserted else { return nil }
            layer.name = LayerName.choices(weight: layer.weight, node: nodes[index].name).first { !names.contains($0) } ?? layer.weight
            names.insert(layer.name)
            return layer
        }
    }

    private func layer(at index: Int) -> Layer? {
        let node = nodes[index]
        let isConvolution: Bool
        var isTransposed = false
        switch node.operation {
        case .convolution: isConvolution = true
        case .gemm(let gemm): (isConvolution, isTransposed) = (false, !gemm.transposeB)
        case .matrixMultiplication: (isConvolution, isTransposed) = (false, true)
        default: return nil
        }
        guard node.inputs.count > 1, let weight = parameters[node.inputs[1]], weight.role == .weight else { return nil }
        let bias = node.inputs.count > 2 ? parameters[node.inputs[2]]?.name : biasAfter(index)
        var layer = Layer(
            name: weight.name, weight: weight.name, bias: bias, shape: weight.shape, node: index,
            isConvolution: isConvolution, isTransposed: isTransposed,
            givesLogits: quantizationPoint(from: index) == nil)
        layer.isFolded = folded.contains(weight.name)
        return layer
    }

    /// The bias that a following Add gives a MatMul.
    private func biasAfter(_ index: Int) -> String? {
        guard let output = nodes[index].outputs.first else { return nil }
        let adding = nodes.first { $0.operation == .add && $0.inputs.contains(output) }
        return adding?.inputs.first { parameters[$0]?.role == .bias }
    }
}
