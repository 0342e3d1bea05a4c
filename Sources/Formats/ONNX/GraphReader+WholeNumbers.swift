import Networks
import Tensors

/// Which values are whole numbers by their types: ONNX's Div is another function of these.
extension GraphReader {
    /// Numbers of the types of whole numbers in the ONNX schema.
    static let wholeTypes: Set<Int32> = [2, 3, 4, 5, 6, 7, 12, 13]

    /// Whether a value is of such a type, as far as inputs, constants and what was made of them tell.
    func isWhole(_ name: String) -> Bool {
        constants[name].map { $0.elementType.wholeRange != nil } ?? wholeValues.contains(name)
    }

    /// Remembers what a node makes of whole numbers.
    mutating func noteWhole(_ node: Node) {
        let isWhole: Bool
        switch node.operation {
        case .cast(let type): isWhole = type.wholeRange != nil
        case .extremePlace: isWhole = true
        case .binary(let function): isWhole = !function.isRelation && node.inputs.first.map(self.isWhole) ?? false
        case .select: isWhole = node.inputs.count > 1 && self.isWhole(node.inputs[1])
        case .variadic, .concatenation, .reduction, .unary, .expand, .slice, .reshape, .transpose, .gather, .identity:
            isWhole = node.inputs.first.map(self.isWhole) ?? false
        default: isWhole = node.operation.isView && node.inputs.first.map(self.isWhole) ?? false
        }
        if isWhole { wholeValues.formUnion(node.outputs) }
    }
}
