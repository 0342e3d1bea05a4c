import Tensors

/// Why a node can't become an operation.
enum NodeProblem: Error {
    /// Pare can't run it; its weights are still shown.
    case unsupported(String)
    /// It contradicts the standard.
    case malformed(expected: String, actual: String)
    /// Its inputs do not fit it.
    case mismatch(expected: String, actual: String)
    /// It asks for more than any machine has.
    case limit(expected: String, actual: String)
}

/// The attributes of a node by name, with the defaults of the standard.
struct NodeAttributes {
    private var attributes: [String: ONNXAttributeProto] = [:]

    init(_ node: ONNXNodeProto) throws(NodeProblem) {
        for attribute in node.attribute {
            guard attributes.updateValue(attribute, forKey: attribute.name) == nil else {
                throw .malformed(expected: "attributes of different names", actual: "\(quoted(attribute.name)) twice")
            }
        }
    }

    func contains(_ name: String) -> Bool { attributes[name] != nil }

    func int(_ name: String, _ initial: Int) throws(NodeProblem) -> Int {
        try find(name, type: 2, "an integer").map { Int($0.i) } ?? initial
    }

    func float(_ name: String, _ initial: Float) throws(NodeProblem) -> Float {
        try find(name, type: 1, "a number")?.f ?? initial
    }

    func ints(_ name: String) throws(NodeProblem) -> [Int]? {
        try find(name, type: 7, "integers")?.ints.map { Int($0) }
    }

    func floats(_ name: String) throws(NodeProblem) -> [Float]? { try find(name, type: 6, "numbers")?.floats }

    func text(_ name: String, _ initial: String) throws(NodeProblem) -> String {
        try find(name, type: 3, "text").map { String(decoding: $0.s, as: UTF8.self) } ?? initial
    }

    func texts(_ name: String) throws(NodeProblem) -> [String]? {
        try find(name, type: 8, "texts")?.strings.map { String(decoding: $0, as: UTF8.self) }
    }

    func tensor(_ name: String) throws(NodeProblem) -> ONNXTensorProto? {
        try find(name, type: 4, "a tensor")?.t
    }

    func sparseTensor(_ name: String) throws(NodeProblem) -> ONNXSparseTensorProto? {
        try find(name, type: 11, "a sparse tensor")?.sparseTensor
    }

    // Type 0 is what IR version 1 wrote.
    private func find(_ name: String, type: Int32, _ kind: String) throws(NodeProblem) -> ONNXAttributeProto? {
        guard let attribute = attributes[name] else { return nil }
        guard attribute.type == type || attribute.type == 0 else {
            throw .malformed(expected: "\(kind) in attribute \(quoted(name))", actual: "type \(attribute.type)")
        }
        return attribute
    }
}
