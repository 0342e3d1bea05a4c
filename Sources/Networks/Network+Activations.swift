import Tensors

extension Network {
    /// A clip where none is known: so large that hardly anything is cut, as PACT starts.
    public static let initialClip: Float = 10

    /// The network with the values that layers hand on made coarse; `settings` and `clips` go by weight parameter.
    ///
    /// The quantizer stands after the layer's own Add of a bias, BatchNormalization and Relu, where each reads nothing else and is read by
    /// nothing else; a sign takes the place of that Relu. So a MaxPool behind them reads quantized values. Logits are left alone, and so
    /// are names that no layer has. The clip is the parameter `<layer>.clip` [1]: of role ``Parameter/Role/clip`` where it is learned, else
    /// ``Parameter/Role/other``; it is `clips[weight]`, or ``initialClip``. Cost: O(layers · nodes).
    public func quantizingActivations(
        _ settings: [String: ActivationQuantization], clips: [String: Float] = [:]
    ) -> Network {
        var network = self
        for layer in layers {
            guard let setting = settings[layer.weight] else { continue }
            for node in nodes where node.inputs.dropFirst().first == layer.weight {
                network.quantize(node.name, of: layer, setting, clip: clips[layer.weight] ?? Self.initialClip)
            }
        }
        return network
    }

    /// The value that a quantizer of a layer would read, for histograms and calibration; nil for logits and names that no layer has.
    public func quantizedValue(of weight: String) -> String? {
        guard let layer = layers.first(where: { $0.weight == weight }), layer.node >= 0 else { return nil }
        return quantizationPoint(from: layer.node).flatMap { nodes[$0].outputs.first }
    }

    private mutating func quantize(_ name: String, of layer: Layer, _ setting: ActivationQuantization, clip: Float) {
        guard let start = nodes.firstIndex(where: { $0.name == name }), let end = quantizationPoint(from: start),
            let value = nodes[end].outputs.first
        else { return }
        if setting == .sign, nodes[end].operation == .relu { return nodes[end].operation = .activation(.sign) }
        var inputs = [value]
        if case .clipped(_, let origin) = setting {
            let role: Parameter.Role = origin == .learned ? .clip : .other
            let parameter = "\(layer.name).clip"
            parameters[parameter] = Parameter(name: parameter, role: role, values: Tensor(shape: [1], floats: [clip]))
            inputs.append(parameter)
        }
        let made = "\(value).quantized"
        for index in nodes.indices { nodes[index].inputs = nodes[index].inputs.map { $0 == value ? made : $0 } }
        let node = Node(name: "\(name).quantizer", operation: .activation(setting.quantizer), inputs: inputs, outputs: [made])
        nodes.insert(node, at: end + 1)
    }

    /// The node whose output is quantized for the layer at a node: the end of bias, normalization and Relu; nil for logits.
    func quantizationPoint(from start: Int) -> Int? {
        var end = start
        var allowed = [isBias, isNormalization, isRelu][...]
        while let value = nodes[end].outputs.first {
            let readers = nodes.indices.filter { nodes[$0].inputs.contains(value) }
            if value == output || isSoftmaxAtTheEnd(readers) { return nil }
            guard readers.count == 1, let step = allowed.firstIndex(where: { $0(nodes[readers[0]]) }) else { return end }
            allowed = allowed[(step + 1)...]
            end = readers[0]
        }
        return nil
    }

    private func isSoftmaxAtTheEnd(_ readers: [Int]) -> Bool {
        guard readers.count == 1, case .softmax = nodes[readers[0]].operation else { return false }
        return nodes[readers[0]].outputs.first == output
    }

    private func isBias(_ node: Node) -> Bool { node.operation == .add && node.inputs.contains { parameters[$0]?.role == .bias } }

    private func isNormalization(_ node: Node) -> Bool { if case .batchNormalization = node.operation { true } else { false } }

    private func isRelu(_ node: Node) -> Bool { node.operation == .relu }
}
