import OrderedCollections
import Tensors

/// Batch normalizations taken into the layers before them; the function stays the same.
///
/// W' = W · scale / √(variance + ε) and b' = (b − mean) · scale / √(variance + ε) + shift for each output channel, computed in Double. Taken in is
/// a normalization that alone reads what a convolution or Gemm makes, whose weights no other node reads; the others stay. A layer without a
/// bias gets one. ``Network/folded`` names the weights. Cost: O(parameters).
public struct FoldBatchNormalization: NetworkEdit {
    public func apply(to network: inout Network, _ index: GraphIndex) {
        var folder = NormalizationFolder(network, index)
        for place in network.nodes.indices { folder.fold(place) }
        network.nodes = folder.left
        network.parameters = folder.parameters
        network.folded.formUnion(folder.folded)
    }
}

extension NetworkEdit where Self == FoldBatchNormalization {
    public static var foldBatchNormalization: Self { Self() }
}

/// Takes the normalizations of a network into its layers, one by one.
private struct NormalizationFolder {
    private(set) var parameters: OrderedDictionary<String, Parameter>
    private(set) var folded = Set<String>()
    private var nodes: [Node]
    private var removed = Set<Int>()
    private var names: TakenNames
    private let index: GraphIndex
    /// By value, the node that makes it instead of its normalization.
    private var layers: [String: Int] = [:]
    /// By parameter, how much more often than before it is read.
    private var reads: [String: Int] = [:]

    init(_ network: Network, _ index: GraphIndex) {
        (nodes, parameters) = (network.nodes, network.parameters)
        self.index = index
        names = TakenNames(valuesOf: network)
    }

    var left: [Node] { nodes.indices.filter { !removed.contains($0) }.map { nodes[$0] } }

    private func readCount(of name: String) -> Int { index.readCount(of: name) + reads[name, default: 0] }

    mutating func fold(_ place: Int) {
        let node = nodes[place]
        guard let change = ChannelChange(node, parameters), let value = node.inputs.first, readCount(of: value) == 1,
            let layer = layers[value] ?? index.maker(of: value), takeIn(change, layer)
        else { return }
        nodes[layer].outputs = node.outputs
        for name in node.outputs { layers[name] = layer }
        removed.insert(place)
        for name in node.inputs.dropFirst() {
            reads[name, default: 0] -= 1
            if readCount(of: name) == 0 { parameters[name] = nil }
        }
    }

    /// False, and nothing changed, where the node is no layer of that many channels, or shares its parameters.
    private mutating func takeIn(_ change: ChannelChange, _ place: Int) -> Bool {
        let node = nodes[place]
        guard node.inputs.count > 1, let weights = parameters[node.inputs[1]], readCount(of: weights.name) == 1,
            let isTransposed = node.operation.storesOutputsLast, weights.shape.rank > 1,
            (isTransposed ? weights.shape[weights.shape.rank - 1] : weights.shape[0]) == change.factors.count
        else { return false }
        var bias: Parameter?
        if node.inputs.count > 2, !node.inputs[2].isEmpty {
            guard let own = parameters[node.inputs[2]], readCount(of: own.name) == 1, own.count == change.factors.count
            else { return false }
            bias = own
        }
        setBias(change.bias(bias?.values), named: bias?.name, of: place, after: weights.name)
        parameters[weights.name]?.values = change.weights(weights.values, isTransposed: isTransposed)
        folded.insert(weights.name)
        return true
    }

    private mutating func setBias(_ values: Tensor, named name: String?, of place: Int, after weights: String) {
        if let name {
            parameters[name]?.values = values
            return
        }
        let name = names.take(LayerName.owner(of: weights) + ".bias")
        let next = (parameters.index(forKey: weights) ?? parameters.count - 1) + 1
        parameters.updateValue(Parameter(name: name, role: .bias, values: values), forKey: name, insertingAt: next)
        nodes[place].inputs = Array(nodes[place].inputs.prefix(2)) + [name]
        reads[name] = 1
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
