import Networks
import Tensors

/// Nodes that are read in the place of another one: those of a branch or of a function.
struct InlinedBody {
    var nodes: [ONNXNodeProto]
    var initializers: [ONNXTensorProto] = []
    var sparse: [ONNXSparseTensorProto] = []
    /// Values inside, in the order of the outputs.
    var results: [String]

    init(_ graph: ONNXGraphProto) {
        (nodes, initializers, sparse) = (graph.node, graph.initializer, graph.sparseInitializer)
        results = graph.output.map(\.name)
    }

    init(nodes: [ONNXNodeProto], results: [String]) { (self.nodes, self.results) = (nodes, results) }

    /// Names of values that are made inside.
    var made: [String] { initializers.map(\.name) + sparse.map(\.values.name) + nodes.flatMap(\.output).filter { !$0.isEmpty } }
}

extension GraphReader {
    /// Nodes that branches and functions may come to in all, functions in functions counted each time.
    static let largestInlined = 200_000
    /// Branches and functions in each other.
    static let deepestInlined = 48

    /// Reads nodes in the place of one that makes `outputs`. Names that are taken get a number behind them.
    ///
    /// - Parameter names: What names inside mean: the names around a branch, the inputs of a function.
    /// - Returns: the values made inside, by the names that they have now.
    mutating func inline(
        _ body: InlinedBody, outputs: [String], names: [String: String], reading: String
    ) throws(FormatError) -> Set<String> {
        inlinedCount += body.nodes.count
        guard inlinedCount <= Self.largestInlined, inlineDepth < Self.deepestInlined else {
            throw failure(
                .limit, reading, "at most \(Self.largestInlined) nodes in branches and functions, \(Self.deepestInlined) deep", "more")
        }
        let outer = scope
        inlineDepth += 1
        defer { (scope, inlineDepth) = (outer, inlineDepth - 1) }
        scope = names
        let own = try name(body, outputs, reading)
        for proto in body.initializers { try note(try tensors.tensor(proto), named: scope[proto.name] ?? proto.name) }
        for proto in body.sparse {
            try note(try tensors.tensor(proto, room: TensorReader.largestSparse), named: scope[proto.values.name] ?? proto.values.name)
        }
        for node in try Self.sorted(body.nodes, { failure(.cycle, reading, "nodes that can run one after the other", "a cycle") }) {
            try read(renamed(node))
        }
        for (result, output) in zip(body.results, outputs) where !output.isEmpty && (scope[result] ?? result) != output {
            var identity = ONNXNodeProto()
            (identity.opType, identity.input, identity.output) = ("Identity", [scope[result] ?? result], [output])
            try read(identity)
        }
        return own
    }

    /// Gives each value that is made inside its name outside: that of the output that it is, or its own.
    private mutating func name(_ body: InlinedBody, _ outputs: [String], _ reading: String) throws(FormatError) -> Set<String> {
        let byNodes = Set(body.nodes.flatMap(\.output))
        var targets: [String: String] = [:]
        for (result, output) in zip(body.results, outputs) where !output.isEmpty && byNodes.contains(result) && targets[result] == nil {
            targets[result] = output
        }
        var own: Set<String> = []
        var seen: Set<String> = []
        for name in body.made {
            guard seen.insert(name).inserted else {
                throw failure(.duplicate, reading, "an output of its own", "\(quoted(name)), which exists already")
            }
            let target = targets[name] ?? uniqueValue(name)
            if readValues.contains(name) { readValues.insert(target) }
            scope[name] = target
            own.insert(target)
        }
        return own
    }

    /// Nodes in an order in which they can run.
    static func sorted(_ nodes: [ONNXNodeProto], _ cycle: () -> FormatError) throws(FormatError) -> [ONNXNodeProto] {
        var makers: [String: Int] = [:]
        for (place, node) in nodes.enumerated() { for name in node.output where !name.isEmpty { makers[name] = place } }
        let predecessors = nodes.map { ($0.input + $0.captured).compactMap { makers[$0] } }
        do { return try GraphOrder.sorted(predecessors: predecessors).map { nodes[$0] } } catch { throw cycle() }
    }

    /// A node with the names that its values have outside the branch or function that it stands in.
    func renamed(_ proto: ONNXNodeProto) -> ONNXNodeProto {
        guard !scope.isEmpty else { return proto }
        var proto = proto
        proto.input = proto.input.map { scope[$0] ?? $0 }
        proto.output = proto.output.map { scope[$0] ?? $0 }
        return proto
    }

    /// A name that no value has, taken from then on.
    mutating func uniqueValue(_ name: String) -> String {
        if takenValues.insert(name).inserted { return name }
        for number in 2... where takenValues.insert("\(name)_\(number)").inserted { return "\(name)_\(number)" }
        return name
    }
}

extension ONNXNodeProto {
    /// The graphs in its attributes.
    var branches: [ONNXGraphProto] { attribute.flatMap { ($0.hasG ? [$0.g] : []) + $0.graphs } }

    /// All that it reads, and the nodes of its branches.
    var allReads: [String] { input + branches.flatMap(\.allReads) }

    /// What its branches read from outside, each once.
    var captured: [String] {
        var seen: Set<String> = []
        return branches.flatMap(\.captured).filter { seen.insert($0).inserted }
    }
}

extension ONNXGraphProto {
    /// Names that are made in it.
    var made: Set<String> {
        Set(input.map(\.name) + initializer.map(\.name) + sparseInitializer.map(\.values.name) + node.flatMap(\.output))
    }

    /// What it reads from outside.
    var captured: [String] {
        let made = made
        return (node.flatMap { $0.input + $0.captured } + output.map(\.name)).filter { !$0.isEmpty && !made.contains($0) }
    }

    /// What its nodes read of values that are visible in it.
    var reads: [String] { node.flatMap { $0.input + $0.captured } + output.map(\.name) }

    /// All that its nodes, and those of its branches, read.
    var allReads: [String] { node.flatMap(\.allReads) + output.map(\.name) }
}
