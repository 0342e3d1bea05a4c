import Networks
import Tensors

extension GraphReader {
    /// The shape of a constant or of an activation that is known.
    func shape(of name: String) -> Shape? { constants[name]?.shape ?? shapes[name] }

    /// Whole numbers that the standard has as an input, or, in earlier versions, as an attribute; nil where neither is given.
    func numbers(
        _ proto: ONNXNodeProto, _ position: Int, or attribute: String? = nil, _ attributes: NodeAttributes? = nil
    ) throws(NodeProblem) -> [Int]? {
        if position < proto.input.count, !proto.input[position].isEmpty {
            guard let tensor = constant(proto.input[position]) else { throw .unsupported("its settings are computed by the graph") }
            guard let numbers = tensor.wholeNumbers, tensor.shape.rank <= 1 else {
                throw .malformed(expected: "whole numbers as input \(position + 1)", actual: "[\(tensor.shape)] of \(tensor.elementType)")
            }
            return numbers
        }
        guard let attribute, let attributes else { return nil }
        return try attributes.ints(attribute)
    }

    /// A number that the standard has as an input, or, in earlier versions, as an attribute.
    func number(
        _ proto: ONNXNodeProto, _ position: Int, or attribute: String, _ attributes: NodeAttributes, _ initial: Float
    ) throws(NodeProblem) -> Float {
        guard position < proto.input.count, !proto.input[position].isEmpty else { return try attributes.float(attribute, initial) }
        guard let tensor = constant(proto.input[position]) else { throw .unsupported("its settings are computed by the graph") }
        guard tensor.count == 1 else { throw .malformed(expected: "one number as input \(position + 1)", actual: "[\(tensor.shape)]") }
        return tensor.floats[0]
    }

    /// Axes counted from the front, for a tensor of `rank` axes.
    func positive(_ axes: [Int], rank: Int) throws(NodeProblem) -> [Int] {
        var result: [Int] = []
        for axis in axes {
            guard axis >= -rank, axis < rank else { throw .malformed(expected: "axes inside \(-rank)..<\(rank)", actual: "\(axis)") }
            result.append(axis < 0 ? axis + rank : axis)
        }
        guard Set(result).count == result.count else { throw .malformed(expected: "different axes", actual: "\(axes)") }
        return result
    }

    /// The shape of the first input, which the operator can't be read without.
    func dataShape(_ proto: ONNXNodeProto) throws(NodeProblem) -> Shape {
        guard let name = proto.input.first, let shape = shape(of: name) else {
            throw .unsupported(unknownShape(proto))
        }
        return shape
    }

    /// Why a node can't be read without the shape of an input.
    func unknownShape(_ proto: ONNXNodeProto) -> String {
        let cause = proto.input.lazy.compactMap { causes[$0] }.first
        return cause.map { "it depends on what \($0) makes, which is not run" } ?? "it depends on a shape that is not known"
    }

    /// Whether a number stands for a multiple of the examples of a batch.
    func isOfBatch(_ number: Int) -> Bool { whole == nil && number > 0 && number % Self.examples == 0 }

    /// The axis along which the examples lie; nil where that is not known, or where there are no examples.
    func batchAxis(of name: String) -> Int? {
        constants[name] == nil ? shapes[name]?.dimensions.firstIndex(where: isOfBatch) : nil
    }

    /// The nodes that only tell about shapes: constants whatever their input holds. False for all others.
    mutating func foldShape(_ proto: ONNXNodeProto, _ output: String) throws(NodeProblem) -> Bool {
        let attributes = try NodeAttributes(proto)
        switch proto.opType {
        case "Shape":
            guard let name = proto.input.first, let shape = shape(of: name) else { return false }
            func place(_ index: Int) -> Int { min(max(index < 0 ? index + shape.rank : index, 0), shape.rank) }
            let (start, end) = (place(try attributes.int("start", 0)), place(try attributes.int("end", shape.rank)))
            constants[output] = Tensor(wholeNumbers: Array(shape.dimensions[start..<max(start, end)]))
        case "Size":
            guard let name = proto.input.first, let count = shape(of: name)?.checkedCount else { return false }
            constants[output] = Tensor(wholeNumbers: [count]).reshaped([])
        case "Range":
            guard proto.input.count == 3, let (values, type) = range(proto.input.compactMap(constant)),
                hasRoom(for: values.count * type.byteCount)
            else { return false }
            constants[output] = Tensor(shape: [values.count], elementType: type, numbers: values)
        case "ConstantOfShape": return try foldConstantOfShape(proto, attributes, output)
        default: return false
        }
        return true
    }

    private func range(_ inputs: [Tensor]) -> ([Double], ElementType)? {
        guard inputs.count == 3, inputs.allSatisfy({ $0.count == 1 }) else { return nil }
        let (start, end, step) = (inputs[0].numbers[0], inputs[1].numbers[0], inputs[2].numbers[0])
        let count = max(0, ((end - start) / step).rounded(.up))
        guard step != 0, count.isFinite, count <= 1e7, !(whole == nil && isOfBatch(Int(count))) else { return nil }
        return ((0..<Int(count)).map { start + Double($0) * step }, inputs[0].elementType)
    }

    private mutating func foldConstantOfShape(
        _ proto: ONNXNodeProto, _ attributes: NodeAttributes, _ output: String
    ) throws(NodeProblem) -> Bool {
        guard let dimensions = try numbers(proto, 0) else { return false }
        var value = Tensor(shape: [1], floats: [0])
        if let stated = try attributes.tensor("value") {
            do throws(FormatError) {
                value = try tensors.tensor(stated)
            } catch {
                throw .malformed(expected: error.expected, actual: error.actual)
            }
        }
        guard value.count == 1 else { throw .malformed(expected: "one value", actual: "[\(value.shape)]") }
        let shape = Shape(dimensions)
        guard let count = shape.checkedCount else { throw .malformed(expected: "dimensions from 0 on", actual: "\(dimensions)") }
        if dimensions.contains(where: isOfBatch) {
            constants["\(output)_value"] = value.reshaped([])
            let node = Node(
                name: uniqueName(proto), operation: .expand(dimensions: opened(dimensions)), inputs: ["\(output)_value"], outputs: [output])
            try append(node)
            return true
        }
        guard !count.multipliedReportingOverflow(by: 8).overflow, hasRoom(for: count * value.elementType.byteCount) else { return false }
        constants[output] = Tensor(
            shape: shape, elementType: value.elementType, numbers: [Double](repeating: value.numbers[0], count: count))
        return true
    }

    /// Dimensions with −k for k times the examples.
    func opened(_ dimensions: [Int]) -> [Int] { dimensions.map { isOfBatch($0) ? -$0 / Self.examples : $0 } }
}
