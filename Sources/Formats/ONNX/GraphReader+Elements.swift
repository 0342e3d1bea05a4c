import Networks
import Tensors

extension GraphReader {
    /// Operators of one number to one number that have settings.
    static let parametricFunctions: [String: @Sendable (NodeAttributes) throws(NodeProblem) -> UnaryFunction] = [
        "LeakyRelu": { attributes throws(NodeProblem) in .leakyRelu(alpha: try attributes.float("alpha", 0.01)) },
        "Elu": { attributes throws(NodeProblem) in .elu(alpha: try attributes.float("alpha", 1)) },
        "Selu": { attributes throws(NodeProblem) in
            .selu(alpha: try attributes.float("alpha", 1.6732632), gamma: try attributes.float("gamma", 1.050701))
        },
        "Celu": { attributes throws(NodeProblem) in .celu(alpha: try attributes.float("alpha", 1)) },
        "ThresholdedRelu": { attributes throws(NodeProblem) in .thresholdedRelu(alpha: try attributes.float("alpha", 1)) },
        "HardSigmoid": { attributes throws(NodeProblem) in
            .hardSigmoid(alpha: try attributes.float("alpha", 0.2), beta: try attributes.float("beta", 0.5))
        },
        "Shrink": { attributes throws(NodeProblem) in
            .shrink(bias: try attributes.float("bias", 0), lambda: try attributes.float("lambd", 0.5))
        },
        "Swish": { attributes throws(NodeProblem) in .swish(alpha: try attributes.float("alpha", 1)) },
        "Gelu": { attributes throws(NodeProblem) in
            switch try attributes.text("approximate", "none") {
            case "none": .gelu(isApproximate: false)
            case "tanh": .gelu(isApproximate: true)
            case let other: throw .malformed(expected: "none or tanh", actual: quoted(other))
            }
        },
    ]

    /// Bounds are attributes up to operator set 10, inputs from 11 on.
    func clip(_ proto: ONNXNodeProto, _ attributes: NodeAttributes) throws(NodeProblem) -> Operation {
        let lower = try number(proto, 1, or: "min", attributes, -.infinity)
        let upper = try number(proto, 2, or: "max", attributes, .infinity)
        return .unary(.clip(lower: lower, upper: upper))
    }

    func binary(_ function: BinaryFunction) -> (ONNXNodeProto, NodeAttributes) throws(NodeProblem) -> Operation {
        { proto, attributes throws(NodeProblem) in
            guard proto.input.count == 2 else { throw .malformed(expected: "two inputs", actual: "\(proto.input.count)") }
            guard !attributes.contains("axis") else { throw .unsupported("it broadcasts along an axis, as before operator set 7") }
            return .binary(function)
        }
    }

    func modulo(_ proto: ONNXNodeProto, _ attributes: NodeAttributes) throws(NodeProblem) -> Operation {
        guard proto.input.count == 2 else { throw .malformed(expected: "two inputs", actual: "\(proto.input.count)") }
        return .binary(try attributes.int("fmod", 0) == 0 ? .modulo : .remainder)
    }

    func variadic(_ function: VariadicFunction) -> (ONNXNodeProto, NodeAttributes) throws(NodeProblem) -> Operation {
        { proto, _ throws(NodeProblem) in
            guard !proto.input.contains("") else { throw .malformed(expected: "inputs", actual: "one that is left out") }
            return .variadic(function)
        }
    }

    func select(_ proto: ONNXNodeProto, _ attributes: NodeAttributes) throws(NodeProblem) -> Operation {
        guard proto.input.count == 3 else { throw .malformed(expected: "three inputs", actual: "\(proto.input.count)") }
        return .select
    }

    func cast(_ proto: ONNXNodeProto, _ attributes: NodeAttributes) throws(NodeProblem) -> Operation {
        let target = try attributes.int("to", 0)
        guard let type = TensorReader.elementTypes[Int32(clamping: target)] else { throw .unsupported("it makes type \(target)") }
        return .cast(to: type)
    }

    /// The type of the codes is that of the zero point, or stated.
    func quantize(_ proto: ONNXNodeProto, _ attributes: NodeAttributes) throws(NodeProblem) -> Operation {
        let stated = try attributes.int("output_dtype", 0)
        let code = try linearCode(proto, attributes, stated == 0 ? .uint8 : TensorReader.elementTypes[Int32(clamping: stated)])
        return .quantizeLinear(code)
    }

    func dequantize(_ proto: ONNXNodeProto, _ attributes: NodeAttributes) throws(NodeProblem) -> Operation {
        .dequantizeLinear(try linearCode(proto, attributes, .uint8))
    }

    private func linearCode(_ proto: ONNXNodeProto, _ attributes: NodeAttributes, _ usual: ElementType?) throws(NodeProblem) -> LinearCode {
        try needConstants(proto, 1...2)
        guard try attributes.int("block_size", 0) == 0 else { throw .unsupported("it has a scale for each block") }
        let zeroPoint = proto.input.count > 2 ? constant(proto.input[2]) : nil
        guard let type = zeroPoint?.elementType ?? usual, type.wholeRange != nil else {
            throw .unsupported("its codes are no whole numbers")
        }
        let rank = shape(of: proto.input[0])?.rank ?? 0
        let axis = try attributes.int("axis", 1)
        return LinearCode(type: type, axis: axis < 0 ? axis + rank : axis)
    }
}
