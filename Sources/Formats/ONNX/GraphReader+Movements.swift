import Networks
import Tensors

extension GraphReader {
    func transpose(_ proto: ONNXNodeProto, _ attributes: NodeAttributes) throws(NodeProblem) -> Operation {
        if let order = try attributes.ints("perm") { return .transpose(permutation: order) }
        return .transpose(permutation: (0..<(try dataShape(proto)).rank).reversed())
    }

    /// Axes are an attribute up to operator set 12, an input from 13 on.
    func squeeze(_ proto: ONNXNodeProto, _ attributes: NodeAttributes) throws(NodeProblem) -> Operation {
        let shape = try dataShape(proto)
        guard let axes = try numbers(proto, 1, or: "axes", attributes) else {
            return .squeeze(axes: shape.dimensions.indices.filter { shape[$0] == 1 })
        }
        return .squeeze(axes: try positive(axes, rank: shape.rank))
    }

    func unsqueeze(_ proto: ONNXNodeProto, _ attributes: NodeAttributes) throws(NodeProblem) -> Operation {
        guard let axes = try numbers(proto, 1, or: "axes", attributes) else { throw .malformed(expected: "axes", actual: "none") }
        return .unsqueeze(axes: try positive(axes, rank: try dataShape(proto).rank + axes.count))
    }

    /// Settings are attributes up to operator set 9, inputs from 10 on.
    func slice(_ proto: ONNXNodeProto, _ attributes: NodeAttributes) throws(NodeProblem) -> Operation {
        let shape = try dataShape(proto)
        guard let starts = try numbers(proto, 1, or: "starts", attributes), let ends = try numbers(proto, 2, or: "ends", attributes) else {
            throw .malformed(expected: "starts and ends", actual: "none")
        }
        let stated = try numbers(proto, 3, or: "axes", attributes) ?? Array(starts.indices)
        let axes = try positive(stated, rank: shape.rank)
        let steps = try numbers(proto, 4) ?? [Int](repeating: 1, count: starts.count)
        guard ends.count == starts.count, axes.count == starts.count, steps.count == starts.count else {
            throw .malformed(expected: "\(starts.count) ends, axes and steps", actual: "\(ends.count), \(axes.count) and \(steps.count)")
        }
        // The end of the examples is the end of any number of them.
        let opened = zip(ends, axes).map { isOfBatch(shape[$1]) && $0 == shape[$1] ? Int(Int32.max) : $0 }
        return .slice(Slice(axes: axes, starts: starts, ends: opened, steps: steps.map { min(max($0, -1 << 30), 1 << 30) }))
    }

    func gather(_ proto: ONNXNodeProto, _ attributes: NodeAttributes) throws(NodeProblem) -> Operation {
        let shape = try dataShape(proto)
        guard proto.input.count == 2 else { throw .malformed(expected: "data and indices", actual: "\(proto.input.count) inputs") }
        guard let tensor = constant(proto.input[1]) else {
            // The rows of a table, as of an embedding.
            guard constant(proto.input[0]) != nil, shape.rank > 0, try positive([attributes.int("axis", 0)], rank: shape.rank) == [0] else {
                throw .unsupported("its indices are computed by the graph")
            }
            return .lookup
        }
        guard let indices = tensor.wholeNumbers else { throw .malformed(expected: "whole indices", actual: "\(tensor.elementType)") }
        guard shape.rank > 0 else { throw .malformed(expected: "data with axes", actual: "a scalar") }
        let axis = try positive([attributes.int("axis", 0)], rank: shape.rank)[0]
        let counted = indices.map { $0 < 0 ? $0 + shape[axis] : $0 }
        guard counted.allSatisfy({ (0..<shape[axis]).contains($0) }) else {
            throw .malformed(expected: "indices of \(shape[axis]) entries", actual: "others")
        }
        return .gather(Gather(axis: axis, indices: counted, shape: tensor.shape))
    }

    func expand(_ proto: ONNXNodeProto, _ attributes: NodeAttributes) throws(NodeProblem) -> Operation {
        guard let dimensions = try numbers(proto, 1) else { throw .malformed(expected: "dimensions", actual: "none") }
        guard dimensions.allSatisfy({ $0 >= 0 }) else { throw .malformed(expected: "dimensions from 0 on", actual: "\(dimensions)") }
        return .expand(dimensions: opened(dimensions))
    }

    func tile(_ proto: ONNXNodeProto, _ attributes: NodeAttributes) throws(NodeProblem) -> Operation {
        guard let repeats = try numbers(proto, 1) else { throw .malformed(expected: "repeats", actual: "none") }
        guard !repeats.contains(where: isOfBatch) else { throw .unsupported("it repeats by the number of examples") }
        return .tile(repeats: repeats)
    }

    /// Pads are an attribute up to operator set 10, an input from 11 on.
    func pad(_ proto: ONNXNodeProto, _ attributes: NodeAttributes) throws(NodeProblem) -> Operation {
        let rank = try dataShape(proto).rank
        let name = attributes.contains("paddings") ? "paddings" : "pads"
        guard let stated = try numbers(proto, 1, or: name, attributes) else { throw .malformed(expected: "pads", actual: "none") }
        guard let mode = Padding.Mode(rawValue: try attributes.text("mode", "constant")) else {
            throw .unsupported("it pads by \(quoted(try attributes.text("mode", "")))")
        }
        let value = try number(proto, 2, or: "value", attributes, 0)
        var pads = stated
        if let named = try numbers(proto, 3) {
            let axes = try positive(named, rank: rank)
            guard stated.count == 2 * axes.count else { throw .malformed(expected: "\(2 * axes.count) pads", actual: "\(stated.count)") }
            pads = [Int](repeating: 0, count: 2 * rank)
            for (place, axis) in axes.enumerated() { (pads[axis], pads[axis + rank]) = (stated[place], stated[place + axes.count]) }
        }
        return .pad(Padding(pads: pads, mode: mode, value: value))
    }

    func depthToSpace(_ proto: ONNXNodeProto, _ attributes: NodeAttributes) throws(NodeProblem) -> Operation {
        let mode = try attributes.text("mode", "DCR")
        guard ["DCR", "CRD"].contains(mode) else { throw .malformed(expected: "mode DCR or CRD", actual: quoted(mode)) }
        return .depthToSpace(block: try attributes.int("blocksize", 0), columnsFirst: mode == "CRD")
    }

    func spaceToDepth(_ proto: ONNXNodeProto, _ attributes: NodeAttributes) throws(NodeProblem) -> Operation {
        guard try attributes.text("mode", "DCR") == "DCR" else { throw .unsupported("it puts columns first") }
        return .spaceToDepth(block: try attributes.int("blocksize", 0))
    }

    /// Adds a Split as one slice for each of its outputs.
    mutating func readSplit(_ proto: ONNXNodeProto) throws(NodeProblem) {
        let attributes = try NodeAttributes(proto)
        let shape = try dataShape(proto)
        guard shape.rank > 0 else { throw .malformed(expected: "data with axes", actual: "a scalar") }
        let axis = try positive([attributes.int("axis", 0)], rank: shape.rank)[0]
        let count = proto.output.count
        let part = (shape[axis] + max(count, 1) - 1) / max(count, 1)
        let even = (0..<count).map { min(part, shape[axis] - min($0 * part, shape[axis])) }
        let sizes = try numbers(proto, 1, or: "split", attributes) ?? even
        guard sizes.count == count, sizes.allSatisfy({ (0...shape[axis]).contains($0) }), sizes.reduce(0, +) == shape[axis] else {
            throw .malformed(expected: "\(count) sizes that sum to \(shape[axis])", actual: "\(sizes)")
        }
        guard batchAxis(of: proto.input[0]) != axis else { throw .unsupported(Self.splits) }
        var start = 0
        for (output, size) in zip(proto.output, sizes) where !output.isEmpty {
            let slice = Slice(axes: [axis], starts: [start], ends: [start + size], steps: [1])
            start += size
            if let tensor = constant(proto.input[0]) {
                let shape = Shape(tensor.shape.dimensions.enumerated().map { $0 == axis ? size : $1 })
                constants[output] = Operation.slice(slice).folded([tensor], to: shape)
            } else {
                let name = uniqueName(proto)
                try append(Node(name: name, operation: .slice(slice), inputs: inputs(of: proto, .slice(slice)), outputs: [output]))
            }
        }
    }
}
