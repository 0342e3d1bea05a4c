import Networks
import Tensors

extension GraphReader {
    /// Axes are an attribute up to operator set 17 (12 for ReduceSum), an input from then on; none means all.
    func reduction(_ function: Reduction.Function) -> (ONNXNodeProto, NodeAttributes) throws(NodeProblem) -> Operation {
        { proto, attributes throws(NodeProblem) in
            let shape = try dataShape(proto)
            let keepsAxes = try attributes.int("keepdims", 1) != 0
            let stated = try numbers(proto, 1, or: "axes", attributes) ?? []
            if stated.isEmpty, try attributes.int("noop_with_empty_axes", 0) != 0 { return .identity }
            let axes = stated.isEmpty ? Array(shape.dimensions.indices) : try positive(stated, rank: shape.rank)
            return .reduction(Reduction(function: function, axes: axes.sorted(), keepsAxes: keepsAxes))
        }
    }

    func extremePlace(isMaximum: Bool) -> (ONNXNodeProto, NodeAttributes) throws(NodeProblem) -> Operation {
        { proto, attributes throws(NodeProblem) in
            let axis = try positive([attributes.int("axis", 0)], rank: try dataShape(proto).rank)[0]
            return .extremePlace(
                ExtremePlace(
                    isMaximum: isMaximum, axis: axis, keepsAxis: try attributes.int("keepdims", 1) != 0,
                    takesLast: try attributes.int("select_last_index", 0) != 0))
        }
    }

    func layerNormalization(_ proto: ONNXNodeProto, _ attributes: NodeAttributes) throws(NodeProblem) -> Operation {
        guard proto.input.count >= 2 else { throw .malformed(expected: "data and a scale", actual: "\(proto.input.count) inputs") }
        let axis = try positive([attributes.int("axis", -1)], rank: try dataShape(proto).rank)[0]
        return .layerNormalization(axis: axis, epsilon: try attributes.float("epsilon", 1e-5))
    }

    func instanceNormalization(_ proto: ONNXNodeProto, _ attributes: NodeAttributes) throws(NodeProblem) -> Operation {
        try needConstants(proto, 1...2)
        return .instanceNormalization(epsilon: try attributes.float("epsilon", 1e-5))
    }

    func groupNormalization(_ proto: ONNXNodeProto, _ attributes: NodeAttributes) throws(NodeProblem) -> Operation {
        try needConstants(proto, 1...2)
        return .groupNormalization(groups: try attributes.int("num_groups", 0), epsilon: try attributes.float("epsilon", 1e-5))
    }

    /// Before operator set 21 scales and shifts belong to groups: each is repeated for the channels of its group.
    mutating func spreadGroups(_ stated: ONNXNodeProto) throws(NodeProblem) -> ONNXNodeProto {
        try needConstants(stated, 1...2)
        let (groups, shape) = (try NodeAttributes(stated).int("num_groups", 0), try dataShape(stated))
        guard groups > 0, shape.rank > 1, shape[1].isMultiple(of: groups) else {
            throw .malformed(expected: "groups of the channels", actual: "\(groups) of [\(shape)]")
        }
        var proto = stated
        for place in 1...2 {
            guard let values = constant(stated.input[place]), values.count == groups else {
                throw .mismatch(expected: "\(groups) numbers, one a group", actual: "[\(constant(stated.input[place])?.shape ?? [])]")
            }
            let name = freshValue("\(stated.input[place])_channels")
            constants[name] = Tensor(
                shape: [shape[1]], floats: values.floats.flatMap { Array(repeating: $0, count: shape[1] / groups) })
            proto.input[place] = name
        }
        return proto
    }

    func responseNormalization(_ proto: ONNXNodeProto, _ attributes: NodeAttributes) throws(NodeProblem) -> Operation {
        let size = try attributes.int("size", 0)
        guard (1...1 << 20).contains(size) else { throw .malformed(expected: "a size from 1 on", actual: "\(size)") }
        return .responseNormalization(
            ResponseNormalization(
                size: size, alpha: try attributes.float("alpha", 1e-4), beta: try attributes.float("beta", 0.75),
                bias: try attributes.float("bias", 1)))
    }
}
