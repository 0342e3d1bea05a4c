import Networks
import Tensors

/// What a DynamicQuantizeLinear reads, and what it makes.
struct DynamicRange {
    var source: String
    var scale: String
    var zeroPoint: String
}

extension GraphReader {
    /// DynamicQuantizeLinear: codes, scale and zero point by the range of the values of one example.
    ///
    /// Where its results are only turned back into floats, that is one operation. Others are made one by one, for which scale and zero point have one
    /// element an example.
    mutating func readDynamicRange(_ node: LoweredNode) throws(NodeProblem) {
        guard let source = node.proto.input.first, node.proto.input.count == 1, node.proto.output.count == 3 else {
            throw .malformed(expected: "one input and three outputs", actual: "\(node.proto.input.count) and \(node.proto.output.count)")
        }
        // What reads its results isn't run then, and needs it.
        if whole == nil, batchAxis(of: source) == nil { throw .unsupported(unknownShape(node.proto)) }
        let range = DynamicRange(source: source, scale: node.proto.output[1], zeroPoint: node.proto.output[2])
        dynamicRanges[node.output] = range
        let results: [DynamicQuantization.Result] = [.codes, .scale, .zeroPoint]
        let apart = zip(node.proto.output, results).filter { isReadApart($0.0, range) }
        for (name, result) in apart {
            var named = node.proto
            if apart.count > 1, !named.name.isEmpty { named.name += "_\(result.rawValue)" }
            try appendRounded(source, to: name, result, after: LoweredNode(named))
        }
    }

    /// The values that codes by a dynamic range stand for; false where these are no such codes.
    mutating func readDynamicValues(_ proto: ONNXNodeProto) throws(NodeProblem) -> Bool {
        guard proto.opType == "DequantizeLinear", proto.input.count == 3, let range = dynamicRanges[proto.input[0]],
            range.scale == proto.input[1], range.zeroPoint == proto.input[2], let output = proto.output.first
        else { return false }
        try appendRounded(range.source, to: output, .values, after: LoweredNode(proto))
        return true
    }

    /// Values on the grid of their own range.
    mutating func emitRounded(_ source: String, after node: LoweredNode) throws(NodeProblem) -> String {
        let key = [source, "dynamic"]
        if let known = floats[key] { return known }
        let made = freshValue("\(source)_rounded")
        try appendRounded(source, to: made, .values, after: node)
        floats[key] = made
        return made
    }

    private mutating func appendRounded(
        _ source: String, to output: String, _ result: DynamicQuantization.Result, after node: LoweredNode
    ) throws(NodeProblem) {
        var settings = DynamicQuantization(result: result)
        if whole == nil {
            guard let shape = shapes[source], let axis = batchAxis(of: source) else {
                throw .unsupported("it depends on a shape that is not known")
            }
            (settings.axis, settings.rows) = (axis, shape[axis] / Self.examples)
        }
        guard settings.rows == 1 || result == .values || result == .codes else {
            throw .unsupported("its range is read by others, and an example is \(settings.rows) rows of it")
        }
        let source = aliases[source] ?? source
        try append(Node(name: "", operation: .dynamicQuantization(settings), inputs: [source], outputs: [output]), node.proto)
    }

    /// Whether something else reads a result than what turns the codes back.
    private func isReadApart(_ name: String, _ range: DynamicRange) -> Bool {
        guard !name.isEmpty else { return false }
        if graph.output.contains(where: { $0.name == name }) { return true }
        return (integerProducts.readers[name] ?? []).contains { place in
            if integerProducts.parts.contains(place) || integerProducts.products[place] != nil { return false }
            let reader = graph.node[place]
            let places = reader.opType == "MatMulIntegerToFloat" ? (2, 4) : (1, 2)
            let isTurnedBack =
                ["DequantizeLinear", "MatMulIntegerToFloat"].contains(reader.opType) && reader.input.count > places.1
                && dynamicRanges[reader.input[0]]?.scale == reader.input[places.0] && reader.input[places.1] == range.zeroPoint
            return !isTurnedBack
        }
    }
}
