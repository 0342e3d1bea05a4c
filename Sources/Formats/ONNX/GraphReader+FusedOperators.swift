import Networks
import Tensors

extension GraphReader {
    /// FusedConv: x, weights, bias, a summand; then a function of the sum.
    mutating func lowerFusedConvolution(_ node: LoweredNode) throws(NodeProblem) {
        try node.need(2)
        let (attributes, summand) = (try node.attributes(), node.input(3))
        let function = try attributes.text("activation", "")
        let kept = node.kept("auto_pad", "dilations", "group", "kernel_shape", "pads", "strides")
        let inputs = [node.input(0), node.input(1), node.input(2)]
        let isLast = summand.isEmpty && function.isEmpty
        var made = try emit("Conv", inputs, kept, to: isLast ? node.output : nil, after: node, isMain: true)
        if !summand.isEmpty { made = try emit("Add", [made, summand], to: function.isEmpty ? node.output : nil, after: node) }
        if !function.isEmpty { try lowerFunction(function, attributes.floats("activation_params") ?? [], of: made, node) }
    }

    /// FusedGemm: Gemm and a function of it.
    mutating func lowerFusedGemm(_ node: LoweredNode) throws(NodeProblem) {
        let attributes = try node.attributes()
        let function = try attributes.text("activation", "")
        let kept = node.kept("alpha", "beta", "transA", "transB")
        let made = try emit("Gemm", node.proto.input, kept, to: function.isEmpty ? node.output : nil, after: node, isMain: true)
        guard !function.isEmpty else { return }
        var settings: [Float] = []
        for name in ["activation_alpha", "activation_beta"] where attributes.contains(name) {
            settings.append(try attributes.float(name, 0))
        }
        try lowerFunction(function, settings, of: made, node)
    }

    /// The function that ends a fused operator, with its settings in the order of ONNX Runtime.
    private mutating func lowerFunction(_ name: String, _ settings: [Float], of value: String, _ node: LoweredNode) throws(NodeProblem) {
        func setting(_ place: Int, _ name: String) -> [ONNXAttributeProto] {
            place < settings.count ? [.number(name, settings[place])] : []
        }
        var (inputs, attributes) = ([value], [ONNXAttributeProto]())
        switch name {
        case "Relu", "Tanh", "Sigmoid", "Softplus", "Softsign": break
        case "LeakyRelu", "Elu", "ThresholdedRelu": attributes = setting(0, "alpha")
        case "HardSigmoid": attributes = setting(0, "alpha") + setting(1, "beta")
        case "Clip":
            for (place, kind) in [(0, "min"), (1, "max")] where place < settings.count {
                inputs.append(emit(Tensor(shape: [], floats: [settings[place]]), kind, after: node))
            }
            if version < 11 { (inputs, attributes) = ([value], setting(0, "min") + setting(1, "max")) }
        default: throw .unsupported("Pare has no \(quoted(name)) as its activation")
        }
        try emit(name, inputs, attributes, to: node.output, after: node)
    }

    /// FusedMatMul: alpha · op(a) · op(b), the last two axes swapped where that is asked for.
    mutating func lowerFusedProduct(_ node: LoweredNode) throws(NodeProblem) {
        try node.need(2)
        let attributes = try node.attributes()
        for name in ["transBatchA", "transBatchB"] where try attributes.int(name, 0) != 0 {
            throw .unsupported("it moves the first axis of a factor (\(name) = 1)")
        }
        var factors = [node.input(0), node.input(1)]
        for (place, name) in ["transA", "transB"].enumerated() where try attributes.int(name, 0) != 0 {
            guard let rank = shape(of: factors[place])?.rank else { throw .unsupported("it depends on a shape that is not known") }
            guard rank > 1 else { continue }
            let order = Array(0..<rank - 2) + [rank - 1, rank - 2]
            factors[place] = try emit("Transpose", [factors[place]], [.integers("perm", order)], after: node)
        }
        let alpha = try attributes.float("alpha", 1)
        let made = try emit("MatMul", factors, to: alpha == 1 ? node.output : nil, after: node, isMain: true)
        guard alpha != 1 else { return }
        let factor = emit(Tensor(shape: [], floats: [alpha]), "alpha", after: node)
        try emit("Mul", [made, factor], to: node.output, after: node)
    }

    /// Gelu, BiasGelu and FastGelu: the bias is the second input.
    mutating func lowerGelu(_ node: LoweredNode, isApproximate: Bool) throws(NodeProblem) {
        var value = node.input(0)
        if !node.input(1).isEmpty { value = try emit("Add", [value, node.input(1)], after: node) }
        var attribute = ONNXAttributeProto()
        (attribute.name, attribute.type, attribute.s) = ("approximate", 3, .init((isApproximate ? "tanh" : "none").utf8))
        try emit("Gelu", [value], [attribute], to: node.output, after: node, isMain: true)
    }

    /// QuickGelu: x · sigmoid(alpha · x).
    mutating func lowerQuickGelu(_ node: LoweredNode) throws(NodeProblem) {
        let alpha = try node.attributes().float("alpha", 1.702)
        let factor = emit(Tensor(shape: [], floats: [alpha]), "alpha", after: node)
        let scaled = alpha == 1 ? node.input(0) : try emit("Mul", [node.input(0), factor], after: node)
        let gate = try emit("Sigmoid", [scaled], after: node, isMain: true)
        try emit("Mul", [node.input(0), gate], to: node.output, after: node)
    }

    /// The normalizations of a sum: values, skipped ones, scale, shift (not of root mean squares), bias; the sum may be the fourth result.
    mutating func lowerSkipNormalization(_ node: LoweredNode, isRootMeanSquare: Bool) throws(NodeProblem) {
        try node.need(3)
        for name in node.proto.output.dropFirst().prefix(2) where readValues.contains(name) {
            throw .unsupported("its statistics \(quoted(name)) are read")
        }
        let bias = node.input(isRootMeanSquare ? 3 : 4)
        let stated = node.proto.output.count > 3 && !node.proto.output[3].isEmpty ? node.proto.output[3] : nil
        var sum = try emit("Add", [node.input(0), node.input(1)], to: bias.isEmpty ? stated : nil, after: node)
        if !bias.isEmpty { sum = try emit("Add", [sum, bias], to: stated, after: node) }
        if isRootMeanSquare { return try lowerRootMeanSquare(node, added: sum) }
        let epsilon = try node.attributes().float("epsilon", 1e-12)
        let inputs = [sum, node.input(2), node.input(3)]
        let settings: [ONNXAttributeProto] = [.integer("axis", -1), .number("epsilon", epsilon)]
        try emit("LayerNormalization", inputs, settings, to: node.output, after: node, isMain: true)
    }

    /// x / sqrt(mean(x²) + epsilon) · scale over the axes from `axis` on; of the sum `added` where that is given (Zhang and Sennrich 2019, RMSNorm).
    mutating func lowerRootMeanSquare(_ node: LoweredNode, added: String?) throws(NodeProblem) {
        try node.need(added == nil ? 2 : 3)
        if added == nil, let name = node.proto.output.dropFirst().first(where: readValues.contains) {
            throw .unsupported("its statistics \(quoted(name)) are read")
        }
        let (attributes, x) = (try node.attributes(), added ?? node.input(0))
        guard let rank = shape(of: x)?.rank else { throw .unsupported("it depends on a shape that is not known") }
        let first = try positive([added == nil ? attributes.int("axis", -1) : -1], rank: rank)[0]
        let epsilon = emit(
            Tensor(shape: [], floats: [try attributes.float("epsilon", added == nil ? 1e-5 : 1e-12)]), "epsilon", after: node)
        let squares = try emit("Mul", [x, x], after: node)
        let axes = emit(Tensor(wholeNumbers: Array(first..<rank)), "axes", after: node)
        let mean = try emit("ReduceMean", [squares, axes], [.integer("keepdims", 1)], after: node)
        let raised = try emit("Add", [mean, epsilon], to: freshValue("\(node.output)_raised"), after: node)
        let root = try emit("Sqrt", [raised], after: node)
        let divided = try emit("Div", [x, root], after: node)
        try emit("Mul", [divided, node.input(added == nil ? 1 : 2)], to: node.output, after: node, isMain: true)
    }
}
