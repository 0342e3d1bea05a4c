import Networks
import Tensors

extension GraphReader {
    /// Reads an operator as those of the standard that it stands for: quantized ones as DequantizeLinear → operator → QuantizeLinear, fused ones as
    /// their parts. False for all others.
    ///
    /// Nothing of it is left where a part can't be run, so that the message names the operator of the file. Cost: as its parts'.
    mutating func lower(_ proto: ONNXNodeProto) throws(NodeProblem) -> Bool {
        guard let make = Self.lowering(of: proto, isOwn: isOwn(proto.domain)) else { return false }
        guard let output = proto.output.first, !output.isEmpty else { throw .malformed(expected: "an output", actual: "none") }
        let (count, known) = (nodes.count, floats)
        do {
            try make(&self, LoweredNode(proto))
        } catch {
            nodes.removeSubrange(count...)
            floats = known
            throw error
        }
        return true
    }

    /// Operators of ONNX itself that are read as several, by name.
    static let loweredNames = [
        "QLinearConv", "QLinearMatMul", "ConvInteger", "MatMulInteger", "DynamicQuantizeLinear", "RMSNormalization", "Einsum", "Trilu",
        "OneHot",
    ]

    private typealias Lowering = @Sendable (inout GraphReader, LoweredNode) throws(NodeProblem) -> Void

    private static func lowering(of proto: ONNXNodeProto, isOwn: Bool) -> Lowering? {
        if isOwn { return ownLowerings[proto.opType] }
        switch proto.domain {
        case "com.microsoft": return runtimeLowerings[proto.opType]
        case "ai.onnx.ml": return learnedLowerings[proto.opType]
        default: return nil
        }
    }

    /// Operators of classical models, https://onnx.ai/onnx/operators/#ai-onnx-ml.
    private static let learnedLowerings: [String: Lowering] = [
        "Scaler": { reader, node throws(NodeProblem) in try reader.lowerScaler(node) },
        "LinearRegressor": { reader, node throws(NodeProblem) in try reader.lowerRegressor(node) },
        "LinearClassifier": { reader, node throws(NodeProblem) in try reader.lowerClassifier(node) },
        "Normalizer": { reader, node throws(NodeProblem) in try reader.lowerNormalizer(node) },
        "ArrayFeatureExtractor": { reader, node throws(NodeProblem) in try reader.lowerExtractor(node) },
    ]

    private static let ownLowerings: [String: Lowering] = [
        "QLinearConv": { reader, node throws(NodeProblem) in try reader.lowerConvolution(node) },
        "QLinearMatMul": { reader, node throws(NodeProblem) in try reader.lowerProduct(node) },
        "ConvInteger": { reader, node throws(NodeProblem) in try reader.lowerIntegerProduct(node, isConvolution: true) },
        "MatMulInteger": { reader, node throws(NodeProblem) in try reader.lowerIntegerProduct(node, isConvolution: false) },
        "DynamicQuantizeLinear": { reader, node throws(NodeProblem) in try reader.readDynamicRange(node) },
        "RMSNormalization": { reader, node throws(NodeProblem) in try reader.lowerRootMeanSquare(node, added: nil) },
        "Einsum": { reader, node throws(NodeProblem) in try reader.lowerEinsum(node) },
        "Trilu": { reader, node throws(NodeProblem) in try reader.lowerTriangle(node) },
        "OneHot": { reader, node throws(NodeProblem) in try reader.lowerOneHot(node) },
        // What ONNX Runtime's optimizer writes into ONNX's own domain.
        "SimplifiedLayerNormalization": { reader, node throws(NodeProblem) in try reader.lowerRootMeanSquare(node, added: nil) },
    ]

    /// Operators of ONNX Runtime, https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md.
    private static let runtimeLowerings: [String: Lowering] = [
        "QLinearAdd": { reader, node throws(NodeProblem) in try reader.lowerElementwise(node, "Add") },
        "QLinearMul": { reader, node throws(NodeProblem) in try reader.lowerElementwise(node, "Mul") },
        "QLinearConcat": { reader, node throws(NodeProblem) in try reader.lowerConcatenation(node) },
        "QLinearAveragePool": { reader, node throws(NodeProblem) in try reader.lowerFunction(node, "AveragePool") },
        "QLinearGlobalAveragePool": { reader, node throws(NodeProblem) in try reader.lowerFunction(node, "GlobalAveragePool") },
        "QLinearSigmoid": { reader, node throws(NodeProblem) in try reader.lowerFunction(node, "Sigmoid") },
        "QLinearLeakyRelu": { reader, node throws(NodeProblem) in try reader.lowerFunction(node, "LeakyRelu") },
        "QLinearSoftmax": { reader, node throws(NodeProblem) in try reader.lowerSoftmax(node) },
        "QGemm": { reader, node throws(NodeProblem) in try reader.lowerGemm(node) },
        "MatMulIntegerToFloat": { reader, node throws(NodeProblem) in try reader.lowerScaledProduct(node) },
        "DynamicQuantizeMatMul": { reader, node throws(NodeProblem) in try reader.lowerDynamicProduct(node) },
        "MatMulNBits": { reader, node throws(NodeProblem) in try reader.lowerBlockProduct(node) },
        "QuantizeLinear": { reader, node throws(NodeProblem) in try reader.lowerSame(node) },
        "DequantizeLinear": { reader, node throws(NodeProblem) in try reader.lowerSame(node) },
        "FusedConv": { reader, node throws(NodeProblem) in try reader.lowerFusedConvolution(node) },
        "FusedGemm": { reader, node throws(NodeProblem) in try reader.lowerFusedGemm(node) },
        "FusedMatMul": { reader, node throws(NodeProblem) in try reader.lowerFusedProduct(node) },
        "Gelu": { reader, node throws(NodeProblem) in try reader.lowerGelu(node, isApproximate: false) },
        "BiasGelu": { reader, node throws(NodeProblem) in try reader.lowerGelu(node, isApproximate: false) },
        "FastGelu": { reader, node throws(NodeProblem) in try reader.lowerGelu(node, isApproximate: true) },
        "QuickGelu": { reader, node throws(NodeProblem) in try reader.lowerQuickGelu(node) },
        "LayerNormalization": { reader, node throws(NodeProblem) in try reader.lowerSame(node) },
        "SkipLayerNormalization": { reader, node throws(NodeProblem) in try reader.lowerSkipNormalization(node, isRootMeanSquare: false) },
        "SimplifiedLayerNormalization": { reader, node throws(NodeProblem) in try reader.lowerRootMeanSquare(node, added: nil) },
        "SkipSimplifiedLayerNormalization": { reader, node throws(NodeProblem) in
            try reader.lowerSkipNormalization(node, isRootMeanSquare: true)
        },
    ]
}

/// A node that is read as several.
struct LoweredNode {
    let proto: ONNXNodeProto

    init(_ proto: ONNXNodeProto) { self.proto = proto }

    var output: String { proto.output.first ?? "" }

    /// Input `position`; empty where it is left out.
    func input(_ position: Int) -> String { position < proto.input.count ? proto.input[position] : "" }

    func attributes() throws(NodeProblem) -> NodeAttributes { try NodeAttributes(proto) }

    /// Those attributes that the standard's operator has too.
    func kept(_ names: String...) -> [ONNXAttributeProto] { proto.attribute.filter { names.contains($0.name) } }

    /// Throws where there are fewer inputs.
    func need(_ count: Int) throws(NodeProblem) {
        guard proto.input.count >= count else { throw .malformed(expected: "at least \(count) inputs", actual: "\(proto.input.count)") }
    }
}

extension GraphReader {
    /// Reads one of the operators that a node stands for; what it makes is called `output`, or anew after the node's own output.
    ///
    /// - Returns: the name of what it makes.
    @discardableResult
    mutating func emit(
        _ type: String, _ inputs: [String], _ attributes: [ONNXAttributeProto] = [], to output: String? = nil, after node: LoweredNode,
        isMain: Bool = false
    ) throws(NodeProblem) -> String {
        let made = output ?? freshValue("\(node.output)_\(type)")
        var part = ONNXNodeProto()
        part.opType = type
        part.name = isMain || node.proto.name.isEmpty ? node.proto.name : "\(node.proto.name)_\(type)"
        part.input = inputs
        while part.input.last?.isEmpty == true { part.input.removeLast() }
        part.attribute = attributes
        part.output = [made]
        if try !fold(part) { try readNode(part) }
        return made
    }

    /// A constant that the node's parts read.
    mutating func emit(_ values: Tensor, _ kind: String, after node: LoweredNode) -> String {
        let name = freshValue("\(node.output)_\(kind)")
        constants[name] = values
        return name
    }

    /// A name that no value of the file has.
    mutating func freshValue(_ base: String) -> String {
        var (name, count) = (base, 1)
        while !valueNames.insert(name).inserted {
            count += 1
            name = "\(base)_\(count)"
        }
        return name
    }

    /// What `value` stands for as floats: (value − zero point) · scale. The same values are made only once.
    mutating func dequantized(
        _ value: String, _ scale: String, _ zeroPoint: String, axis: Int = 0, after node: LoweredNode
    ) throws(NodeProblem) -> String {
        guard !value.isEmpty, !scale.isEmpty else { throw .malformed(expected: "values and a scale", actual: "one that is left out") }
        let key = [value, scale, zeroPoint, String(axis)]
        if let known = floats[key] { return known }
        let zeros = try spread(zeroPoint, like: scale, after: node)
        let base = value.hasSuffix("_quantized") ? String(value.dropLast(10)) : "\(value)_float"
        let made = freshValue(base)
        try emit("DequantizeLinear", [value, scale, zeros], [.integer("axis", axis)], to: made, after: node)
        floats[key] = made
        return made
    }

    /// A zero point for each scale, where one is given for all.
    private mutating func spread(_ zeroPoint: String, like scale: String, after node: LoweredNode) throws(NodeProblem) -> String {
        guard let zero = constant(zeroPoint), let scales = constant(scale), zero.count == 1, scales.count > 1 else { return zeroPoint }
        let numbers = [Double](repeating: zero.numbers[0], count: scales.count)
        return emit(Tensor(shape: scales.shape, elementType: zero.elementType, numbers: numbers), "zero_points", after: node)
    }

    /// Rounds a float value to a grid, as the last part of a node.
    mutating func quantize(_ value: String, _ scale: String, _ zeroPoint: String, after node: LoweredNode) throws(NodeProblem) {
        guard !scale.isEmpty else { throw .malformed(expected: "a scale of the result", actual: "one that is left out") }
        try emit("QuantizeLinear", [value, scale, zeroPoint], [], to: node.output, after: node)
    }
}

extension ONNXAttributeProto {
    static func integer(_ name: String, _ value: Int) -> Self {
        var attribute = Self()
        (attribute.name, attribute.type, attribute.i) = (name, 2, Int64(value))
        return attribute
    }

    static func integers(_ name: String, _ values: [Int]) -> Self {
        var attribute = Self()
        (attribute.name, attribute.type, attribute.ints) = (name, 7, values.map(Int64.init))
        return attribute
    }

    static func number(_ name: String, _ value: Float) -> Self {
        var attribute = Self()
        (attribute.name, attribute.type, attribute.f) = (name, 1, value)
        return attribute
    }

    static func text(_ name: String, _ value: String) -> Self {
        var attribute = Self()
        (attribute.name, attribute.type, attribute.s) = (name, 3, .init(value.utf8))
        return attribute
    }
}
