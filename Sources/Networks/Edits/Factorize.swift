import OrderedCollections
import Tensors

/// Layers that become two of a lower rank, one after the other: weights W, as they are stored, are left [rows, rank] · right [rank, columns].
///
/// A dense layer becomes two; a convolution one with the same window and `rank` filters, then one of 1 × 1. The bias is the second one's, and that
/// one's result has the name of the layer's. The parameters are ``Layer/factorNames``, all 0 as yet; those of the weights are left out. Names of
/// layers that are not ``Layer/isFactorable`` are left alone. Cost: O(nodes + parameters).
public struct Factorize: NetworkEdit {
    /// By weight parameter.
    public var ranks: [String: Int]

    public func apply(to network: inout Network, _ index: GraphIndex) {
        var factors: [Int: LayerFactors] = [:]
        var parameters: [String: [Parameter]] = [:]
        for layer in network.layers where layer.isFactorable {
            guard let rank = ranks[layer.weight], rank > 0 else { continue }
            let made = LayerFactors(layer, rank: rank)
            for place in index.readers(of: layer.weight) { factors[place] = made }
            parameters[layer.weight] = made.parameters
        }
        guard !factors.isEmpty else { return }
        var (nodeNames, valueNames) = (TakenNames(nodesOf: network), TakenNames(valuesOf: network))
        for parameter in parameters.values.joined() { _ = valueNames.take(parameter.name) }
        network.nodes = network.nodes.enumerated().flatMap { place, node in
            factors[place]?.nodes(for: node, &nodeNames, &valueNames) ?? [node]
        }
        let all = network.parameters.values.flatMap { parameters[$0.name] ?? [$0] }
        network.parameters = OrderedDictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })
    }
}

extension NetworkEdit where Self == Factorize {
    public static func factorize(_ ranks: [String: Int]) -> Self { Self(ranks: ranks) }
}

extension Layer {
    /// The parameters that hold the weights as a product: `conv2.left` and `conv2.right`.
    public var factorNames: (left: String, right: String) { (name + ".left", name + ".right") }

    /// The shapes of these parameters.
    public func factorShapes(rank: Int) -> (left: Shape, right: Shape) {
        let ones = Array(repeating: 1, count: isConvolution ? shape.rank - 2 : 0)
        return (Shape([shape[0], rank] + ones), Shape([rank] + shape.dimensions.dropFirst()))
    }
}

extension Network {
    /// Whether only products x · W, or convolutions without groups, read the weights of a layer, and the names of its factors are free.
    func canFactorize(_ layer: Layer, _ index: GraphIndex) -> Bool {
        let names = [layer.factorNames.left, layer.factorNames.right]
        let areFree = names.allSatisfy { parameters[$0] == nil && index.maker(of: $0) == nil && index.readCount(of: $0) == 0 }
        guard areFree else { return false }
        return index.readers(of: layer.weight).allSatisfy { place in
            let node = nodes[place]
            guard node.inputs.count > 1, node.inputs[1] == layer.weight, node.inputs.count(where: { $0 == layer.weight }) == 1 else {
                return false
            }
            switch node.operation {
            case .convolution(let convolution): return layer.isConvolution && layer.shape.rank > 2 && convolution.groups == 1
            case .gemm(let gemm): return !layer.isConvolution && layer.shape.rank == 2 && gemm.transposeB != layer.isTransposed
            case .matrixMultiplication: return layer.isTransposed && layer.shape.rank == 2
            default: return false
            }
        }
    }
}

/// What takes the place of one layer.
private struct LayerFactors {
    /// Of what comes first and second.
    let parameters: [Parameter]

    init(_ layer: Layer, rank: Int) {
        let (names, shapes) = (layer.factorNames, layer.factorShapes(rank: rank))
        let left = Parameter(name: names.left, role: .weight, values: Tensor(shape: shapes.left) { _ in })
        let right = Parameter(name: names.right, role: .weight, values: Tensor(shape: shapes.right) { _ in })
        parameters = layer.isTransposed ? [left, right] : [right, left]
    }

    func nodes(for node: Node, _ nodeNames: inout TakenNames, _ valueNames: inout TakenNames) -> [Node] {
        let value = valueNames.take("\(node.outputs[0]).factor")
        let (first, second) = node.operation.factors
        return [
            Node(
                name: nodeNames.take("\(node.name).factor"), operation: first, inputs: [node.inputs[0], parameters[0].name],
                outputs: [value]),
            Node(
                name: node.name, operation: second, inputs: [value, parameters[1].name] + node.inputs.dropFirst(2), outputs: node.outputs),
        ]
    }
}

extension Operation {
    /// The two operations whose weights are factors of this one's.
    fileprivate var factors: (first: Operation, second: Operation) {
        switch self {
        case .convolution(let window):
            let axes = window.kernel.count
            let ones = Array(repeating: 1, count: axes)
            let point = Convolution(kernel: ones, strides: ones, dilations: ones, pads: Array(repeating: 0, count: 2 * axes))
            return (self, .convolution(point))
        case .gemm(let gemm):
            var second = gemm
            second.transposeA = false
            return (.gemm(Gemm(transposeA: gemm.transposeA, transposeB: gemm.transposeB)), .gemm(second))
        default: return (self, self)
        }
    }
}
