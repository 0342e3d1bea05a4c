/// Where ways of a network meet: a sum of values that the network computes, or a Concat of such, with the normalization and the Relu behind it.
public struct Junction: Hashable, Sendable {
    /// The value that the node itself makes, which names it among the weights of layers in settings and clips.
    public var key: String
    /// What people read: the node's module and operator, `layer1.0.Add`.
    public var name: String
    /// The value that a quantizer would read.
    public var value: String
    /// The parameter [1] up to which its levels would go.
    public var clip: String
    /// The layers whose values nothing but it reads, by weight.
    public var layers: [String]
    /// Whether values below 0 can come out of it, which levels from 0 to a clip do not have.
    public var isSigned: Bool
    /// The node that a quantizer would stand behind.
    var end: Int
}

/// Finds the junctions of a graph. Cost: O(nodes).
struct JunctionFinder {
    private let network: Network
    private let index: GraphIndex
    private let points: QuantizationPoints
    /// Weights of layers by the value that they hand on.
    private let handing: [String: String]
    /// Values that are never below 0.
    private var positive: Set<String> = []

    init(_ network: Network, _ points: QuantizationPoints, handedOn: [String: String]) {
        (self.network, self.points, index) = (network, points, network.index)
        handing = Dictionary(handedOn.map { ($1, $0) }) { first, second in min(first, second) }
        for node in network.nodes where isPositive(node) { positive.formUnion(node.outputs) }
    }

    /// In the order of the graph, each with a clip of its own beside those that are taken. Logits are none, nor are sums that only another sum reads.
    func junctions(taken: inout Set<String>, isFree: (_ clipOf: String) -> Bool) -> [Junction] {
        network.nodes.indices.compactMap { place in
            guard isJunction(network.nodes[place]), let key = network.nodes[place].outputs.first, let end = points.end(ofJunction: place),
                let value = network.nodes[end].outputs.first, !isPart(value)
            else { return nil }
            var owner = key
            while taken.contains(owner) || !isFree(owner) { owner += ".sum" }
            taken.insert(owner)
            return Junction(
                key: key, name: LayerName.modules(of: network.nodes[place].name).last ?? key, value: value, clip: LayerName.clip(of: owner),
                layers: layers(before: network.nodes[place]), isSigned: !positive.contains(value), end: end)
        }
    }

    private func isJunction(_ node: Node) -> Bool {
        switch node.operation {
        case .binary(.add), .variadic(.sum), .concatenation:
            node.inputs.count > 1 && node.inputs.allSatisfy { network.parameters[$0] == nil }
        default: false
        }
    }

    /// Whether a value that may be below 0 goes into one other junction alone, where it is quantized with what it is added to.
    private func isPart(_ value: String) -> Bool {
        guard !positive.contains(value), index.readCount(of: value) == 1, let reader = index.readers(of: value).first else { return false }
        return isJunction(network.nodes[reader])
    }

    private func layers(before node: Node) -> [String] {
        node.inputs.compactMap { index.readCount(of: $0) == 1 ? handing[$0] : nil }
    }

    private func isPositive(_ node: Node) -> Bool {
        switch node.operation {
        case .unary(.relu), .unary(.sigmoid), .unary(.hardSigmoid), .unary(.absolute), .softmax: true
        case .unary(.clip(let lower, _)): lower >= 0
        case .activation(let quantizer): quantizer.kind != .sign
        case .maxPool, .averagePool, .globalAveragePool, .globalMaxPool, .slice, .transpose, .depthToSpace, .spaceToDepth:
            node.inputs.first.map(positive.contains) ?? false
        case .binary(.add), .variadic(.sum), .concatenation: node.inputs.allSatisfy(positive.contains)
        case let operation: operation.isView && (node.inputs.first.map(positive.contains) ?? false)
        }
    }
}

extension Network {
    /// Where ways of the network meet, in the order of the graph. Cost: as ``layers``.
    public var junctions: [Junction] { layerList.junctions }

    /// Everything whose values can be quantized: layers and then junctions, each with the name that settings and clips have it by, that for people and
    /// the parameter of its clip.
    public var quantizable: [(key: String, name: String, clip: String)] {
        layers.filter { !$0.givesLogits }.map { ($0.weight, $0.name, $0.clip) }
            + junctions.filter { !$0.isSigned }.map { ($0.key, $0.name, $0.clip) }
    }
}
