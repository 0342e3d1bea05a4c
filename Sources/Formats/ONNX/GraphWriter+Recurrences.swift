import Networks
import Tensors

/// What belongs together in a graph that is written: a recurrent layer, the product of its inputs, and its results.
struct RecurrentLayers {
    /// What a layer reads in the place of its pre-activations: steps [steps, N, values] and input weights.
    struct Source {
        var steps: String
        var weights: String
    }

    /// By the name of the pre-activations.
    private(set) var sources: [String: Source] = [:]
    /// By the name of all results, the parts that are read of them.
    private(set) var parts: [String: [(result: Recurrence.Result, output: String)]] = [:]
    /// Nodes that the recurrent ones stand for.
    private(set) var skipped: Set<Int> = []
    /// The directions of weights that recurrent layers alone read, by name.
    private(set) var directions: [String: Int] = [:]

    init(_ network: Network) {
        let index = network.index
        for (place, node) in network.nodes.enumerated() {
            switch node.operation {
            case .recurrence(let recurrence):
                addSource(of: node, network, index)
                directions[node.inputs[1]] = recurrence.directions
                if let source = sources[node.inputs[0]] { directions[source.weights] = recurrence.directions }
            case .recurrencePart(let part):
                guard let output = node.outputs.first, !output.isEmpty else { continue }
                parts[node.inputs[0], default: []].append((part.result, output))
                skipped.insert(place)
            default: break
            }
        }
        let (skipped, network) = (skipped, network)
        directions = directions.filter { name, _ in
            index.readers(of: name).allSatisfy { place in
                if case .recurrence = network.nodes[place].operation { true } else { skipped.contains(place) }
            }
        }
    }

    /// The product and the rows that it reads, where nothing else reads either.
    private mutating func addSource(of node: Node, _ network: Network, _ index: GraphIndex) {
        let gates = node.inputs[0]
        guard let product = index.maker(of: gates), index.readCount(of: gates) == 1, !isOutput(gates, network),
            network.nodes[product].operation == .gemm(Gemm(transposeB: true)), network.nodes[product].inputs.count == 2
        else { return }
        let (rows, weights) = (network.nodes[product].inputs[0], network.nodes[product].inputs[1])
        guard let maker = index.maker(of: rows), index.readCount(of: rows) == 1, !isOutput(rows, network),
            case .reshape(let dimensions, _) = network.nodes[maker].operation, dimensions.count == 2, dimensions[0] == -1,
            network.parameters[weights] != nil, let steps = network.nodes[maker].inputs.first
        else { return }
        sources[gates] = Source(steps: steps, weights: weights)
        skipped.formUnion([product, maker])
    }

    private func isOutput(_ name: String, _ network: Network) -> Bool {
        name == network.output || network.outputs.contains { $0.name == name }
    }
}

extension GraphWriter {
    /// A weight as ONNX has it, [directions, gates · hidden, columns], where recurrent layers alone read it.
    func shaped(_ parameter: Parameter, _ layers: RecurrentLayers) -> Tensor {
        guard let directions = layers.directions[parameter.name], parameter.shape.rank == 2 else { return parameter.values }
        return parameter.values.reshaped([directions, parameter.shape[0] / max(directions, 1), parameter.shape[1]])
    }

    /// The recurrent node, with weights, lengths and first states where ONNX has them.
    func add(
        _ node: Node, _ recurrence: Recurrence, _ layers: RecurrentLayers, to graph: inout ONNXGraphProto, _ names: inout Set<String>
    ) throws(FormatError) {
        var proto = self.node(node)
        let base = node.outputs.first ?? ""
        let source: RecurrentLayers.Source
        if let found = layers.sources[node.inputs[0]] {
            source = found
        } else {
            source = try plainSource(of: node, recurrence, base, to: &graph, &names)
        }
        let weights = try [source.weights, node.inputs[1]].map { name throws(FormatError) in
            try weight(name, recurrence, layers, to: &graph, &names)
        }
        func input(_ place: Int?) -> String { place.map { node.inputs[$0] } ?? "" }
        proto.input = [
            source.steps, weights[0], weights[1], input(recurrence.biasPlace), try lengths(recurrence, base, to: &graph, &names),
            input(recurrence.firstHiddenPlace), input(recurrence.firstCellsPlace), input(recurrence.peepholePlace),
        ]
        while proto.input.last?.isEmpty == true { proto.input.removeLast() }
        var repeats: [(String, String)] = []
        proto.output = try outputs(of: node, recurrence, layers, &repeats)
        graph.node.append(proto)
        for (name, copy) in repeats { graph.node.append(plain("Identity", copy, [name])) }
    }

    /// Pre-activations that no single product makes, as inputs that are multiplied by one.
    private func plainSource(
        of node: Node, _ recurrence: Recurrence, _ base: String, to graph: inout ONNXGraphProto, _ names: inout Set<String>
    ) throws(FormatError) -> RecurrentLayers.Source {
        let (rows, width) = (recurrence.gates * recurrence.hidden, recurrence.directions * recurrence.gates * recurrence.hidden)
        let source = RecurrentLayers.Source(steps: unique("\(base)_steps", &names), weights: unique("\(base)_ones", &names))
        let shape = unique("\(base)/shape", &names)
        graph.initializer.append(try tensor(shape, Tensor(wholeNumbers: [recurrence.steps, -1, width])))
        graph.node.append(plain("Reshape", source.steps, [node.inputs[0], shape]))
        let ones = (0..<width).flatMap { row in (0..<width).map { $0 == row ? Float(1) : 0 } }
        graph.initializer.append(try tensor(source.weights, Tensor(shape: [recurrence.directions, rows, width], floats: ones)))
        return source
    }

    /// The name of a weight in the shape of ONNX.
    private func weight(
        _ name: String, _ recurrence: Recurrence, _ layers: RecurrentLayers, to graph: inout ONNXGraphProto, _ names: inout Set<String>
    ) throws(FormatError) -> String {
        guard let parameter = network.parameters[name] else { return name }
        if layers.directions[name] != nil, isSkeleton || compact[name] == nil { return name }
        let (shape, shaped) = (unique("\(name)/shape", &names), unique("\(name)/rows", &names))
        let dimensions = [recurrence.directions, parameter.shape[0] / recurrence.directions, parameter.shape[1]]
        graph.initializer.append(try tensor(shape, Tensor(wholeNumbers: dimensions)))
        graph.node.append(plain("Reshape", shaped, [name, shape]))
        return shaped
    }

    private func lengths(
        _ recurrence: Recurrence, _ base: String, to graph: inout ONNXGraphProto, _ names: inout Set<String>
    ) throws(FormatError) -> String {
        guard !recurrence.lengths.isEmpty else { return "" }
        let name = unique("\(base)_lengths", &names)
        let values = Tensor(shape: [recurrence.lengths.count], elementType: .int32, numbers: recurrence.lengths.map(Double.init))
        guard recurrence.lengths.count == 1 else {
            graph.initializer.append(try tensor(name, values))
            return name
        }
        let (length, examples) = (unique("\(base)_length", &names), unique("\(base)_examples", &names))
        graph.initializer.append(try tensor(length, values))
        try dimensions([-1], named: examples, &names, &graph)
        graph.node.append(plain("Expand", name, [length, examples]))
        return name
    }

    /// Sequence, hidden state and cells, each empty where nobody reads it. What is read twice stands in `repeats`.
    private func outputs(
        of node: Node, _ recurrence: Recurrence, _ layers: RecurrentLayers, _ repeats: inout [(String, String)]
    ) throws(FormatError) -> [String] {
        let base = node.outputs.first ?? ""
        var made = [Recurrence.Result: String]()
        if recurrence.result == .all {
            let parts = layers.parts[base] ?? []
            guard network.index.readCount(of: base) == parts.count else {
                throw FormatError(
                    .unsupported, file: file, reading: "node \(quoted(node.name))", expected: "results that are read one by one",
                    actual: "all of them at once")
            }
            for (result, output) in parts {
                if let first = made[result] { repeats.append((first, output)) } else { made[result] = output }
            }
        } else {
            made[recurrence.result] = base
        }
        var outputs = [Recurrence.Result.sequence, .hidden, .cells].map { made[$0] ?? "" }
        while outputs.last?.isEmpty == true { outputs.removeLast() }
        return outputs
    }
}
