import OrderedCollections
import Tensors

/// Layers that become several of a lower rank, one after the other, whose product W is.
///
/// What the parts of a ``FactorMethod`` read, and their strides, dilations and pads, follow from the layer: along each axis one part has them. The bias is
/// that of the last part, whose result has the name of the layer's. The parameters are named by ``Layer/name(of:)`` and all 0 as yet; those of the
/// weights are left out. Names of layers that are not ``Layer/isFactorable`` are left alone. Cost: O(nodes + parameters).
public struct Factorize: NetworkEdit {
    /// By weight parameter.
    public var factorizations: [String: Factorization]

    public func apply(to network: inout Network, _ index: GraphIndex) {
        var factors: [Int: LayerFactors] = [:]
        var parameters: [String: [Parameter]] = [:]
        for layer in network.layers where layer.isFactorable {
            guard let factorization = factorizations[layer.weight], factorization.method.obstacle(in: layer.geometry) == nil else {
                continue
            }
            let made = LayerFactors(layer, factorization)
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
    public static func factorize(_ factorizations: [String: Factorization]) -> Self { Self(factorizations: factorizations) }
}

extension Network {
    /// Whether only products x · W, or convolutions of the same groups, read the weights of a layer, and the names of its factors are free.
    func canFactorize(_ layer: Layer, _ index: GraphIndex) -> Bool {
        let names = FactorPart.Side.allCases.map { layer.name(of: $0) }
        let areFree = names.allSatisfy { parameters[$0] == nil && index.maker(of: $0) == nil && index.readCount(of: $0) == 0 }
        guard areFree else { return false }
        return index.readers(of: layer.weight).allSatisfy { place in
            let node = nodes[place]
            guard node.inputs.count > 1, node.inputs[1] == layer.weight, node.inputs.count(where: { $0 == layer.weight }) == 1 else {
                return false
            }
            switch node.operation {
            case .convolution(let convolution): return layer.isConvolution && layer.shape.rank > 2 && convolution.groups == layer.groups
            case .gemm(let gemm): return !layer.isConvolution && layer.shape.rank == 2 && gemm.transposeB != layer.isTransposed
            case .matrixMultiplication: return layer.isTransposed && layer.shape.rank == 2
            default: return false
            }
        }
    }
}

/// What takes the place of one layer.
private struct LayerFactors {
    /// Of what comes first to what comes last.
    let parameters: [Parameter]
    private let method: FactorMethod
    private let sides: [FactorPart.Side]

    init(_ layer: Layer, _ factorization: Factorization) {
        let parts = layer.factorParts(factorization)
        method = factorization.method
        sides = parts.map(\.side)
        parameters = parts.map { part in
            Parameter(name: layer.name(of: part.side), role: .weight, values: Tensor(shape: part.shape) { _ in })
        }
    }

    func nodes(for node: Node, _ nodeNames: inout TakenNames, _ valueNames: inout TakenNames) -> [Node] {
        var nodes: [Node] = []
        var value = node.inputs[0]
        for (place, side) in sides.enumerated() {
            let isLast = place == sides.count - 1
            let output = isLast ? node.outputs : [valueNames.take("\(node.outputs[0]).factor")]
            nodes.append(
                Node(
                    name: isLast ? node.name : nodeNames.take("\(node.name).factor"),
                    operation: node.operation.part(side, of: method, isFirst: place == 0, isLast: isLast),
                    inputs: [value, parameters[place].name] + (isLast ? node.inputs.dropFirst(2) : []), outputs: output))
            value = output[0]
        }
        return nodes
    }
}

extension Operation {
    /// The operation whose weights are a part of this one's.
    fileprivate func part(_ side: FactorPart.Side, of method: FactorMethod, isFirst: Bool, isLast: Bool) -> Operation {
        switch self {
        case .convolution(let window): return .convolution(window.part(side, of: method))
        case .gemm(let gemm):
            var part = isLast ? gemm : Gemm(transposeA: gemm.transposeA, transposeB: gemm.transposeB)
            if !isFirst { part.transposeA = false }
            return .gemm(part)
        default: return self
        }
    }
}

extension Convolution {
    /// Of ``FactorMethod/spatial`` each part keeps one axis, of the others one part keeps the window and the rest are of 1 × 1.
    fileprivate func part(_ side: FactorPart.Side, of method: FactorMethod) -> Convolution {
        switch (method, side) {
        case (.channel, .right), (.tucker, .middle): keeping { _ in true }
        case (.spatial, .right): keeping { $0 == 0 }
        case (.spatial, .left): keeping { $0 == 1 }
        default: keeping { _ in false }
        }
    }

    /// The window along some axes, of one place along the others.
    private func keeping(_ isKept: (_ axis: Int) -> Bool) -> Convolution {
        func along(_ values: [Int], or other: Int) -> [Int] {
            values.enumerated().map { isKept($0.offset % kernel.count) ? $0.element : other }
        }
        return Convolution(
            kernel: along(kernel, or: 1), strides: along(strides, or: 1), dilations: along(dilations, or: 1), pads: along(pads, or: 0),
            groups: groups)
    }
}
