import Networks
import Tensors

extension CSourceWriter {
    mutating func addBatchNormalization(_ epsilon: Float, _ node: Node) throws(ExportError) {
        guard let shape = shapes[node.inputs[0]], shape.rank >= 2, node.inputs.count == 5 else { throw refusal(node, "of such a shape") }
        var arguments = [try operand(node.inputs[0]), place(node.outputs[0])]
        for position in 1...4 { arguments.append("v\(try placeOfVector(try parameter(node, position)))") }
        call(.batchNormalize, arguments + ["\(shape[1])", "\(shape.count / max(1, shape[0] * shape[1]))", Self.number(epsilon)])
    }

    mutating func addLayerNormalization(_ axis: Int, _ epsilon: Float, _ node: Node) throws(ExportError) {
        guard let shape = shapes[node.inputs[0]] else { throw refusal(node, "of an unknown shape") }
        let size = shape.dimensions[(axis < 0 ? axis + shape.rank : axis)...].reduce(1, *)
        try addNormalization(node, size: size, plane: 1, channels: size, epsilon)
    }

    /// - Parameter groups: Nil for as many as channels.
    mutating func addGroupNormalization(groups: Int?, _ epsilon: Float, _ node: Node) throws(ExportError) {
        guard let shape = shapes[node.inputs[0]], shape.rank >= 2 else { throw refusal(node, "of such a shape") }
        let plane = shape.dimensions.dropFirst(2).reduce(1, *)
        try addNormalization(node, size: shape[1] / max(1, groups ?? shape[1]) * plane, plane: plane, channels: shape[1], epsilon)
    }

    private mutating func addNormalization(
        _ node: Node, size: Int, plane: Int, channels: Int, _ epsilon: Float
    ) throws(ExportError) {
        let parameters = node.inputs.dropFirst().filter { !$0.isEmpty }
        for name in parameters where network.parameters[name]?.count != channels {
            throw refusal(node, "with a scale or shift [\(shapes[name] ?? [])]")
        }
        var arguments = [try operand(node.inputs[0]), place(node.outputs[0])]
        for name in parameters { arguments.append(try operand(name)) }
        if parameters.count == 1 { arguments.append("NULL") }
        let sizes = [count(node.inputs[0]) / max(1, size), size, plane, channels]
        call(.normalize, arguments + sizes.map(String.init) + [Self.number(epsilon)])
    }
}
