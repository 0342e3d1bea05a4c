/// Where the values that layers hand on are quantized.
struct QuantizationPoints {
    private let network: Network
    private let index: GraphIndex
    /// The values that are the logits, maybe under another shape or behind a Softmax.
    private let logits: Set<String>

    init(_ network: Network) {
        (self.network, index) = (network, network.index)
        var value = network.logits().value
        var names: Set = [network.output, value]
        while let maker = index.maker(of: value), network.nodes[maker].operation.isView, let input = network.nodes[maker].inputs.first,
            names.insert(input).inserted
        {
            value = input
        }
        logits = names
    }

    /// The node whose output is quantized for the layer at a node: the end of bias, normalization and Relu; nil for logits.
    func end(from start: Int) -> Int? { recurrentPart(start) == nil ? end(from: start, [isBias, isNormalization, isRelu]) : nil }

    /// `W` of the node that makes the pre-activations of a recurrent layer, `R` of the layer itself; nil for others. What gates compute with is never cut
    /// off at 0.
    func recurrentPart(_ place: Int) -> String? {
        func isRecurrence(_ place: Int) -> Bool { if case .recurrence = network.nodes[place].operation { true } else { false } }
        if isRecurrence(place) { return "R" }
        guard let value = network.nodes[place].outputs.first else { return nil }
        return index.readers(of: value).contains(where: isRecurrence) ? "W" : nil
    }

    /// The same of a sum or a Concat, which no bias belongs to: the end of normalization and Relu, or of a Clip in its place.
    func end(ofJunction start: Int) -> Int? { end(from: start, [isNormalization, isRectifier]) }

    private func end(from start: Int, _ steps: [(Node) -> Bool]) -> Int? {
        var end = start
        var allowed = steps[...]
        while let value = network.nodes[end].outputs.first {
            WorkCount.count(network.name, visits: 1)
            if logits.contains(value) { return nil }
            let readers = index.readers(of: value)
            guard readers.count == 1, let step = allowed.firstIndex(where: { $0(network.nodes[readers[0]]) }) else { return end }
            allowed = allowed[(step + 1)...]
            end = readers[0]
        }
        return nil
    }

    private func isBias(_ node: Node) -> Bool { node.operation == .add && node.inputs.contains { network.parameters[$0]?.role == .bias } }

    private func isNormalization(_ node: Node) -> Bool { if case .batchNormalization = node.operation { true } else { false } }

    private func isRelu(_ node: Node) -> Bool { node.operation == .relu }

    private func isRectifier(_ node: Node) -> Bool {
        if case .unary(.clip(let lower, _)) = node.operation { lower >= 0 } else { isRelu(node) }
    }
}

extension Network {
    /// The value that a quantizer of a layer or a junction would read, for histograms and calibration; nil for logits, for what may be below 0 behind a
    /// junction, and for names that neither has.
    ///
    /// Cost: as ``layers``.
    public func quantizedValue(of key: String) -> String? { layerList.handedOn[key] }
}
