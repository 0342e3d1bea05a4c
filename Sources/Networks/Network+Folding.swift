import OrderedCollections
import Tensors

extension Network {
    /// The same function with batch normalizations taken into the layers before them.
    ///
    /// W' = W · scale / √(variance + ε) and b' = (b − mean) · scale / √(variance + ε) + shift for each output channel, computed in Double. Taken in is
    /// a normalization that alone reads what a convolution or Gemm makes, whose weights no other node reads; the others stay. A layer without a
    /// bias gets one. ``folded`` names the weights. Cost: O(parameters).
    public func foldingBatchNormalization() -> Network {
        var folder = NormalizationFolder(self)
        for index in nodes.indices { folder.fold(index) }
        return folder.result
    }
}

/// Takes the normalizations of a network into its layers, one by one.
private struct NormalizationFolder {
    private var network: Network
    /// How many nodes read a value or parameter; the network's output is read once more.
    private var readers: [String: Int] = [:]
    /// The node that makes a value.
    private var makers: [String: Int] = [:]
    private var removed = Set<Int>()
    private var names: TakenNames

    init(_ network: Network) {
        self.network = network
        names = TakenNames(valuesOf: network)
        for (index, node) in network.nodes.enumerated() {
            for name in node.inputs { readers[name, default: 0] += 1 }
            for name in node.outputs { makers[name] = index }
        }
        readers[network.output, default: 0] += 1
    }

    var result: Network {
        var network = network
        network.nodes = network.nodes.enumerated().filter { !removed.contains($0.offset) }.map(\.element)
        return network
    }

    mutating func fold(_ index: Int) {
        let node = network.nodes[index]
        guard let value = node.inputs.first, readers[value] == 1, let maker = makers[value],
            let change = ChannelChange(node, network.parameters), takeIn(change, maker)
        else { return }
        network.nodes[maker].outputs = node.outputs
        for name in node.outputs { makers[name] = maker }
        removed.insert(index)
        for name in node.inputs.dropFirst() {
            readers[name, default: 1] -= 1
            if readers[name] == 0 { network.parameters[name] = nil }
        }
    }

    /// False, and nothing changed, where the node is no layer of that many channels, or shares its parameters.
    private mutating func takeIn(_ change: ChannelChange, _ index: Int) -> Bool {
        let node = network.nodes[index]
        guard node.inputs.count > 1, let weights = network.parameters[node.inputs[1]], readers[weights.name] == 1,
            let isTransposed = node.operation.storesOutputsLast, weights.shape.rank > 1,
            (isTransposed ? weights.shape[weights.shape.rank - 1] : weights.shape[0]) == change.factors.count
        else { return false }
        var bias: Parameter?
        if node.inputs.count > 2, !node.inputs[2].isEmpty {
            guard let own = network.parameters[node.inputs[2]], readers[own.name] == 1, own.count == change.factors.count
            else { return false }
            bias = own
        }
        setBias(change.bias(bias?.values), named: bias?.name, of: index, after: weights.name)
        network.parameters[weights.name]?.values = change.weights(weights.values, isTransposed: isTransposed)
        network.folded.insert(weights.name)
        return true
    }

    private mutating func setBias(_ values: Tensor, named name: String?, of index: Int, after weights: String) {
        if let name {
            network.parameters[name]?.values = values
            return
        }
        let name = names.take(LayerName.owner(of: weights) + ".bias")
        let place = (network.parameters.index(forKey: weights) ?? network.parameters.count - 1) + 1
        network.parameters.updateValue(Parameter(name: name, role: .bias, values: values), forKey: name, insertingAt: place)
        network.nodes[index].inputs = Array(network.nodes[index].inputs.prefix(2)) + [name]
        readers[name] = 1
    }
}

/// What a normalization does with each channel: x · factor + term.
private struct ChannelChange {
    var factors: [Double]
    var terms: [Double]

    /// Nil for another operation, and where scale, shift, mean or variance are computed.
    init?(_ node: Node, _ parameters: OrderedDictionary<String, Parameter>) {
        guard case .batchNormalization(let epsilon) = node.operation, node.inputs.count == 5, node.outputs.count == 1 else { return nil }
        let values = node.inputs.dropFirst().compactMap { parameters[$0]?.values.floats.map(Double.init) }
        guard values.count == 4, values.allSatisfy({ $0.count == values[0].count }) else { return nil }
        let (scale, shift, mean, variance) = (values[0], values[1], values[2], values[3])
        factors = zip(scale, variance).map { $0 / ($1 + Double(epsilon)).squareRoot() }
        terms = factors.indices.map { [factors] in shift[$0] - mean[$0] * factors[$0] }
    }

    /// Weights [M, …], or [K, M] when transposed.
    func weights(_ tensor: Tensor, isTransposed: Bool) -> Tensor {
        let (channels, row) = (factors.count, tensor.count / max(factors.count, 1))
        return Tensor(
            shape: tensor.shape,
            floats: tensor.floats.enumerated().map { index, value in
                Float(Double(value) * factors[isTransposed ? index % channels : index / row])
            })
    }

    /// [M]; `tensor` is the layer's own bias.
    func bias(_ tensor: Tensor?) -> Tensor {
        let own = tensor?.floats.map(Double.init) ?? Array(repeating: 0, count: factors.count)
        return Tensor(shape: [factors.count], floats: factors.indices.map { Float(own[$0] * factors[$0] + terms[$0]) })
    }
}

extension Operation {
    /// Whether the weights lie [in, out]; nil where this is no layer x · W + b that a normalization can be taken into.
    fileprivate var storesOutputsLast: Bool? {
        switch self {
        case .convolution: false
        case .gemm(let gemm) where gemm.alpha == 1 && gemm.beta == 1 && !gemm.transposeA: !gemm.transposeB
        default: nil
        }
    }
}
