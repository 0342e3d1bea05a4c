import Networks
import Tensors

extension GraphReader {
    func flatten(_ proto: ONNXNodeProto, _ attributes: NodeAttributes) throws(NodeProblem) -> Operation {
        .flatten(axis: try positive(attributes.int("axis", 1), in: proto))
    }

    func softmax(_ proto: ONNXNodeProto, _ attributes: NodeAttributes) throws(NodeProblem) -> Operation {
        let axis = try positive(attributes.int("axis", version < 13 ? 1 : -1), in: proto)
        return proto.opType == "Softmax" ? .softmax(axis: axis) : .logSoftmax(axis: axis)
    }

    /// Adds a Softmax of before version 13 over several axes, which were one row: between a Flatten and a Reshape. False for all others.
    mutating func readFlatSoftmax(_ proto: ONNXNodeProto) throws(NodeProblem) -> Bool {
        guard version < 13, proto.opType != "Hardmax", let input = proto.input.first, let output = proto.output.first else { return false }
        guard let shape = shapes[input] else {
            let axis = try NodeAttributes(proto).int("axis", 1)
            guard constant(input) != nil || axis == -1 else { throw .unsupported(unknownShape(proto)) }
            return false
        }
        let axis = try positive(NodeAttributes(proto).int("axis", 1), in: proto)
        guard shape.dimensions.dropFirst(axis + 1).contains(where: { $0 != 1 }) else { return false }
        guard whole != nil || (axis > 0 && shape[0] == batch) else { throw .unsupported(Self.runsAlong) }
        let (flat, row) = ("\(output)_flat", "\(output)_row")
        try append(Node(name: "", operation: .flatten(axis: axis), inputs: [aliases[input] ?? input], outputs: [flat]), proto)
        let softmax = proto.opType == "Softmax" ? Operation.softmax(axis: 1) : .logSoftmax(axis: 1)
        try append(Node(name: "", operation: softmax, inputs: [flat], outputs: [row]), proto)
        let dimensions = [whole == nil ? -1 : shape[0]] + shape.dimensions.dropFirst()
        try append(
            Node(name: "", operation: .reshape(dimensions: dimensions, allowZero: false), inputs: [row], outputs: [output]), proto)
        return true
    }

    func concatenation(_ proto: ONNXNodeProto, _ attributes: NodeAttributes) throws(NodeProblem) -> Operation {
        guard attributes.contains("axis") || version < 4 else { throw .malformed(expected: "an axis", actual: "none") }
        return .concatenation(axis: try positive(attributes.int("axis", 1), in: proto))
    }

    /// A constant of one example that is joined to activations is repeated for every example, as where an exporter fixed the batch.
    mutating func openConstants(of proto: inout ONNXNodeProto) throws(NodeProblem) {
        let fixed = input.batch ?? 1
        guard whole == nil, let shape = proto.input.compactMap({ shapes[$0] }).first, shape.rank > 1, shape[0] == batch else { return }
        for (index, name) in proto.input.enumerated() {
            guard let constant = constant(name), constant.shape.rank == shape.rank, constant.shape[0] == fixed, fixed == 1 else { continue }
            let opened = "\(proto.output.first ?? "")_example_\(index)"
            let dimensions = [-1] + constant.shape.dimensions.dropFirst()
            try append(
                Node(name: "", operation: .expand(dimensions: dimensions), inputs: [aliases[name] ?? name], outputs: [opened]), proto)
            proto.input[index] = opened
        }
    }

    /// The target is a constant, or an attribute before version 5. A batch that the file spells out, or computes, is opened.
    func reshape(_ proto: ONNXNodeProto, _ attributes: NodeAttributes) throws(NodeProblem) -> Operation {
        let stated = try target(proto, attributes)
        let allowZero = try attributes.int("allowzero", 0) != 0
        guard stated.allSatisfy({ $0 >= -1 }), stated.count(where: { $0 == -1 }) <= 2 else {
            throw .malformed(expected: "dimensions from −1 on", actual: "\(stated)")
        }
        guard let shape = shapes[proto.input[0]], constant(proto.input[0]) == nil, whole == nil else {
            return .reshape(dimensions: stated, allowZero: allowZero)
        }
        let target = BatchReshape(shape: shape, examples: Self.examples, fixed: min(input.batch ?? 1, 1 << 31))
        guard let dimensions = target.opened(stated, allowZero: allowZero) else {
            throw .mismatch(expected: "dimensions of \(shape.rowCount) values an example", actual: "\(stated)")
        }
        guard target.keepsExamples(dimensions) else { throw .unsupported(Self.mixes) }
        return .reshape(dimensions: dimensions, allowZero: allowZero)
    }

    private func target(_ proto: ONNXNodeProto, _ attributes: NodeAttributes) throws(NodeProblem) -> [Int] {
        if proto.input.count < 2 {
            guard let shape = try attributes.ints("shape") else { throw .malformed(expected: "a target shape", actual: "none") }
            return shape
        }
        guard let target = constant(proto.input[1]) else { throw .unsupported("its target shape is computed by the graph") }
        guard target.elementType == .int64, target.shape.rank <= 1, target.count <= 16 else {
            throw .malformed(expected: "a target of at most 16 int64 values", actual: "[\(target.shape)] of \(target.elementType)")
        }
        return target.wholeNumbers ?? []
    }

    /// The axis counted from the front; it needs a known rank only where it is negative.
    private func positive(_ axis: Int, in proto: ONNXNodeProto) throws(NodeProblem) -> Int {
        guard let rank = proto.input.lazy.compactMap({ shape(of: $0)?.rank }).first else {
            guard axis >= 0 else { throw .unsupported("its axis counts from the end of an unknown shape") }
            return axis
        }
        guard axis >= -rank, axis <= rank else { throw .malformed(expected: "an axis inside \(-rank)...\(rank)", actual: "\(axis)") }
        return axis < 0 ? axis + rank : axis
    }
}
