import Networks
import Tensors

extension GraphReader {
    /// Adds the node to the network, or folds it where it only names a constant.
    mutating func read(_ proto: ONNXNodeProto, at index: Int) throws(FormatError) {
        do throws(NodeProblem) {
            if try fold(proto, index) { return }
            let operation = try operation(of: proto)
            try add(proto, operation, index)
        } catch {
            let reading = "node \(label(index)) (\(escaped(proto.opType, limit: 40)))"
            switch error {
            case .unsupported(let reason): addUnsupported(proto, reason, index)
            case .malformed(let expected, let actual): throw failure(.malformed, reading, expected, actual)
            case .mismatch(let expected, let actual): throw failure(.mismatch, reading, expected, actual)
            case .limit(let expected, let actual): throw failure(.limit, reading, expected, actual)
            }
        }
    }

    /// Constant nodes and Identity of a constant become constants. Errors of their tensors come out as malformed nodes.
    private mutating func fold(_ proto: ONNXNodeProto, _ index: Int) throws(NodeProblem) -> Bool {
        guard isOwn(proto.domain), let output = proto.output.first else { return false }
        if proto.opType == "Constant" {
            guard let tensor = try NodeAttributes(proto).tensor("value") else {
                return try foldNumbers(proto, output)
            }
            do throws(FormatError) {
                constants[output] = try tensors.tensor(tensor)
            } catch {
                throw .malformed(expected: error.expected, actual: error.actual)
            }
            return true
        }
        if try foldComputed(proto, output) { return true }
        guard proto.opType == "Identity", let source = proto.input.first, let tensor = constant(source) else { return false }
        constants[output] = tensor
        aliases[output] = aliases[source] ?? source
        return true
    }

    private mutating func foldNumbers(_ proto: ONNXNodeProto, _ output: String) throws(NodeProblem) -> Bool {
        let attributes = try NodeAttributes(proto)
        if attributes.contains("value_float") {
            constants[output] = Tensor(shape: [], floats: [try attributes.float("value_float", 0)])
            return true
        }
        var numbers = try attributes.ints("value_ints")
        if attributes.contains("value_int") { numbers = [try attributes.int("value_int", 0)] }
        guard let numbers else { throw .unsupported("this kind of constant is not read") }
        let storage = TensorStorage(byteCount: numbers.count * 8) { memory in
            for (index, number) in numbers.enumerated() {
                memory.storeBytes(of: Int64(number).littleEndian, toByteOffset: index * 8, as: Int64.self)
            }
        }
        let shape: Shape = attributes.contains("value_ints") ? [numbers.count] : []
        constants[output] = Tensor(shape: shape, elementType: .int64, storage: storage)
        return true
    }

    private mutating func add(_ proto: ONNXNodeProto, _ operation: Operation, _ index: Int) throws(NodeProblem) {
        guard let output = proto.output.first, !output.isEmpty else {
            throw .malformed(expected: "an output", actual: "none")
        }
        var node = Node(name: proto.name, operation: operation, inputs: inputs(of: proto, operation), outputs: [output])
        if let shape = try outputShape(of: node) { try accept(shape, of: output) }
        node.name = uniqueName(proto, index)
        nodes.append(node)
    }

    private func outputShape(of node: Node) throws(NodeProblem) -> Shape? {
        var known: [String: Shape] = [:]
        for name in node.inputs { known[name] = constant(name)?.shape ?? shapes[name] }
        do throws(ShapeError) {
            return try node.outputShape(known, batch: Self.batch)
        } catch {
            throw .mismatch(expected: error.expected, actual: error.actual)
        }
    }

    /// Keeps the shape of an activation, if each example has a row of its own and a reasonable size.
    private mutating func accept(_ shape: Shape, of value: String) throws(NodeProblem) {
        guard shape.rank >= 2, shape[0] == Self.batch else {
            throw .unsupported("its result mixes the examples of a batch")
        }
        guard let count = shape.checkedCount, count / Self.batch <= Self.largestActivation else {
            throw .limit(expected: "at most \(Self.largestActivation) values an example", actual: "[\(shape)]")
        }
        shapes[value] = shape
    }

    private mutating func addUnsupported(_ proto: ONNXNodeProto, _ reason: String, _ index: Int) {
        let operation = UnsupportedOperator(
            domain: isOwn(proto.domain) ? "" : proto.domain, name: proto.opType, reason: reason)
        let names = proto.input.map { aliases[$0] ?? $0 }
        nodes.append(Node(name: uniqueName(proto, index), operation: .unsupported(operation), inputs: names, outputs: proto.output))
    }

    /// The names that the operation reads: without trailing gaps and without what was folded into its settings.
    private func inputs(of proto: ONNXNodeProto, _ operation: Operation) -> [String] {
        var names = proto.input.map { aliases[$0] ?? $0 }
        switch operation {
        case .reshape, .dropout: names = Array(names.prefix(1))
        default: break
        }
        while names.last?.isEmpty == true { names.removeLast() }
        return names
    }

    private mutating func uniqueName(_ proto: ONNXNodeProto, _ index: Int) -> String {
        let base = proto.name.isEmpty ? "\(proto.opType)_\(index + 1)" : proto.name
        var name = base
        while nodeNames[name] != nil {
            nodeNames[base, default: 1] += 1
            name = "\(base)_\(nodeNames[base, default: 1])"
        }
        nodeNames[name] = 1
        return name
    }

    func isOwn(_ domain: String) -> Bool { domain.isEmpty || domain == "ai.onnx" }

    func constant(_ name: String) -> Tensor? { constants[name] }
}
