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

    /// Adds a Clip of whole numbers as a Max and a Min, whose bounds keep their type. False for all others.
    mutating func readWholeClip(_ proto: ONNXNodeProto) throws(NodeProblem) -> Bool {
        let bounds = zip(["Max", "Min"], proto.input.dropFirst()).filter { !$0.1.isEmpty }
        let isWhole = bounds.allSatisfy { constant($0.1)?.elementType.wholeRange != nil }
        guard !bounds.isEmpty, isWhole, let data = proto.input.first, let output = proto.output.first else { return false }
        var value = data
        for (place, bound) in bounds.enumerated() {
            let made = place == bounds.count - 1 ? output : freshValue("\(output)_above")
            var part = proto
            (part.opType, part.input, part.output) = (bound.0, [value, bound.1], [made])
            try add(part, operation(of: part))
            value = made
        }
        return true
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
        try needSaturation(type, attributes)
        return .cast(to: type)
    }
}

extension GraphReader {
    /// The type of the codes is that of the zero point, or stated.
    func quantize(_ proto: ONNXNodeProto, _ attributes: NodeAttributes) throws(NodeProblem) -> Operation {
        let stated = try attributes.int("output_dtype", 0)
        var code = try linearCode(proto, attributes, Self.codeType(stated == 0 ? 2 : stated))
        if [21, 22].contains(stated) { code.isOfFourBits = true }
        try needSaturation(code.type, attributes)
        return .quantizeLinear(code)
    }

    func dequantize(_ proto: ONNXNodeProto, _ attributes: NodeAttributes) throws(NodeProblem) -> Operation {
        var code = try linearCode(proto, attributes, .uint8)
        // Their type only limits what is made.
        code.isOfFourBits = false
        return .dequantizeLinear(code)
    }

    /// Beyond the range of a float of 8 bits its largest number stands, and nothing else.
    private func needSaturation(_ type: ElementType, _ attributes: NodeAttributes) throws(NodeProblem) {
        guard type.isFloat8, try attributes.int("saturate", 1) == 0 else { return }
        throw .unsupported("its attribute 'saturate' is 0: beyond the range of \(type) it gives no number")
    }

    /// What holds codes of a type of ONNX.
    private static func codeType(_ number: Int) -> ElementType? {
        number == 22 ? .int8 : number == 21 ? .uint8 : TensorReader.elementTypes[Int32(clamping: number)]
    }

    private func linearCode(_ proto: ONNXNodeProto, _ attributes: NodeAttributes, _ usual: ElementType?) throws(NodeProblem) -> LinearCode {
        guard proto.input.count > 1 else { throw .malformed(expected: "at least 2 inputs", actual: "\(proto.input.count)") }
        for name in proto.input.dropFirst() where !name.isEmpty && constant(name) == nil {
            throw .unsupported("its scale \(quoted(name)) is computed by the graph")
        }
        let zeroPoint = proto.input.count > 2 ? constant(proto.input[2]) : nil
        let type = zeroPoint?.elementType ?? usual
        guard let type, type.wholeRange != nil || type.isFloat8 else {
            throw .unsupported("its codes are \(type.map { "of \($0)" } ?? "of a type that Pare does not have")")
        }
        if type.wholeRange == nil, zeroPoint?.floats.contains(where: { $0 != 0 }) == true {
            throw .unsupported("it has a zero point for \(type)")
        }
        let rank = shape(of: proto.input[0])?.rank ?? 0
        let (axis, block) = (try attributes.int("axis", 1), try attributes.int("block_size", 0))
        guard block >= 0 else { throw .malformed(expected: "blocks of 0 or more", actual: "\(block)") }
        let isOfFourBits = proto.input.count > 2 && fourBits.contains(aliases[proto.input[2]] ?? proto.input[2])
        return LinearCode(type: type, axis: axis < 0 ? axis + rank : axis, block: block > 0 ? block : nil, isOfFourBits: isOfFourBits)
    }
}
