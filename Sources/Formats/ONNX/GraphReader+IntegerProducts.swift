import Networks
import Tensors

/// A product of integers whose result the graph turns back into floats: ConvInteger or MatMulInteger → Cast → Mul by both scales.
struct IntegerProduct {
    /// The places of the product and of what it is turned back by, without the last node.
    var node: Int
    var cast: Int
    var scale: String
    var weightScale: String
}

/// Finds them, as ONNX Runtime's `quantize_dynamic` writes them.
struct IntegerProductFinder {
    private let nodes: [ONNXNodeProto]
    private let outputs: Set<String>
    private var makers: [String: Int] = [:]
    private(set) var readers: [String: [Int]] = [:]
    /// By the place of the last node, the Mul.
    private(set) var products: [Int: IntegerProduct] = [:]
    /// Nodes that are parts of one and make nothing that others read.
    private(set) var parts: Set<Int> = []

    /// Cost: O(nodes).
    init(_ graph: ONNXGraphProto) {
        nodes = graph.node
        outputs = Set(graph.output.map(\.name))
        for (place, node) in nodes.enumerated() {
            for name in Set(node.input) where !name.isEmpty { readers[name, default: []].append(place) }
            for name in node.output where !name.isEmpty { makers[name] = place }
        }
        for (place, node) in nodes.enumerated() where node.opType == "ConvInteger" || node.opType == "MatMulInteger" { find(node, place) }
        for place in products.values.compactMap({ scaleMaker($0) }) { parts.insert(place) }
    }

    /// The only node that reads a value.
    private func soleReader(of value: String) -> Int? {
        guard let readers = readers[value], readers.count == 1, !outputs.contains(value) else { return nil }
        return readers[0]
    }

    private mutating func find(_ node: ONNXNodeProto, _ place: Int) {
        guard node.output.count == 1, node.input.count >= 2, let cast = soleReader(of: node.output[0]), nodes[cast].opType == "Cast",
            nodes[cast].attribute.contains(where: { $0.name == "to" && $0.i == 1 }), nodes[cast].output.count == 1,
            let last = soleReader(of: nodes[cast].output[0]), nodes[last].opType == "Mul", nodes[last].input.count == 2,
            let scales = nodes[last].input.first(where: { $0 != nodes[cast].output[0] }), let maker = makers[scales],
            nodes[maker].opType == "Mul", nodes[maker].input.count == 2
        else { return }
        let range = makers[node.input[0]].map { nodes[$0] }
        guard let range, range.opType == "DynamicQuantizeLinear", range.output.count == 3, let own = range.output.dropFirst().first,
            let place2 = nodes[maker].input.firstIndex(of: own), node.input.count > 2, node.input[2] == range.output[2]
        else { return }
        products[last] = IntegerProduct(node: place, cast: cast, scale: own, weightScale: nodes[maker].input[1 - place2])
        parts.formUnion([place, cast])
    }

    /// Places of the nodes that a last node stands for besides itself, ascending; none for all others.
    func parts(of last: Int) -> [Int] {
        guard let product = products[last] else { return [] }
        let scales = nodes[last].input.compactMap { makers[$0] }.filter { $0 != product.cast && parts.contains($0) }
        return ([product.node, product.cast] + scales).sorted()
    }

    /// The node that multiplies both scales, where only the product reads it.
    private func scaleMaker(_ product: IntegerProduct) -> Int? {
        (readers[product.scale] ?? []).first { place in
            let node = nodes[place]
            guard node.opType == "Mul", node.input.contains(product.weightScale), let value = node.output.first else { return false }
            return soleReader(of: value).map { products[$0]?.scale == product.scale } ?? false
        }
    }
}

extension GraphReader {
    /// A product of integers and what follows it, as the product of floats on their grids. False for all other nodes.
    mutating func readIntegerProduct(_ proto: ONNXNodeProto) throws(NodeProblem) -> Bool {
        if integerProducts.parts.contains(position) { return true }
        guard let product = integerProducts.products[position] else { return false }
        let whole = LoweredNode(graph.node[product.node])
        let isConvolution = whole.proto.opType == "ConvInteger"
        let x = try dequantized(whole.input(0), product.scale, whole.input(2), after: whole)
        let axis = isConvolution ? 0 : lastAxis(of: whole.input(1))
        let weights = try dequantized(whole.input(1), product.weightScale, whole.input(3), axis: axis, after: whole)
        let kept = whole.kept("auto_pad", "dilations", "group", "kernel_shape", "pads", "strides")
        try emit(isConvolution ? "Conv" : "MatMul", [x, weights], kept, to: proto.output[0], after: whole, isMain: true)
        return true
    }

    /// ConvInteger and MatMulInteger that nothing else is known of: sums of whole numbers.
    mutating func lowerIntegerProduct(_ node: LoweredNode, isConvolution: Bool) throws(NodeProblem) {
        try node.need(2)
        let x = try shifted(node.input(0), node.input(2), axis: 0, after: node)
        let axis = isConvolution ? 0 : lastAxis(of: node.input(1))
        let weights = try shifted(node.input(1), node.input(3), axis: axis, after: node)
        let kept = node.kept("auto_pad", "dilations", "group", "kernel_shape", "pads", "strides")
        // What reads the whole numbers as such, as the sum with a bias of whole numbers, has them.
        let areRead = integerProducts.readers[node.output]?.contains { graph.node[$0].opType != "Cast" } == true
        let made = try emit(
            isConvolution ? "Conv" : "MatMul", [x, weights], kept, to: areRead ? nil : node.output, after: node, isMain: true)
        if areRead { try emit("Cast", [made], [.integer("to", 6)], to: node.output, after: node) }
    }

    /// Whole numbers without their zero point.
    private mutating func shifted(_ value: String, _ zeroPoint: String, axis: Int, after node: LoweredNode) throws(NodeProblem) -> String {
        if !zeroPoint.isEmpty, constant(zeroPoint) == nil {
            let code = try emit("Cast", [value], [.integer("to", 1)], after: node)
            let zero = try emit("Cast", [zeroPoint], [.integer("to", 1)], after: node)
            return try emit("Sub", [code, zero], after: node)
        }
        let zeros = constant(zeroPoint)
        let shape: Shape = zeros.map { $0.count > 1 ? [$0.count] : [] } ?? []
        let ones = emit(Tensor(shape: shape, floats: [Float](repeating: 1, count: shape.count)), "one", after: node)
        return try dequantized(value, ones, zeroPoint, axis: axis, after: node)
    }

    /// MatMulIntegerToFloat: a, b, scale of a, scale of b, their zero points, bias.
    mutating func lowerScaledProduct(_ node: LoweredNode) throws(NodeProblem) {
        try node.need(4)
        let a = try dequantized(node.input(0), node.input(2), node.input(4), after: node)
        let b = try dequantized(node.input(1), node.input(3), node.input(5), axis: lastAxis(of: node.input(1)), after: node)
        try lowerProduct(of: a, b, bias: node.input(6), node)
    }

    /// DynamicQuantizeMatMul: floats, whose range is found, b, its scale and zero point, bias.
    mutating func lowerDynamicProduct(_ node: LoweredNode) throws(NodeProblem) {
        try node.need(3)
        let a = try emitRounded(node.input(0), after: node)
        let b = try dequantized(node.input(1), node.input(2), node.input(3), axis: lastAxis(of: node.input(1)), after: node)
        try lowerProduct(of: a, b, bias: node.input(4), node)
    }

    private mutating func lowerProduct(of a: String, _ b: String, bias: String, _ node: LoweredNode) throws(NodeProblem) {
        let result = try emit("MatMul", [a, b], to: bias.isEmpty ? node.output : nil, after: node, isMain: true)
        if !bias.isEmpty { try emit("Add", [result, bias], to: node.output, after: node) }
    }
}
