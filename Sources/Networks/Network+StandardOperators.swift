import Tensors

extension Network {
    /// The same network in ONNX's own operators: levels up to a clip α as Clip(0, α) → Mul((2^bits − 1) / α) → Round → Mul(α / (2^bits − 1)).
    ///
    /// These are the steps of the quantizer itself, so its values are the same bit for bit. The clip becomes a constant of the graph, and its
    /// parameter is left out. Cost: O(nodes).
    public var inStandardOperators: Network {
        var network = self
        network.nodes = []
        var names = (nodes: TakenNames(nodesOf: self), values: TakenNames(valuesOf: self))
        for node in nodes {
            guard case .activation(let quantizer) = node.operation, case .clipped(let bits) = quantizer.kind,
                let clip = node.inputs.last.flatMap({ parameters[$0] })?.values.floats.first
            else {
                network.nodes.append(node)
                continue
            }
            network.spellOut(node, bits: bits, clip: clip, &names)
        }
        let clips = Set(nodes.flatMap(\.inputs)).subtracting(network.nodes.flatMap(\.inputs))
        for name in clips where parameters[name] != nil { network.parameters[name] = nil }
        return network
    }

    private mutating func spellOut(_ node: Node, bits: Int, clip: Float, _ names: inout (nodes: TakenNames, values: TakenNames)) {
        guard let value = node.inputs.first, let made = node.outputs.first else { return }
        let steps = Float((1 << bits) - 1)
        let numbers = [("scale", clip > 0 ? steps / clip : 0), ("step", clip > 0 ? clip / steps : 0)].map { kind, number in
            let name = names.values.take("\(made).\(kind)")
            parameters[name] = Parameter(name: name, role: .other, values: Tensor(shape: [1], floats: [number]))
            return name
        }
        var last = value
        func add(_ kind: String, _ operation: Operation, _ number: [String], _ result: String) {
            let (name, output) = (names.nodes.take("\(node.name).\(kind)"), names.values.take("\(made).\(result)"))
            nodes.append(Node(name: name, operation: operation, inputs: [last] + number, outputs: [output]))
            last = output
        }
        add("clip", .unary(.clip(lower: 0, upper: max(0, clip))), [], "cut")
        add("scale", .binary(.multiply), [numbers[0]], "scaled")
        add("round", .unary(.roundedToEven), [], "rounded")
        nodes.append(Node(name: node.name, operation: .binary(.multiply), inputs: [last, numbers[1]], outputs: [made]))
    }
}
