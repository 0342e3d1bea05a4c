extension Network {
    /// The value that a quantizer of a layer would read, for histograms and calibration; nil for logits and names that no layer has.
    ///
    /// Cost: as ``layers``.
    public func quantizedValue(of weight: String) -> String? { layerList.handedOn[weight] }

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
