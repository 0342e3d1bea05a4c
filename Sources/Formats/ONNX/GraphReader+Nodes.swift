import Networks
import Tensors

extension GraphReader {
    /// Adds the node to the network, or folds it where it only names a constant.
    mutating func read(_ proto: ONNXNodeProto, at index: Int) throws(FormatError) {
        position = index
        try read(renamed(proto))
    }

    /// The same of a node whose names are those of the whole graph; branches and functions are read in its place.
    mutating func read(_ proto: ONNXNodeProto) throws(FormatError) {
        if try readFunction(proto) { return }
        if try readChoice(proto) { return }
        let made = nodes.count
        takenNames = []
        do throws(NodeProblem) {
            if try readIntegerProduct(proto) { return }
            if try fold(proto) { consumed.formUnion(proto.input) } else { try readNode(proto) }
            noteRecipe(proto)
        } catch {
            let reading = "node \(label(proto)) (\(escaped(proto.opType, limit: 40)))"
            switch error {
            case .unsupported(let reason):
                // Nothing is left of what was made of it.
                nodes.removeSubrange(made...)
                forgetNames()
                for place in integerProducts.parts(of: position) { try addUnsupported(renamed(graph.node[place]), withN(reason)) }
                try addUnsupported(proto, withN(reason))
            case .malformed(let expected, let actual): throw failure(.malformed, reading, expected, actual)
            case .mismatch(let expected, let actual):
                throw failure(.mismatch, reading, withN(expected), withN(actual), cure: batchAdvice)
            case .limit(let expected, let actual): throw failure(.limit, reading, withN(expected), withN(actual))
            }
        }
        try noteDerived(proto)
    }

    mutating func readNode(_ proto: ONNXNodeProto) throws(NodeProblem) {
        if try readDynamicValues(proto) { return }
        if try lower(proto) { return }
        if try readColumnBlocks(proto) { return }
        guard isOwn(proto.domain) else { throw .unsupported("Pare has no \(escaped(proto.opType, limit: 40)) of \(quoted(proto.domain))") }
        try checkWeights(proto)
        switch proto.opType {
        case "Split" where proto.output.contains(where: { !$0.isEmpty }):
            try checkInputs(proto, ignoresOutputs: true)
            try readSplit(proto)
        case "TopK" where proto.output.contains(where: { !$0.isEmpty }): try readBest(proto)
        case "Gather" where try readRows(proto): break
        case "Gather" where try readTaken(proto): break
        case "MatMul" where try readTiedProduct(proto): break
        case "Clip" where try readWholeClip(proto): break
        case "Div" where proto.input.first.map(isWhole) ?? false: try add(proto, .binary(.quotient))
        case let name where Self.recurrentOperators.contains(name):
            let known = constants
            do throws(NodeProblem) { try readRecurrence(proto) } catch {
                // Weights that were taken apart for it are whole again: its node is kept.
                constants = known
                throw error
            }
        case "Softmax", "LogSoftmax", "Hardmax":
            try checkInputs(proto)
            if try !readFlatSoftmax(proto) { try add(proto, operation(of: proto)) }
        case "Concat" where try readTwoClasses(proto): break
        case "Concat":
            var proto = proto
            try openConstants(of: &proto)
            try add(proto, operation(of: proto))
        case "GroupNormalization" where version < 21: try add(spreadGroups(proto), operation(of: proto))
        case "Gemm":
            let gemm = try tied(proto, operation(of: proto))
            try add(gemm.proto, gemm.operation)
        default: try add(proto, operation(of: proto))
        }
    }

    /// Constant nodes and Identity of a constant become constants. Errors of their tensors come out as malformed nodes.
    mutating func fold(_ proto: ONNXNodeProto) throws(NodeProblem) -> Bool {
        guard isOwn(proto.domain), let output = proto.output.first else { return false }
        if proto.opType == "Constant" { return try foldConstant(proto, output) }
        if proto.opType == "Identity", let source = proto.input.first, let tensor = constant(source) {
            constants[output] = tensor
            aliases[output] = aliases[source] ?? source
            if widened.contains(source) { widened.insert(output) }
            if batchConstants.contains(source) { batchConstants.insert(output) }
            return true
        }
        guard try compute(proto, output) else { return false }
        noteBatch(in: output, of: proto)
        return true
    }

    private mutating func compute(_ proto: ONNXNodeProto, _ output: String) throws(NodeProblem) -> Bool {
        if proto.opType == "Split", let whole = proto.input.first.flatMap(constant), hasRoom(for: whole.bytes.count) {
            try readSplit(proto)
            return true
        }
        if try foldComputed(proto, output) { return true }
        if try foldShape(proto, output) { return true }
        if try foldScattering(proto, output) { return true }
        if try foldRows(proto, output) { return true }
        return try foldOperation(proto, output)
    }

    /// Remembers a constant that tells the number of examples, or is computed from one that does.
    private mutating func noteBatch(in output: String, of proto: ONNXNodeProto) {
        guard whole == nil, let tensor = constant(output) else { return }
        let tells = ["Shape", "Size"].contains(proto.opType) || proto.input.contains { batchConstants.contains($0) }
        guard tells, tensor.count > 1_000 || tensor.numbers.contains(where: { abs($0) < 1e15 && isOfBatch(Int($0)) }) else { return }
        batchConstants.insert(output)
    }

    /// Computes a node whose inputs are constants by its definition. False where Pare can't, or where its result has a row for each example.
    private mutating func foldOperation(_ proto: ONNXNodeProto, _ output: String) throws(NodeProblem) -> Bool {
        guard !proto.input.isEmpty, proto.input.allSatisfy({ $0.isEmpty || constant($0) != nil }),
            !proto.output.dropFirst().contains(where: { readValues.contains($0) })
        else { return false }
        let operation: Operation
        do {
            operation = try makeOperation(of: proto)
        } catch {
            if case .unsupported = error { return false }
            throw error
        }
        let node = Node(name: "", operation: operation, inputs: inputs(of: proto, operation), outputs: [output])
        let keepsWidth = node.inputs.count == 1 && (operation.isView || operation.isTransposition)
        let inputs = node.inputs.compactMap { name in constant(name).map { keepsWidth || !widened.contains(name) ? $0 : $0.inFloat32 } }
        guard let shape = try outputShape(of: node), let count = shape.checkedCount, !shape.dimensions.contains(where: isOfBatch),
            inputs.count == node.inputs.count, let first = inputs.first
        else { return false }
        var type = first.elementType
        if case .cast(let target) = operation { type = target }
        let (size, overflow) = count.multipliedReportingOverflow(by: type.byteCount)
        // What is read costs time too, though no memory.
        let read = inputs.reduce(0) { $0 + $1.bytes.count } / 16
        guard !overflow, size <= 1 << 40, hasRoom(for: size + read), let result = operation.folded(inputs, to: shape) else { return false }
        constants[output] = result
        if keepsWidth, widened.contains(node.inputs[0]) { widened.insert(output) }
        if operation == .transpose(permutation: [1, 0]), isShared(node.inputs[0]) { transposed[output] = node.inputs[0] }
        // The same values elsewhere: whether the scales still are those of its channels is found where they are used.
        if inputs.count == 1, operation.isView || operation.isTransposition { origins[output] = origins[node.inputs[0]] }
        if operation.isView, let source = node.inputs.first { views[output] = views[source] ?? source }
        return true
    }

    mutating func add(_ proto: ONNXNodeProto, _ operation: Operation) throws(NodeProblem) {
        guard let output = proto.output.first, !output.isEmpty else {
            throw .malformed(expected: "an output", actual: "none")
        }
        try checkExamples(operation, proto)
        try append(Node(name: "", operation: operation, inputs: inputs(of: proto, operation), outputs: [output]), proto)
    }

    /// A layer without weights has no inputs or no classes.
    private func checkWeights(_ proto: ONNXNodeProto) throws(NodeProblem) {
        guard isNetwork, ["Conv", "ConvTranspose", "Gemm", "MatMul"].contains(proto.opType) else { return }
        for name in proto.input.prefix(2) {
            guard let weights = constant(name), weights.count == 0 else { continue }
            throw .malformed(expected: "weights with elements", actual: "\(quoted(name)) [\(weights.shape)]")
        }
    }

    /// Adds a node whose result may be used; it is named after `proto`. One whose result has no elements is passed over, and a Concat goes on without it.
    mutating func append(_ node: Node, _ proto: ONNXNodeProto? = nil) throws(NodeProblem) {
        var node = node.withoutInputs(isEmpty)
        if let name = node.inputs.first(where: batchConstants.contains) {
            throw .unsupported("\(Self.counts), \(quoted(name))")
        }
        guard !node.inputs.contains(where: { constant($0)?.count == 0 }) else { throw .unsupported("it reads an empty tensor") }
        if let shape = try outputShape(of: node), let output = node.outputs.first {
            if passesOver(shape, of: output) { return }
            try accept(shape, of: output)
        }
        if let proto { node.name = uniqueName(proto) }
        nodes.append(node)
        noteWhole(node)
    }

    private func isEmpty(_ value: String) -> Bool { empties.contains(value) || constant(value)?.count == 0 }

    /// Whether a value of no elements for each example is nothing that somebody asks for.
    private mutating func passesOver(_ shape: Shape, of value: String) -> Bool {
        guard whole == nil, shape.dimensions.contains(0), shape.dimensions.contains(where: isOfBatch),
            !graph.output.contains(where: { $0.name == value })
        else { return false }
        empties.insert(value)
        shapes[value] = shape
        return true
    }

    private func outputShape(of node: Node) throws(NodeProblem) -> Shape? {
        var known: [String: Shape] = [:]
        for name in node.inputs { known[name] = constant(name)?.shape ?? shapes[name] }
        do throws(ShapeError) {
            return try node.outputShape(known, batch: batch)
        } catch {
            throw .mismatch(expected: error.expected, actual: error.actual)
        }
    }

    /// Keeps the shape of an activation, if examples lie along one axis (the first one of the output) and it has a reasonable size.
    private mutating func accept(_ shape: Shape, of value: String) throws(NodeProblem) {
        guard let count = shape.checkedCount, count / max(batch, 1) <= Self.largestActivation else {
            throw .limit(expected: "at most \(Self.largestActivation) values an example", actual: "[\(shape)]")
        }
        if whole == nil {
            let isOutput = graph.output.first?.name == value
            guard count > 0, shape.dimensions.count(where: isOfBatch) == 1, !isOutput || shape[0] == batch else {
                throw .unsupported(Self.mixes)
            }
        }
        shapes[value] = shape
    }

    /// The names that the operation reads: without trailing gaps and without what was folded into its settings.
    func inputs(of proto: ONNXNodeProto, _ operation: Operation) -> [String] {
        var names = Array(proto.input.prefix(operation.inputCounts.upperBound)).map { aliases[$0] ?? $0 }
        while names.last?.isEmpty == true { names.removeLast() }
        return names
    }

    mutating func uniqueName(_ proto: ONNXNodeProto) -> String {
        let base = proto.name.isEmpty ? "\(proto.opType)_\(position + 1)" : proto.name
        var name = base
        takenNames.append((base, nodeNames[base]))
        while nodeNames[name] != nil {
            nodeNames[base, default: 1] += 1
            name = "\(base)_\(nodeNames[base, default: 1])"
        }
        takenNames.append((name, nodeNames[name]))
        nodeNames[name] = 1
        return name
    }

    /// Gives back the names of nodes that were taken for the node that is being read.
    private mutating func forgetNames() {
        for (name, number) in takenNames.reversed() { nodeNames[name] = number }
        takenNames = []
    }

    func isOwn(_ domain: String) -> Bool { domain.isEmpty || domain == "ai.onnx" }

    func constant(_ name: String) -> Tensor? { constants[name] }
}

extension Node {
    /// A Concat of those values only that hold something, where some do.
    fileprivate func withoutInputs(_ isEmpty: (String) -> Bool) -> Node {
        guard case .concatenation = operation else { return self }
        let full = inputs.filter { !isEmpty($0) }
        guard !full.isEmpty, full.count < inputs.count else { return self }
        var node = self
        node.inputs = full
        if full.count == 1 { node.operation = .identity }
        return node
    }
}
