import Networks
import Tensors

extension GraphReader {
    func flatten(_ proto: ONNXNodeProto, _ attributes: NodeAttributes) throws(NodeProblem) -> Operation {
        .flatten(axis: try positive(attributes.int("axis", 1), in: proto))
    }

    func softmax(_ proto: ONNXNodeProto, _ attributes: NodeAttributes) throws(NodeProblem) -> Operation {
        let axis = try positive(attributes.int("axis", version < 13 ? 1 : -1), in: proto)
        guard axis != 0 else { throw .unsupported("it normalizes over the examples of a batch") }
        // Before version 13 everything from the axis on was one row.
        if version < 13, let shape = shapes[proto.input[0]], shape.dimensions.dropFirst(axis + 1).contains(where: { $0 != 1 }) {
            throw .unsupported("it normalizes over several axes, as before operator set 13")
        }
        return .softmax(axis: axis)
    }

    func concatenation(_ proto: ONNXNodeProto, _ attributes: NodeAttributes) throws(NodeProblem) -> Operation {
        guard attributes.contains("axis") || version < 4 else { throw .malformed(expected: "an axis", actual: "none") }
        guard !proto.input.contains(where: { constant($0) != nil }) else { throw .unsupported("it joins activations with constants") }
        let axis = try positive(attributes.int("axis", 1), in: proto)
        guard axis != 0 else { throw .unsupported("it joins batches") }
        return .concatenation(axis: axis)
    }

    /// The target is a constant, or an attribute before version 5. A batch fixed in the file is opened: 0 copies the one that runs.
    func reshape(_ proto: ONNXNodeProto, _ attributes: NodeAttributes) throws(NodeProblem) -> Operation {
        var dimensions = try target(proto, attributes)
        let allowZero = try attributes.int("allowzero", 0) != 0
        guard dimensions.allSatisfy({ $0 >= -1 }) else { throw .malformed(expected: "dimensions from −1 on", actual: "\(dimensions)") }
        if let first = dimensions.first, first > 0, let shape = shapes[proto.input[0]], shape[0] == Self.batch {
            let rest = Shape(Array(dimensions.dropFirst()))
            let isExample = rest.checkedCount == shape.rowCount
            if isExample || (first == input.batch ?? 1 && rest.dimensions.contains(-1)) { dimensions[0] = -1 }
        }
        return .reshape(dimensions: try opened(dimensions, proto), allowZero: allowZero)
    }

    /// Replaces a second −1 by what it stands for, since the first one is the batch.
    private func opened(_ dimensions: [Int], _ proto: ONNXNodeProto) throws(NodeProblem) -> [Int] {
        guard dimensions.first == -1, let axis = dimensions.dropFirst().firstIndex(of: -1), let shape = shapes[proto.input[0]] else {
            return dimensions
        }
        var result = dimensions
        let known = Shape(dimensions.dropFirst().filter { $0 != -1 }).checkedCount ?? 0
        guard known > 0, shape.rowCount % known == 0 else {
            throw .mismatch(expected: "a size that \(dimensions) divides", actual: "\(shape.rowCount) values an example")
        }
        result[axis] = shape.rowCount / known
        return result
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
        return (0..<target.count).map { index in
            Int(Int64(littleEndian: target.bytes.loadUnaligned(fromByteOffset: index * 8, as: Int64.self)))
        }
    }

    /// The axis counted from the front; it needs a known rank only where it is negative.
    private func positive(_ axis: Int, in proto: ONNXNodeProto) throws(NodeProblem) -> Int {
        guard let rank = shapes[proto.input[0]]?.rank else {
            guard axis >= 0 else { throw .unsupported("its axis counts from the end of an unknown shape") }
            return axis
        }
        guard axis >= -rank, axis <= rank else { throw .malformed(expected: "an axis inside \(-rank)...\(rank)", actual: "\(axis)") }
        return axis < 0 ? axis + rank : axis
    }
}
