import Networks
import Tensors

extension GraphReader {
    static let recurrentOperators: Set = ["LSTM", "GRU", "RNN"]

    /// Adds an LSTM, GRU or RNN: the product of all inputs with the input weights, then what goes step by step, then what is read of its results.
    ///
    /// Weights [directions, gates · hidden, inputs] become matrices of all their rows, layers of their own. Layout 1 becomes layout 0 by transposing.
    mutating func readRecurrence(_ proto: ONNXNodeProto) throws(NodeProblem) {
        try checkInputs(proto, ignoresOutputs: true)
        let attributes = try NodeAttributes(proto)
        let isExamplesFirst = try attributes.int("layout", 0) != 0
        let shape = try dataShape(proto)
        guard shape.rank == 3 else { throw .mismatch(expected: "inputs [steps, N, values]", actual: "[\(shape)]") }
        if let batch = batchAxis(of: proto.input[0]), whole == nil, batch != (isExamplesFirst ? 0 : 1) {
            hasStepsFirst = hasStepsFirst || !isExamplesFirst && input.shape.rank == 2 && shape[1] == input.shape[0]
            throw .unsupported(Self.runsAlong)
        }
        guard let base = readResults(of: proto).first?.name else { throw .malformed(expected: "an output", actual: "none") }
        // What is written is the node of the states, so that it keeps the name and the others are named after it.
        let own = uniqueName(proto)
        var proto = proto
        proto.name = own
        var recurrence = try settings(of: proto, attributes, steps: shape[isExamplesFirst ? 1 : 0])
        let (input, state) = (try weights(1, of: proto, recurrence, columns: shape[2]), try weights(2, of: proto, recurrence, columns: nil))
        var others: [String] = []
        if let bias = try bias(of: proto, recurrence) {
            recurrence.hasBias = true
            others.append(bias)
        }
        recurrence.lengths = try lengths(of: proto, steps: recurrence.steps)
        if let first = try firstState(5, of: proto, recurrence, isExamplesFirst: isExamplesFirst) {
            recurrence.hasFirstHidden = true
            others.append(first)
        }
        if let first = try firstState(6, of: proto, recurrence, isExamplesFirst: isExamplesFirst) {
            recurrence.hasFirstCells = true
            others.append(first)
        }
        if let peepholes = try peepholes(of: proto, recurrence) { others.append(peepholes) }
        var data = aliases[proto.input[0]] ?? proto.input[0]
        if isExamplesFirst { data = try added(.transpose(permutation: [1, 0, 2]), [data], "\(base)_steps", proto) }
        let rows = try added(.reshape(dimensions: [-1, shape[2]], allowZero: false), [data], "\(base)_rows", proto)
        let gates = try added(.gemm(Gemm(transposeB: true)), [rows, input], "\(base)_gates", proto)
        try addResults(of: recurrence, reading: [gates, state] + others, proto, isExamplesFirst: isExamplesFirst)
    }

    private mutating func added(
        _ operation: Operation, _ inputs: [String], _ output: String, _ proto: ONNXNodeProto
    ) throws(NodeProblem) -> String {
        var maker = proto
        if case .recurrence = operation {
            try append(Node(name: proto.name, operation: operation, inputs: inputs, outputs: [output]))
            return output
        }
        maker.name += "_" + operation.name.lowercased()
        try append(Node(name: "", operation: operation, inputs: inputs, outputs: [output]), maker)
        return output
    }

    /// The results that something reads; the first one where nothing reads any.
    private func readResults(of proto: ONNXNodeProto) -> [(name: String, result: Recurrence.Result)] {
        let made = zip(proto.output, [Recurrence.Result.sequence, .hidden, .cells]).filter { !$0.0.isEmpty }
        let read = made.filter { readValues.contains($0.0) }
        return (read.isEmpty ? Array(made.prefix(1)) : read).map { (name: $0.0, result: $0.1) }
    }

    /// The node with the result that is read, or with all of them and a part for each.
    private mutating func addResults(
        of stated: Recurrence, reading inputs: [String], _ proto: ONNXNodeProto, isExamplesFirst: Bool
    ) throws(NodeProblem) {
        var recurrence = stated
        let results = readResults(of: proto)
        guard results.allSatisfy({ $0.result != .cells || recurrence.hasCells }) else {
            throw .malformed(expected: "two results", actual: "three")
        }
        recurrence.result = results.count == 1 ? results[0].result : .all
        if results.count == 1, !isExamplesFirst {
            _ = try added(.recurrence(recurrence), inputs, results[0].name, proto)
            return
        }
        let whole = try added(.recurrence(recurrence), inputs, "\(results[0].name)_states", proto)
        for (name, result) in results {
            let part = isExamplesFirst && results.count > 1 ? "\(name)_part" : name
            let source =
                results.count == 1
                ? whole : try added(.recurrencePart(RecurrencePart(result, steps: recurrence.steps)), [whole], part, proto)
            guard isExamplesFirst else { continue }
            _ = try added(.transpose(permutation: result == .sequence ? [2, 0, 1, 3] : [1, 0, 2]), [source], name, proto)
        }
    }

    private func settings(of proto: ONNXNodeProto, _ attributes: NodeAttributes, steps: Int) throws(NodeProblem) -> Recurrence {
        let named = try attributes.text("direction", "forward")
        guard let direction = Recurrence.Direction(rawValue: named) else {
            throw .malformed(expected: "direction forward, reverse or bidirectional", actual: quoted(named))
        }
        let count = direction == .bidirectional ? 2 : 1
        let (cell, form) = try cell(proto, attributes, directions: count)
        guard proto.input.count > 2, let weights = constant(proto.input[2]) else {
            throw proto.input.count > 2
                ? .unsupported("its weights are computed by the graph")
                : .malformed(expected: "at least 3 inputs", actual: "\(proto.input.count)")
        }
        let hidden = try attributes.int("hidden_size", weights.shape.dimensions.last ?? 0)
        guard hidden > 0, hidden <= 1 << 20 else { throw .malformed(expected: "a hidden_size from 1 on", actual: "\(hidden)") }
        var recurrence = Recurrence(cell, direction: direction, hidden: hidden, steps: steps)
        recurrence.form = form
        return recurrence
    }

    /// The name of a weight parameter, which becomes [directions · gates · hidden, columns]. Where the graph only gives a matrix another shape, the
    /// matrix has its own name.
    private mutating func weights(
        _ place: Int, of proto: ONNXNodeProto, _ recurrence: Recurrence, columns: Int?
    ) throws(NodeProblem) -> String {
        try needConstants(proto, place...place)
        var name = aliases[proto.input[place]] ?? proto.input[place]
        let (rows, columns) = (recurrence.gates * recurrence.hidden, columns ?? recurrence.hidden)
        let target: Shape = [recurrence.directions * rows, columns]
        guard let tensor = constant(name) else { throw .unsupported("its weights are computed by the graph") }
        guard tensor.shape == [recurrence.directions, rows, columns] || given[name] != nil && tensor.shape == target else {
            throw .mismatch(expected: "weights [\(recurrence.directions), \(rows), \(columns)]", actual: "[\(tensor.shape)]")
        }
        if let source = views[name], constant(source)?.shape == target { name = source }
        guard constant(name)?.shape != target else { return name }
        let readers = graph.node.filter { $0.input.contains { $0 == name || aliases[$0] == name } }
        guard readers.allSatisfy({ Self.recurrentOperators.contains($0.opType) || $0.opType == "Identity" }) else {
            throw .unsupported("another node reads its weights too")
        }
        constants[name] = tensor.reshaped(target)
        return name
    }

    /// nil where there is none.
    private func bias(of proto: ONNXNodeProto, _ recurrence: Recurrence) throws(NodeProblem) -> String? {
        guard proto.input.count > 3, !proto.input[3].isEmpty else { return nil }
        try needConstants(proto, 3...3)
        let name = aliases[proto.input[3]] ?? proto.input[3]
        let expected: Shape = [recurrence.directions, 2 * recurrence.gates * recurrence.hidden]
        guard constant(name)?.shape == expected else {
            throw .mismatch(expected: "a bias [\(expected)]", actual: "[\(constant(name)?.shape ?? [])]")
        }
        return name
    }

    /// Steps that count of each example; empty for all.
    private mutating func lengths(of proto: ONNXNodeProto, steps: Int) throws(NodeProblem) -> [Int] {
        guard proto.input.count > 4, !proto.input[4].isEmpty else { return [] }
        let value = constant(proto.input[4]) ?? repeated(proto.input[4])
        if constant(proto.input[4]) == nil, value != nil { settledRepeats.insert(proto.input[4]) }
        guard let numbers = value?.wholeNumbers else {
            throw .unsupported("its sequence lengths, \(quoted(proto.input[4])), are computed by the graph")
        }
        guard numbers.allSatisfy({ (0...steps).contains($0) }) else {
            throw .malformed(expected: "sequence lengths of 0…\(steps)", actual: "\(numbers.first { !(0...steps).contains($0) } ?? 0)")
        }
        if numbers.allSatisfy({ $0 == steps }) { return [] }
        if Set(numbers).count == 1 { return [numbers[0]] }
        guard whole != nil else { throw .unsupported("its sequence lengths, \(quoted(proto.input[4])), differ from example to example") }
        return numbers
    }

    /// The value that is repeated for every example; nil for all others.
    private func repeated(_ name: String) -> Tensor? {
        guard let node = nodes.last(where: { $0.outputs.first == name }), case .expand = node.operation,
            let source = node.inputs.first.flatMap(constant), source.count == 1
        else { return nil }
        return source
    }

    /// Drops the nodes that repeated such lengths where nothing else reads what they make.
    mutating func dropSettledRepeats() {
        guard !settledRepeats.isEmpty else { return }
        let read = Set(nodes.flatMap(\.inputs) + graph.output.map(\.name))
        let (unread, fixed) = (settledRepeats.subtracting(read), fixed)
        nodes.removeAll { node in
            node.outputs.allSatisfy(unread.contains) && !node.inputs.contains(where: fixed.contains)
        }
    }

    /// Whether an input that is the same in every example decides a value.
    private func isGiven(_ name: String) -> Bool {
        if derived.contains(name) { return true }
        guard let node = nodes.last(where: { $0.outputs.first == name }), case .expand = node.operation else { return false }
        return node.inputs.first.map(derived.contains) ?? false
    }

    /// A state before the first step, [directions, N, hidden]; nil where it is zero. A constant of one example is repeated for every one.
    private mutating func firstState(
        _ place: Int, of proto: ONNXNodeProto, _ recurrence: Recurrence, isExamplesFirst: Bool
    ) throws(NodeProblem) -> String? {
        guard place < proto.input.count, !proto.input[place].isEmpty else { return nil }
        guard place == 5 || recurrence.hasCells else { throw .malformed(expected: "at most 6 inputs", actual: "7") }
        var name = aliases[proto.input[place]] ?? proto.input[place]
        // One that an input gives is read, whatever it is now.
        if !isGiven(name), (constant(name) ?? repeated(name))?.floats.allSatisfy({ $0 == 0 }) ?? false { return nil }
        let base = "\(readResults(of: proto).first?.name ?? "")_first_\(place - 4)"
        if isExamplesFirst, let tensor = constant(name), tensor.shape.rank == 3 {
            let shape: Shape = [tensor.shape[1], tensor.shape[0], tensor.shape[2]]
            constants[base + "_steps"] = Operation.transpose(permutation: [1, 0, 2]).folded([tensor], to: shape)
            name = base + "_steps"
        } else if isExamplesFirst {
            name = try added(.transpose(permutation: [1, 0, 2]), [name], base + "_steps", proto)
        }
        guard whole == nil, let constant = constant(name) else { return name }
        guard constant.shape == [recurrence.directions, 1, recurrence.hidden] else {
            throw .unsupported("its first state, \(quoted(name)) [\(constant.shape)], is one of a fixed number of examples")
        }
        return try added(.expand(dimensions: [recurrence.directions, -1, recurrence.hidden]), [name], base, proto)
    }
}
