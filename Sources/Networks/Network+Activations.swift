import Tensors

extension Network {
    /// A clip where none is known: so large that hardly anything is cut, as PACT starts.
    public static let initialClip: Float = 10

    /// The network with the values that layers hand on made coarse; `settings` and `clips` go by weight parameter.
    ///
    /// The quantizer stands after the layer's own Add of a bias, BatchNormalization and Relu, where each reads nothing else and is read by
    /// nothing else; a sign takes the place of that Relu. So a MaxPool behind them reads quantized values. Logits are left alone, and so
    /// are names that no layer has. The clip is the parameter `<layer>.clip` [1]: of role ``Parameter/Role/clip`` where it is learned, else
    /// ``Parameter/Role/other``; it is `clips[weight]`, or ``initialClip``. Cost: O(nodes).
    public func quantizingActivations(
        _ settings: [String: ActivationQuantization], clips: [String: Float] = [:]
    ) -> Network {
        guard layers.contains(where: { settings[$0.weight] != nil }) else { return self }
        let index = GraphIndex(self)
        var network = self
        var names = (nodes: TakenNames(nodesOf: self), values: TakenNames(valuesOf: self))
        var made: [Int: Node] = [:]
        for layer in layers {
            guard let setting = settings[layer.weight] else { continue }
            for node in index.readers(of: layer.weight) where nodes[node].inputs.dropFirst().first == layer.weight {
                guard let end = quantizationPoint(from: node, index) else { continue }
                made[end] = network.quantizer(of: layer, after: end, setting, clip: clips[layer.weight] ?? Self.initialClip)
                made[end]?.name = names.nodes.take("\(nodes[node].name).quantizer")
                made[end]?.outputs = nodes[end].outputs.map { names.values.take("\($0).quantized") }
            }
        }
        network.insert(made)
        return network
    }

    /// The value that a quantizer of a layer would read, for histograms and calibration; nil for logits and names that no layer has.
    ///
    /// Cost: as ``layers``.
    public func quantizedValue(of weight: String) -> String? { known.layers(of: self).handedOn[weight] }

    /// The quantizer of what a layer hands on at the node `end`, without names; nil where a sign takes the place of the Relu there.
    private mutating func quantizer(of layer: Layer, after end: Int, _ setting: ActivationQuantization, clip: Float) -> Node? {
        guard let value = nodes[end].outputs.first else { return nil }
        if setting == .sign, nodes[end].operation == .relu {
            nodes[end].operation = .activation(.sign)
            return nil
        }
        var inputs = [value]
        if case .clipped(_, let origin) = setting {
            let role: Parameter.Role = origin == .learned ? .clip : .other
            parameters[layer.clip] = Parameter(name: layer.clip, role: role, values: Tensor(shape: [1], floats: [clip]))
            inputs.append(layer.clip)
        }
        return Node(name: "", operation: .activation(setting.quantizer), inputs: inputs, outputs: [])
    }

    /// Puts quantizers behind the nodes at these places; whoever read what these make reads the quantizers.
    private mutating func insert(_ quantizers: [Int: Node]) {
        let renamed = Dictionary(
            quantizers.values.compactMap { node in node.outputs.first.map { (node.inputs[0], $0) } }
        ) { first, _ in first }
        nodes = nodes.enumerated().flatMap { index, node in
            var node = node
            node.inputs = node.inputs.map { renamed[$0] ?? $0 }
            return [node] + (quantizers[index].map { [$0] } ?? [])
        }
    }

    /// The node whose output is quantized for the layer at a node: the end of bias, normalization and Relu; nil for logits.
    func quantizationPoint(from start: Int, _ index: GraphIndex) -> Int? {
        let logits = logits().value
        var end = start
        var allowed = [isBias, isNormalization, isRelu][...]
        while let value = nodes[end].outputs.first {
            WorkCount.count(name, visits: 1)
            if value == output || value == logits { return nil }
            let readers = index.readers(of: value)
            guard readers.count == 1, let step = allowed.firstIndex(where: { $0(nodes[readers[0]]) }) else { return end }
            allowed = allowed[(step + 1)...]
            end = readers[0]
        }
        return nil
    }

    private func isBias(_ node: Node) -> Bool { node.operation == .add && node.inputs.contains { parameters[$0]?.role == .bias } }

    private func isNormalization(_ node: Node) -> Bool { if case .batchNormalization = node.operation { true } else { false } }

    private func isRelu(_ node: Node) -> Bool { node.operation == .relu }
}
