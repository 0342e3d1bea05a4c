import Foundation

/// Nodes that Pare doesn't run, from the form of an older operator set to that of a newer one: https://github.com/onnx/onnx/blob/main/docs/Changelog.md.
struct NodeRaising {
    /// The operator set of the nodes.
    let before: Int
    /// The one that is written.
    let now: Int
    /// Names that are taken.
    var names: Set<String>
    /// What the raised nodes read besides.
    private(set) var constants: [ONNXTensorProto] = []
    /// The operator that has no form in the newer set.
    private(set) var refused: String?

    init(before: Int, now: Int, names: Set<String>) { (self.before, self.now, self.names) = (before, now, names) }

    /// The nodes in their order; nil where one can't be raised.
    mutating func nodes(_ nodes: [ONNXNodeProto]) -> [ONNXNodeProto]? {
        var result: [ONNXNodeProto] = []
        for node in nodes {
            var node = node
            guard inner(of: &node), let raised = raised(node) else {
                refused = refused ?? node.opType
                return nil
            }
            result += raised
        }
        return result
    }

    /// Raises the nodes of a node's branches.
    private mutating func inner(of node: inout ONNXNodeProto) -> Bool {
        for place in node.attribute.indices {
            if node.attribute[place].hasG {
                guard let inner = nodes(node.attribute[place].g.node) else { return false }
                node.attribute[place].g.node = inner
            }
            for index in node.attribute[place].graphs.indices {
                guard let inner = nodes(node.attribute[place].graphs[index].node) else { return false }
                node.attribute[place].graphs[index].node = inner
            }
        }
        return true
    }

    /// Whether an operator changed in this set on the way.
    private func passes(_ version: Int) -> Bool { before < version && version <= now }

    private mutating func raised(_ node: ONNXNodeProto) -> [ONNXNodeProto]? {
        guard node.domain.isEmpty || node.domain == "ai.onnx" else { return [node] }
        switch node.opType {
        case "Squeeze" where passes(13), "Unsqueeze" where passes(13), "ReduceSum" where passes(13):
            return [moved(node, [("axes", .whole)])]
        case let name where name.hasPrefix("Reduce") && name != "ReduceSum" && passes(18): return [moved(node, [("axes", .whole)])]
        case "Split" where passes(13) || passes(18): return split(node)
        case "Dropout" where passes(12): return before < 7 || before < 10 && node.output.count > 1 ? nil : [moved(node, [("ratio", .one)])]
        case "Clip" where passes(11): return [moved(node, [("min", .one), ("max", .one)])]
        case "Pad" where passes(11): return before < 2 ? nil : [moved(node, [("pads", .whole), ("value", .one)])]
        case "Slice" where passes(10): return [moved(node, [("starts", .whole), ("ends", .whole), ("axes", .whole)])]
        case "TopK" where passes(10): return before < 1 ? nil : [moved(node, [("k", .whole)])]
        case "Scatter" where passes(11):
            var node = node
            node.opType = "ScatterElements"
            return [node]
        case "Upsample" where passes(10): return resized(node)
        case "Resize" where passes(11) || passes(13): return resized(node)
        case "Softmax" where passes(13), "LogSoftmax" where passes(13), "Hardmax" where passes(13): return flattened(node)
        case "BatchNormalization" where passes(14): return normalization(node)
        case "Gemm" where passes(7), "Add" where passes(7), "Sub" where passes(7), "Mul" where passes(7), "Div" where passes(7),
            "Pow" where passes(7):
            // Broadcasting from the last axis on is what every newer set does.
            guard !node.attribute.contains(where: { $0.name == "axis" || $0.name == "consumed_inputs" }) else { return nil }
            var node = node
            node.attribute.removeAll { $0.name == "broadcast" }
            return [node]
        case "Cast" where passes(6), "Scan" where passes(9), "GroupNormalization" where passes(21), "RNN" where passes(7),
            "LSTM" where passes(7), "GRU" where passes(7):
            return nil
        default: return [node]
        }
    }
}

extension NodeRaising {
    private enum Kind { case whole, one }

    /// Attributes as further inputs, in this order; what isn't stated is left out.
    private mutating func moved(_ node: ONNXNodeProto, _ attributes: [(name: String, kind: Kind)]) -> ONNXNodeProto {
        var node = node
        for (name, kind) in attributes {
            guard let place = node.attribute.firstIndex(where: { $0.name == name }) else {
                node.input.append("")
                continue
            }
            let attribute = node.attribute.remove(at: place)
            switch kind {
            case .whole: node.input.append(constant(attribute.type == 2 ? [attribute.i] : attribute.ints, name, of: node))
            case .one: node.input.append(constant(attribute.f, name, of: node))
            }
        }
        while node.input.last?.isEmpty == true { node.input.removeLast() }
        return node
    }

    /// Parts of stated sizes, or so many equal ones.
    private mutating func split(_ node: ONNXNodeProto) -> [ONNXNodeProto] {
        var node = passes(13) ? moved(node, [("split", .whole)]) : node
        if node.input.count == 1, now >= 18 { node.attribute.append(.integer("num_outputs", node.output.count)) }
        return [node]
    }

    /// Upsample, and Resize of set 10, are Resize from places that count from the corner.
    private mutating func resized(_ node: ONNXNodeProto) -> [ONNXNodeProto]? {
        var node = node
        guard passes(11) else {
            let mode = node.attribute.first { $0.name == "coordinate_transformation_mode" }
            return mode?.s == Data("tf_half_pixel_for_nn".utf8) ? nil : [node]
        }
        if before < 9 {
            guard let place = node.attribute.firstIndex(where: { $0.name == "scales" }) else { return nil }
            let scales = node.attribute.remove(at: place).floats
            node.input.append(constant([scales.count], scales, "scales", of: node))
        }
        guard node.input.count == 2 else { return nil }
        node.opType = "Resize"
        // Set 11 must have a region, which only one mode reads.
        node.input.insert(now < 13 ? constant([0], [], "roi", of: node) : "", at: 1)
        node.attribute += [.text("coordinate_transformation_mode", "asymmetric"), .text("nearest_mode", "floor")]
        return [node]
    }

    /// Up to set 12 the axes from `axis` on count as one.
    private mutating func flattened(_ node: ONNXNodeProto) -> [ONNXNodeProto]? {
        let axis = node.attribute.first { $0.name == "axis" }.map { Int($0.i) } ?? 1
        guard axis != -1 else { return [node] }
        guard let x = node.input.first, let y = node.output.first else { return nil }
        let (flat, made, shape) = (taken("\(y)/flat"), taken("\(y)/made"), taken("\(y)/shape"))
        func part(_ type: String, _ inputs: [String], _ output: String, _ attributes: [ONNXAttributeProto] = []) -> ONNXNodeProto {
            var part = ONNXNodeProto()
            (part.opType, part.name, part.input, part.output, part.attribute) = (type, "\(node.name)/\(type)", inputs, [output], attributes)
            return part
        }
        return [
            part("Shape", [x], shape), part("Flatten", [x], flat, [.integer("axis", axis)]),
            part(node.opType, [flat], made, [.integer("axis", -1)]), part("Reshape", [made, shape], y),
        ]
    }

    /// One that doesn't train; up to set 8 it says whether its means are those of channels.
    private func normalization(_ node: ONNXNodeProto) -> [ONNXNodeProto]? {
        guard before >= 7, node.output.dropFirst().allSatisfy(\.isEmpty),
            !node.attribute.contains(where: { $0.name == "spatial" && $0.i == 0 })
        else { return nil }
        var node = node
        node.attribute.removeAll { $0.name == "spatial" }
        return [node]
    }

    private mutating func constant(_ numbers: [Int64], _ kind: String, of node: ONNXNodeProto) -> String {
        var tensor = ONNXTensorProto()
        (tensor.dataType, tensor.dims, tensor.int64Data) = (7, [Int64(numbers.count)], numbers)
        return keep(tensor, kind, of: node)
    }

    private mutating func constant(_ number: Float, _ kind: String, of node: ONNXNodeProto) -> String {
        constant([], [number], kind, of: node)
    }

    private mutating func constant(_ shape: [Int], _ numbers: [Float], _ kind: String, of node: ONNXNodeProto) -> String {
        var tensor = ONNXTensorProto()
        (tensor.dataType, tensor.dims) = (1, shape.map(Int64.init))
        tensor.rawData = numbers.withUnsafeBytes { Data($0) }
        return keep(tensor, kind, of: node)
    }

    private mutating func keep(_ tensor: ONNXTensorProto, _ kind: String, of node: ONNXNodeProto) -> String {
        var tensor = tensor
        tensor.name = taken("\(node.output.first ?? node.name)/\(kind)")
        constants.append(tensor)
        return tensor.name
    }

    /// The name, or a similar one that is free.
    private mutating func taken(_ name: String) -> String {
        var (result, count) = (name, 1)
        while !names.insert(result).inserted {
            count += 1
            result = "\(name)_\(count)"
        }
        return result
    }
}
