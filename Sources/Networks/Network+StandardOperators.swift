import Tensors

extension Network {
    /// The same network in ONNX's own operators: levels up to a clip α as Clip(0, α) → Mul((2^bits − 1) / α) → Round → Mul(α / (2^bits − 1)).
    ///
    /// These are the steps of the quantizer itself, so its values are the same bit for bit. The clip becomes a constant of the graph, and its
    /// parameter is left out. Cost: O(nodes).
    public var inStandardOperators: Network {
        var network = self
        network.nodes = []
        for node in nodes {
            guard case .activation(let quantizer) = node.operation, case .clipped(let bits) = quantizer.kind,
                let clip = node.inputs.last.flatMap({ parameters[$0] })?.values.floats.first
            else {
                network.nodes.append(node)
                continue
            }
            network.spellOut(node, bits: bits, clip: clip)
        }
        let clips = Set(nodes.flatMap(\.inputs)).subtracting(network.nodes.flatMap(\.inputs))
        for name in clips where parameters[name] != nil { network.parameters[name] = nil }
        return network
    }

    private mutating func spellOut(_ node: Node, bits: Int, clip: Float) {
        guard let value = node.inputs.first, let made = node.outputs.first else { return }
        let steps = Float((1 << bits) - 1)
        let (scale, step) = clip > 0 ? (steps / clip, clip / steps) : (0, 0)
        let (cut, scaled, rounded) = ("\(made).cut", "\(made).scaled", "\(made).rounded")
        for (name, number) in [("\(made).scale", scale), ("\(made).step", step)] {
            parameters[name] = Parameter(name: name, role: .other, values: Tensor(shape: [1], floats: [number]))
        }
        nodes += [
            Node(name: "\(node.name).clip", operation: .unary(.clip(lower: 0, upper: max(0, clip))), inputs: [value], outputs: [cut]),
            Node(name: "\(node.name).scale", operation: .binary(.multiply), inputs: [cut, "\(made).scale"], outputs: [scaled]),
            Node(name: "\(node.name).round", operation: .unary(.roundedToEven), inputs: [scaled], outputs: [rounded]),
            Node(name: node.name, operation: .binary(.multiply), inputs: [rounded, "\(made).step"], outputs: [made]),
        ]
    }
}
