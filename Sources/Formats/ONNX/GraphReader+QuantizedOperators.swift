import Networks
import Tensors

extension GraphReader {
    /// QLinearConv: x, scale, zero point, w, scales, zero points, scale and zero point of the result, bias int32 on the scale x · w.
    mutating func lowerConvolution(_ node: LoweredNode) throws(NodeProblem) {
        try node.need(8)
        try refuseChannelsLast(node)
        let x = try dequantized(node.input(0), node.input(1), node.input(2), after: node)
        let weights = try dequantized(node.input(3), node.input(4), node.input(5), axis: 0, after: node)
        let bias = try bias(node.input(8), scales: [node.input(1), node.input(4)], after: node)
        let kept = node.kept("auto_pad", "dilations", "group", "kernel_shape", "pads", "strides")
        let result = try emit("Conv", [x, weights, bias], kept, after: node, isMain: true)
        try quantize(result, node.input(6), node.input(7), after: node)
    }

    /// QLinearMatMul: a, scale, zero point, b, scale, zero point, scale and zero point of the result.
    mutating func lowerProduct(_ node: LoweredNode) throws(NodeProblem) {
        try node.need(8)
        let a = try dequantized(node.input(0), node.input(1), node.input(2), after: node)
        let b = try dequantized(node.input(3), node.input(4), node.input(5), axis: lastAxis(of: node.input(3)), after: node)
        let result = try emit("MatMul", [a, b], after: node, isMain: true)
        try quantize(result, node.input(6), node.input(7), after: node)
    }

    /// QLinearAdd and QLinearMul: a, scale, zero point, b, scale, zero point, scale and zero point of the result.
    mutating func lowerElementwise(_ node: LoweredNode, _ type: String) throws(NodeProblem) {
        try node.need(7)
        let a = try dequantized(node.input(0), node.input(1), node.input(2), after: node)
        let b = try dequantized(node.input(3), node.input(4), node.input(5), after: node)
        try quantize(emit(type, [a, b], after: node, isMain: true), node.input(6), node.input(7), after: node)
    }

    /// QLinearConcat: scale and zero point of the result, then value, scale and zero point of each part.
    mutating func lowerConcatenation(_ node: LoweredNode) throws(NodeProblem) {
        try node.need(5)
        guard node.proto.input.count % 3 == 2 else {
            throw .malformed(expected: "2 inputs and 3 for each part", actual: "\(node.proto.input.count)")
        }
        var parts: [String] = []
        for first in stride(from: 2, to: node.proto.input.count, by: 3) {
            parts.append(try dequantized(node.input(first), node.input(first + 1), node.input(first + 2), after: node))
        }
        try quantize(emit("Concat", parts, node.kept("axis"), after: node, isMain: true), node.input(0), node.input(1), after: node)
    }

    /// Operators of one value: x, scale, zero point, scale and zero point of the result.
    mutating func lowerFunction(_ node: LoweredNode, _ type: String) throws(NodeProblem) {
        try node.need(4)
        try refuseChannelsLast(node)
        let x = try dequantized(node.input(0), node.input(1), node.input(2), after: node)
        let kept = node.kept("alpha", "auto_pad", "ceil_mode", "count_include_pad", "kernel_shape", "pads", "strides")
        try quantize(emit(type, [x], kept, after: node, isMain: true), node.input(3), node.input(4), after: node)
    }

    /// QLinearSoftmax, whose attribute `opset` says whether several axes are one row.
    mutating func lowerSoftmax(_ node: LoweredNode) throws(NodeProblem) {
        try node.need(4)
        let attributes = try node.attributes()
        let rank = try dataShape(node.proto).rank
        let isFlat = try attributes.int("opset", 13) < 13
        let axis = try positive([attributes.int("axis", -1)], rank: rank)[0]
        guard axis == rank - 1 || isFlat == (version < 13) else {
            throw .unsupported("its axis \(axis) of \(rank) is meant as in another operator set")
        }
        let x = try dequantized(node.input(0), node.input(1), node.input(2), after: node)
        let result = try emit("Softmax", [x], [.integer("axis", axis)], after: node, isMain: true)
        try quantize(result, node.input(3), node.input(4), after: node)
    }

    /// QGemm: a, scale, zero point, b, scale, zero point, bias int32 on the scale alpha · a · b; without a scale of the result that is float.
    mutating func lowerGemm(_ node: LoweredNode) throws(NodeProblem) {
        try node.need(6)
        let attributes = try node.attributes()
        let a = try dequantized(node.input(0), node.input(1), node.input(2), after: node)
        let isTransposed = try attributes.int("transB", 0) != 0
        let b = try dequantized(node.input(3), node.input(4), node.input(5), axis: isTransposed ? 0 : 1, after: node)
        var scales = [node.input(1), node.input(4)]
        let alpha = try attributes.float("alpha", 1)
        if alpha != 1 { scales.append(emit(Tensor(shape: [], floats: [alpha]), "alpha", after: node)) }
        let bias = try bias(node.input(6), scales: scales, after: node)
        let kept = node.kept("alpha", "transA", "transB")
        let isFloat = node.input(7).isEmpty
        let result = try emit("Gemm", [a, b, bias], kept, to: isFloat ? node.output : nil, after: node, isMain: true)
        if !isFloat { try quantize(result, node.input(7), node.input(8), after: node) }
    }

    /// A bias of int32 as floats: its scale is the product of those of values and weights. Empty where there is none.
    private mutating func bias(_ name: String, scales: [String], after node: LoweredNode) throws(NodeProblem) -> String {
        guard !name.isEmpty else { return "" }
        var product = scales[0]
        for scale in scales.dropFirst() { product = try emit("Mul", [product, scale], after: node) }
        guard let scale = constant(product) else { throw .unsupported("the scale of its bias is computed by the graph") }
        // ONNX Runtime's own files have scales [1] beside biases of one scale.
        if scale.count == 1 { constants[product] = scale.reshaped([]) }
        let axis = scale.count > 1 ? (constant(name)?.shape.rank ?? 1) - 1 : 0
        return try dequantized(name, product, "", axis: axis, after: node)
    }

    /// Images whose channels are the last axis.
    private func refuseChannelsLast(_ node: LoweredNode) throws(NodeProblem) {
        guard try node.attributes().int("channels_last", 0) == 0 else {
            throw .unsupported("its channels are the last axis (channels_last = 1)")
        }
    }

    /// The axis of columns, along which weights of a product may have scales.
    func lastAxis(of name: String) -> Int { max(0, (shape(of: name)?.rank ?? 1) - 1) }

    /// An operator of ONNX Runtime that is one of ONNX too.
    mutating func lowerSame(_ node: LoweredNode) throws(NodeProblem) {
        try emit(node.proto.opType, node.proto.input, node.proto.attribute, to: node.output, after: node, isMain: true)
    }
}
