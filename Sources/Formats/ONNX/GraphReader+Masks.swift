import Networks
import Tensors

extension GraphReader {
    /// Trilu as a Where by a constant mask.
    mutating func lowerTriangle(_ node: LoweredNode) throws(NodeProblem) {
        guard let shape = shape(of: node.input(0)), shape.rank >= 2 else { throw .unsupported(unknownShape(node.proto)) }
        let isUpper = try node.attributes().int("upper", 1) != 0
        var diagonal = 0
        if !node.input(1).isEmpty {
            guard let stated = constant(node.input(1)), let numbers = stated.wholeNumbers, numbers.count == 1 else {
                throw .unsupported("its diagonal is computed by the graph")
            }
            diagonal = numbers[0]
        }
        let (rows, columns) = (shape[shape.rank - 2], shape[shape.rank - 1])
        guard !isOfBatch(rows), !isOfBatch(columns) else { throw .unsupported("it runs along the examples of a batch") }
        let kept = (0..<rows * columns).map { index -> Double in
            let distance = index % max(1, columns) - index / max(1, columns)
            return (isUpper ? distance >= diagonal : distance <= diagonal) ? 1 : 0
        }
        let mask = emit(Tensor(shape: [rows, columns], elementType: .bool, numbers: kept), "mask", after: node)
        let type = constant(node.input(0))?.elementType ?? .float32
        let zero = emit(Tensor(shape: [], elementType: type, numbers: [0]), "zero", after: node)
        try emit("Where", [mask, node.input(0), zero], to: node.output, after: node, isMain: true)
    }

    /// OneHot as comparisons of each number with all that it may be.
    mutating func lowerOneHot(_ node: LoweredNode) throws(NodeProblem) {
        try node.need(3)
        guard let depth = constant(node.input(1)), depth.count == 1, let values = constant(node.input(2)), values.count == 2 else {
            throw .unsupported("its depth or its values are computed by the graph")
        }
        guard let shape = shape(of: node.input(0)) else { throw .unsupported(unknownShape(node.proto)) }
        let count = depth.numbers[0]
        guard count >= 1, count <= 1e6, count == count.rounded() else {
            throw .malformed(expected: "a depth from 1 on", actual: "\(count)")
        }
        let axis = try positive([node.attributes().int("axis", -1)], rank: shape.rank + 1)[0]
        let type = constant(node.input(0))?.elementType ?? .float32
        var extents = [Int](repeating: 1, count: shape.rank + 1)
        extents[axis] = Int(count)
        func classes(_ first: Double) -> String {
            let numbers = (0..<Int(count)).map { first + Double($0) }
            return emit(Tensor(shape: Shape(extents), elementType: type, numbers: numbers), "classes", after: node)
        }
        let axes = emit(Tensor(wholeNumbers: [axis]), "axes", after: node)
        let usesInput = version >= 13
        let numbers = try emit(
            "Unsqueeze", usesInput ? [node.input(0), axes] : [node.input(0)], usesInput ? [] : [.integers("axes", [axis])], after: node)
        let counted = try emit("Equal", [numbers, classes(0)], after: node)
        let fromTheEnd = try emit("Equal", [numbers, classes(-count)], after: node)
        let chosen = try emit("Or", [counted, fromTheEnd], after: node)
        func value(_ place: Int) -> String {
            emit(Tensor(shape: [], elementType: values.elementType, numbers: [values.numbers[place]]), "value", after: node)
        }
        try emit("Where", [chosen, value(1), value(0)], to: node.output, after: node, isMain: true)
    }
}
