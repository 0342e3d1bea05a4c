import Networks
import Tensors

extension GraphReader {
    /// Reads what a Constant node holds in any of its attributes; text is left to the node, which is kept.
    mutating func foldConstant(_ proto: ONNXNodeProto, _ output: String) throws(NodeProblem) -> Bool {
        let attributes = try NodeAttributes(proto)
        do throws(FormatError) {
            if let sparse = try? attributes.sparseTensor("sparse_value") {
                constants[output] = try tensors.tensor(sparse, room: sparseRoom)
                sparseRoom -= constants[output]?.count ?? 0
                return true
            }
            if let tensor = try? attributes.tensor("value"), tensor.dataType != 8 {
                constants[output] = try tensors.tensor(tensor)
                return true
            }
        } catch {
            throw .malformed(expected: error.expected, actual: error.actual)
        }
        if attributes.contains("value") {
            guard try attributes.tensor("value")?.dataType == 8 else { return false }
            throw .unsupported("it holds text")
        }
        return try foldNumbers(proto, output)
    }

    private mutating func foldNumbers(_ proto: ONNXNodeProto, _ output: String) throws(NodeProblem) -> Bool {
        let attributes = try NodeAttributes(proto)
        if attributes.contains("value_float") {
            constants[output] = Tensor(shape: [], floats: [try attributes.float("value_float", 0)])
            return true
        }
        var numbers = try attributes.ints("value_ints")
        if attributes.contains("value_int") { numbers = [try attributes.int("value_int", 0)] }
        if let floats = try attributes.floats("value_floats") {
            constants[output] = Tensor(shape: [floats.count], floats: floats)
            return true
        }
        guard let numbers else { throw .unsupported("this kind of constant is not read") }
        let tensor = Tensor(wholeNumbers: numbers)
        constants[output] = attributes.contains("value_ints") ? tensor : tensor.reshaped([])
        return true
    }
}
