import Networks
import OrderedCollections
import Tensors

/// Turns a decoded graph into a network: names, order, operations, shapes, roles.
struct GraphReader {
    let file: MappedFile
    let graph: ONNXGraphProto
    let card: ModelCard?
    /// The version of ONNX's own operators.
    let version: Int
    var tensors: TensorReader
    /// Initializers and folded constants by the name of their value.
    var constants: [String: Tensor] = [:]
    /// The integers that constants were computed from.
    var origins: [String: IntegerOrigin] = [:]
    /// Values of parameters that the graph only names.
    var given: [String: Tensor] = [:]
    /// The shape of the whole input where the graph is read as it stands, without examples; nil for a network.
    let whole: Shape?
    /// Constants that tell the number of examples, which is none.
    var batchConstants: Set<String> = []
    /// The node that is being read, by its place in the file.
    var position = 0
    /// Other names of constants, from Identity nodes.
    var aliases: [String: String] = [:]
    /// Bytes of constants that were computed from others.
    var computedByteCount = 0
    /// Known shapes, with ``batch`` examples.
    var shapes: [String: Shape] = [:]
    var nodes: [Node] = []
    /// Names that are taken, and the last number that made one unique.
    var nodeNames: [String: Int] = [:]
    /// Values that some node or the graph's output reads.
    let readValues: Set<String>
    /// Inputs of the graph, initializers that older files list there too.
    let inputNames: Set<String>
    var input = GraphInput(name: "", shape: [], batch: nil, isOpen: false)

    /// The batch that shapes are inferred with: a prime that no layer has by chance, so that operations that mix examples stand out.
    static let examples = 10_007
    /// The extent of the first axis of the input.
    var batch: Int { whole?.dimensions.first ?? Self.examples }
    /// Values of one example in one activation: 2^28, a gigabyte.
    static let largestActivation = 1 << 28

    /// Reads `file` as a network, or as it stands with a whole input of shape `whole` and the values `given`.
    init(_ file: MappedFile, card: ModelCard?, whole: Shape? = nil, given: [String: Tensor] = [:]) throws(FormatError) {
        self.file = file
        self.card = card
        self.whole = whole
        constants = given
        let model = try NetworkReader.model(in: file)
        graph = model.graph
        guard model.hasGraph, !graph.node.isEmpty || !graph.initializer.isEmpty else {
            throw FormatError(
                .wrongFormat, file: file.path, reading: "ONNX model", expected: "a graph with nodes", actual: "none",
                cure: "Give a network exported as ONNX.")
        }
        inputNames = Set(graph.input.map(\.name))
        readValues = Set(graph.node.flatMap(\.input)).union(graph.output.map(\.name))
        let own = model.opsetImport.first { $0.domain.isEmpty || $0.domain == "ai.onnx" }
        version = Int(own?.version ?? 1)
        tensors = TensorReader(file: file)
    }

    /// The network's file and those of its external data.
    var files: [MappedFile] { [file] + tensors.externals.map(\.file) }

    mutating func network() throws(FormatError) -> Network {
        try readInitializers()
        // What the container keeps of a network without a graph.
        if !given.isEmpty, graph.node.isEmpty, graph.input.isEmpty, graph.output.isEmpty { return weightsOnly }
        try readInput()
        let order = try order()
        for index in order { try read(graph.node[index], at: index) }
        let output = try outputName()
        let (nodes, logits, softmax) = withoutFinalSoftmax(output)
        var network = Network(
            name: graph.name, input: input.name, inputShape: input.shape, output: logits, nodes: nodes,
            parameters: parameters(of: nodes))
        network.finalSoftmax = softmax
        return network
    }

    private var weightsOnly: Network {
        let tensors = graph.initializer.compactMap { proto in constants[proto.name].map { (proto.name, $0) } }
        return Network(weights: OrderedDictionary(uniqueKeysWithValues: tensors), name: graph.name)
    }

    mutating func readInitializers() throws(FormatError) {
        for proto in graph.initializer {
            let tensor: Tensor
            if let known = given[proto.name] { tensor = known } else { tensor = try tensors.tensor(proto) }
            guard constants.updateValue(tensor, forKey: proto.name) == nil else {
                throw failure(.duplicate, "initializers", "different names", "\(quoted(proto.name)) twice")
            }
        }
    }

    private func outputName() throws(FormatError) -> String {
        guard let output = graph.output.first?.name else {
            throw failure(.missing, "graph", "an output", "none")
        }
        let isMade = nodes.contains { $0.outputs.contains(output) } || output == input.name
        guard isMade else {
            throw failure(.missing, "graph output", "a node that makes \(quoted(output))", "none")
        }
        return output
    }

    /// Logits are wanted, not probabilities: a softmax over the classes at the very end, or its logarithm, is dropped, unless something else
    /// reads it; with its name.
    private func withoutFinalSoftmax(_ output: String) -> (nodes: [Node], logits: String, softmax: String?) {
        let logits = Network.logits(of: nodes, output: output, shapes)
        let dropped = Set(logits.behind)
        let values = Set(dropped.flatMap { nodes[$0].outputs })
        let rest = nodes.indices.filter { !dropped.contains($0) }.map { nodes[$0] }
        guard !rest.contains(where: { $0.inputs.contains(where: values.contains) }) else { return (nodes, output, nil) }
        return (rest, logits.value, logits.behind.first.map { nodes[$0].operation.name })
    }

    func failure(
        _ kind: FormatError.Kind, _ reading: String, _ expected: String, _ actual: String, cure: String? = nil
    ) -> FormatError {
        FormatError(kind, file: file.path, reading: reading, expected: expected, actual: actual, cure: cure)
    }
}
