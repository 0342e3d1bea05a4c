import Tensors

extension Network {
    /// The shape of every value for a batch of examples: the input, all activations and all parameters, by name.
    ///
    /// Shapes follow the ONNX operators. One leniency: a Reshape that spells out a batch of 1 takes any batch.
    ///
    /// Throws where a node reads a value that nothing before it makes, where shapes do not fit, where a size leaves `Int`, and at an operator
    /// that Pare does not know; what the measured output does not need is passed over where it is so. Cost: O(nodes).
    public func shapes(batch: Int) throws(ShapeError) -> [String: Shape] {
        try checkBatch(batch)
        var shapes = parameters.reduce(into: [String: Shape]()) { $0[$1.key] = $1.value.shape }
        shapes[input] = Shape([batch] + inputShape.dimensions)
        var needed: Set<Int>?
        for (place, node) in nodes.enumerated() {
            if !node.isSupported || node.inputs.contains(where: { !$0.isEmpty && shapes[$0] == nil }) {
                let places = needed ?? Set(nodesNeeded(for: output))
                needed = places
                guard places.contains(place) else { continue }
            }
            let inference = try ShapeInference(node: node, shapes: shapes, batch: batch)
            let shape = try inference.output()
            guard shape.checkedCount != nil else { throw inference.error("a size that can be counted", "[\(shape)]") }
            if let name = node.outputs.first { shapes[name] = shape }
        }
        if shapes[output] == nil {
            throw ShapeError(node: output, operation: "output", expected: "a value of the network", actual: "nothing")
        }
        return shapes
    }

    /// Multiply-adds of each node for one example, in the order of `nodes`: output elements · products an element.
    ///
    /// Counted are Conv (products = C/groups · kH · kW), ConvTranspose, Gemm and MatMul (K), and recurrent layers; all else is 0. Throws as ``shapes(batch:)`` does.
    public func multiplyAdds() throws(ShapeError) -> [Int] { multiplyAdds(try shapes(batch: 1), batch: 1) }

    /// The same from the shapes for a batch of examples; 0 where a node reads something whose shape isn't among them.
    public func multiplyAdds(_ shapes: [String: Shape], batch: Int) -> [Int] {
        nodes.map { node in
            guard node.inputs.allSatisfy({ $0.isEmpty || shapes[$0] != nil }) else { return 0 }
            let operands = node.inputs.map { shapes[$0] ?? [] }
            let count = node.outputs.first.flatMap { shapes[$0]?.count } ?? 0
            let products =
                switch node.operation {
                case .convolution: count * operands[1].rowCount
                case .gemm(let gemm): count * operands[0][gemm.transposeA ? 0 : 1]
                case .matrixMultiplication: count * (operands[0].dimensions.last ?? 0)
                // The state of each step; the inputs are a product of their own.
                case .recurrence: operands[0].count * (operands[1].dimensions.last ?? 0)
                case .transposedConvolution: operands[0].count * operands[1].rowCount
                default: 0
                }
            return products / max(batch, 1)
        }
    }
}
