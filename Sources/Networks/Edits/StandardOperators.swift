import Tensors

/// ONNX's own operators alone: levels up to a clip α become Clip(0, α) → Mul((2^bits − 1) / α) → Round → Mul(α / (2^bits − 1)).
///
/// These are the steps of the quantizer itself, so its values are the same bit for bit. The clip becomes a constant of the graph, and its
/// parameter is left out. Cost: O(nodes).
public struct StandardOperators: NetworkEdit {
    public func apply(to network: inout Network, _ index: GraphIndex) {
        var speller = QuantizerSpeller(network)
        for node in network.nodes { speller.add(node) }
        network.nodes = speller.nodes
        for parameter in speller.added { network.parameters[parameter.name] = parameter }
        for (clip, count) in speller.clips where index.readCount(of: clip) == count { network.parameters[clip] = nil }
    }
}

extension NetworkEdit where Self == StandardOperators {
    public static var standardOperators: Self { Self() }
}

/// Writes the nodes of a network afresh, quantizers as their steps.
private struct QuantizerSpeller {
    private(set) var nodes: [Node] = []
    private(set) var added: [Parameter] = []
    /// How many of the spelled quantizers read each clip.
    private(set) var clips: [String: Int] = [:]
    private let network: Network
    private var nodeNames: TakenNames
    private var valueNames: TakenNames

    init(_ network: Network) {
        self.network = network
        (nodeNames, valueNames) = (TakenNames(nodesOf: network), TakenNames(valuesOf: network))
    }

    mutating func add(_ node: Node) {
        guard case .activation(let quantizer) = node.operation, case .clipped(let bits) = quantizer.kind, node.inputs.count == 2,
            let clip = network.parameters[node.inputs[1]]?.values.floats.first
        else { return nodes.append(node) }
        clips[node.inputs[1], default: 0] += 1
        spellOut(node, bits: bits, clip: clip)
    }

    private mutating func spellOut(_ node: Node, bits: Int, clip: Float) {
        let steps = Float((1 << bits) - 1)
        let scale = number(clip > 0 ? steps / clip : 0, "scale", of: node)
        let step = number(clip > 0 ? clip / steps : 0, "step", of: node)
        let cut = append(node, "clip", .unary(.clip(lower: 0, upper: max(0, clip))), [node.inputs[0]], makes: "cut")
        let scaled = append(node, "scale", .binary(.multiply), [cut, scale], makes: "scaled")
        let rounded = append(node, "round", .unary(.roundedToEven), [scaled], makes: "rounded")
        nodes.append(Node(name: node.name, operation: .binary(.multiply), inputs: [rounded, step], outputs: node.outputs))
    }

    private mutating func number(_ value: Float, _ kind: String, of node: Node) -> String {
        let name = valueNames.take("\(node.outputs[0]).\(kind)")
        added.append(Parameter(name: name, role: .other, values: Tensor(shape: [1], floats: [value])))
        return name
    }

    private mutating func append(_ node: Node, _ kind: String, _ operation: Operation, _ inputs: [String], makes value: String) -> String {
        let output = valueNames.take("\(node.outputs[0]).\(value)")
        nodes.append(Node(name: nodeNames.take("\(node.name).\(kind)"), operation: operation, inputs: inputs, outputs: [output]))
        return output
    }
}
