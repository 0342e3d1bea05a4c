import Networks
import OrderedCollections
import Tensors

/// Turns a decoded graph into a network: names, order, operations, shapes, roles.
struct GraphReader {
    let file: MappedFile
    let graph: ONNXGraphProto
    let card: ModelCard?
    /// The shape of one example that was asked for.
    let example: Shape?
    /// What was asked of further inputs.
    let asked: [String: GivenInput]
    let repeatedAxis: RepeatedAxis
    /// The version of ONNX's own operators; of a function, while its nodes are read, the function's.
    var version: Int
    /// All that the file states, by domain.
    let versions: [String: Int]
    let functions: [FunctionName: ONNXFunctionProto]
    var tensors: TensorReader
    /// Initializers and folded constants by the name of their value.
    var constants: [String: Tensor] = [:]
    /// The integers that constants were computed from.
    var origins: [String: IntegerOrigin] = [:]
    /// Values of parameters that the graph only names.
    var given: [String: Tensor] = [:]
    /// Values of further inputs that a container keeps.
    var keptInputs: [String: Tensor] = [:]
    /// The shape of the whole input where the graph is read as it stands, without examples; nil for a network.
    let whole: Shape?
    /// Whether ``whole`` is one example of a network.
    let isOneExample: Bool
    /// Whether examples meet somewhere, or the input has no axis for them.
    var mixesExamples = false
    /// Whether something that goes step by step reads the input with its steps where examples were looked for, and the examples behind them.
    var hasStepsFirst = false
    /// Constants that tell the number of examples, which is none.
    var batchConstants: Set<String> = []
    /// Values without elements, for a size other than the number of examples is 0: see ``append(_:_:)``.
    var empties: Set<String> = []
    /// Whole numbers that depend on the example, by value.
    var rows: [String: BatchRows] = [:]
    /// The node that is being read, by its place in the file.
    var position = 0
    /// Other names of constants, from Identity nodes.
    var aliases: [String: String] = [:]
    /// Constants that are others under another shape, by name.
    var views: [String: String] = [:]
    /// Bytes of constants that were computed from others.
    var computedByteCount = 0
    /// Known shapes, with ``batch`` examples.
    var shapes: [String: Shape] = [:]
    var nodes: [Node] = []
    /// What values of integers stand for, by value, scale, zero point and axis: see ``dequantized(_:_:_:axis:after:)``.
    var floats: [[String]: String] = [:]
    /// Constants whose type has 4 bits.
    var fourBits: Set<String> = []
    /// Of computed weights [K, M] whose columns have scales by blocks.
    var columnBlocks: [String: ColumnBlocks] = [:]
    /// By the codes that they give.
    var dynamicRanges: [String: DynamicRange] = [:]
    let integerProducts: IntegerProductFinder
    /// Names of all values of the file and of those that were made since.
    var valueNames: Set<String>
    /// Names that are taken, and the last number that made one unique.
    var nodeNames: [String: Int] = [:]
    /// What ``nodeNames`` had before the node that is being read, for each that it took.
    var takenNames: [(name: String, number: Int?)] = []
    /// Constants that are floats of 16 bits because they came so, though a Cast makes float32 of them.
    var widened: Set<String> = []
    /// How many nodes of the file read a value.
    let readCounts: [String: Int]
    /// Constants that are others transposed, by name, where something else reads these too.
    var transposed: [String: String] = [:]
    /// Inputs, and values that nodes make, that are whole numbers by their type.
    var wholeValues: Set<String>
    /// Elements that dense tensors made of sparse ones may still have.
    var sparseRoom = TensorReader.largestSparse
    /// Values that were repeated for every example and became lengths of a recurrent layer.
    var settledRepeats: Set<String> = []
    /// Values that some node or the graph's output reads.
    var readValues: Set<String>
    /// Inputs of the graph, initializers that older files list there too.
    let inputNames: Set<String>
    var input = GraphInput(value: NetworkValue(name: ""))
    /// The inputs that differ by example, where those are several.
    var packed: PackedInputs?
    /// Sizes that the file leaves open under a name, where all inputs together are one example, with the input that says each.
    var boundSizes: [String: (size: Int, input: String)] = [:]
    /// Inputs that are the same for every example.
    var fixed: Set<String> = []
    /// Why the others are open.
    var unfixed: [String: String] = [:]
    /// Whether another ``RepeatedAxis`` may read more.
    var hasAmbiguousInputs = false
    /// Constants that others were computed from, which hold their values.
    var consumed: Set<String> = []
    /// By value, the node that can't run and keeps it from being known.
    var causes: [String: String] = [:]
    /// By each constant that was computed from constants alone, the node that did.
    var recipes: [String: ONNXNodeProto] = [:]
    /// Constants that fixed inputs decide.
    var derived: Set<String> = []
    /// What names mean in the branch or function that is being read.
    var scope: [String: String] = [:]
    var inlinedCount = 0
    var inlineDepth = 0
    /// Names of values, so that those of branches get others.
    var takenValues: Set<String>
    var kept = KeptGraph()
    /// Branches that don't run, with what they read from outside.
    var unused: [(part: KeptGraph.Unused, reads: [String])] = []

    /// The batch that shapes are inferred with: a prime that no layer has by chance, so that operations that mix examples stand out.
    static let examples = 10_007
    /// The extent of the first axis of the input.
    var batch: Int { whole?.dimensions.first ?? Self.examples }
    /// Values of one example in one activation: 2^28, a gigabyte.
    static let largestActivation = 1 << 28

    /// Reads `file` as a network, or as it stands with a whole input of shape `whole` and the values `given`.
    init(
        _ file: MappedFile, card: ModelCard?, example: Shape? = nil, whole: Shape? = nil, given: [String: Tensor] = [:],
        inputs: [String: GivenInput] = [:], repeatedAxis: RepeatedAxis = .last, isOneExample: Bool = false
    ) throws(FormatError) {
        self.isOneExample = isOneExample
        (asked, self.repeatedAxis) = (inputs, repeatedAxis)
        self.file = file
        self.card = card
        self.example = example
        self.whole = whole
        constants = given
        let model = try NetworkReader.model(in: file)
        graph = whole != nil && !isOneExample ? model.graph : model.graph.withoutEdgeCasts
        guard model.hasGraph, !graph.node.isEmpty || !graph.initializer.isEmpty || !graph.sparseInitializer.isEmpty else {
            throw FormatError(
                .wrongFormat, file: file.path, reading: "ONNX model", expected: "a graph with nodes", actual: "none",
                cure: "Give a network exported as ONNX.")
        }
        inputNames = Set(graph.input.map(\.name))
        wholeValues = Set(graph.input.filter { Self.wholeTypes.contains($0.type.tensorType.elemType) }.map(\.name))
        functions = Dictionary(model.functions.map { (FunctionName($0), $0) }) { first, _ in first }
        readValues = Set(graph.allReads + model.functions.flatMap { $0.node.flatMap(\.allReads) + $0.output })
        readCounts = graph.node.reduce(into: [:]) { counts, node in for name in Set(node.allReads) { counts[name, default: 0] += 1 } }
        integerProducts = IntegerProductFinder(graph)
        takenValues = graph.made
        valueNames = readValues.union(graph.node.lazy.flatMap(\.output)).union(inputNames).union(graph.initializer.lazy.map(\.name))
        versions = Dictionary(model.opsetImport.map { ($0.domain == "ai.onnx" ? "" : $0.domain, Int($0.version)) }) { first, _ in first }
        version = versions[""] ?? 1
        tensors = TensorReader(file: file)
    }

    /// The network's file and those of its external data.
    var files: [MappedFile] { [file] + tensors.externals.map(\.file) }

    mutating func network() throws(FormatError) -> Network {
        let stated = try statedNetwork()
        return stated.nodes.isEmpty ? stated : stated.applying(.withoutFinalSoftmax(shapes))
    }

    /// The graph with the Softmax that it may end with.
    mutating func statedNetwork() throws(FormatError) -> Network {
        try readInitializers()
        // What the container keeps of a network without a graph.
        if !given.isEmpty, graph.node.isEmpty, graph.input.isEmpty, graph.output.isEmpty { return weightsOnly }
        try readInput()
        let order = try order()
        for index in order { try read(graph.node[index], at: index) }
        dropSettledRepeats()
        var network = Network(name: graph.name, inputs: inputs, outputs: try outputs(), nodes: nodes, parameters: [:])
        network.parameters = try takeParameters(of: nodes)
        network.packed = packed
        dropUnread(from: &network)
        let stated = graph.input.map(\.name).filter { name in (network.inputs + network.exampleInputs).contains { $0.name == name } }
        if stated != network.inputs.map(\.name) { network.statedInputs = stated }
        // Where a size of several inputs is open, they are no example.
        return isOneExample && !(packed == nil && differingInputs.count > 1) ? oneExample(finished(network)) : finished(network)
    }

    /// Names of all initializers, dense and sparse.
    var initializerNames: [String] { graph.initializer.map(\.name) + graph.sparseInitializer.map(\.values.name) }

    private var weightsOnly: Network {
        let tensors = initializerNames.compactMap { name in constants[name].map { (name, $0) } }
        return Network(weights: OrderedDictionary(uniqueKeysWithValues: tensors), name: graph.name)
    }

    mutating func readInitializers() throws(FormatError) {
        for proto in graph.initializer {
            let tensor: Tensor
            if let known = given[proto.name] {
                tensor = known
                // A container keeps the value of an input that is the same for every example.
                if proto.dataType == 0, inputNames.contains(proto.name) {
                    keptInputs[proto.name] = known
                    continue
                }
            } else {
                tensor = try tensors.tensor(proto)
            }
            if TensorReader.isSigned(fourBits: proto) != nil { fourBits.insert(proto.name) }
            try note(tensor, named: proto.name)
        }
        for proto in graph.sparseInitializer {
            let tensor = try tensors.tensor(proto, room: sparseRoom)
            sparseRoom -= tensor.count
            try note(tensor, named: proto.values.name)
        }
    }

    mutating func note(_ tensor: Tensor, named name: String) throws(FormatError) {
        guard constants.updateValue(tensor, forKey: name) == nil else {
            throw failure(.duplicate, "initializers", "different names", "\(quoted(name)) twice")
        }
    }

    /// The outputs that are values of the network: all that the file states but for constants. Throws where the first one is none.
    private func outputs() throws(FormatError) -> [NetworkValue] {
        guard let output = graph.output.first?.name else {
            throw failure(.missing, "graph", "an output", "none")
        }
        let made = Set(nodes.lazy.flatMap(\.outputs)).union(inputs.map(\.name)).subtracting([""])
        guard made.contains(output) else {
            throw failure(.missing, "graph output", "a node that makes \(quoted(output))", "none")
        }
        return graph.output.filter { made.contains($0.name) }.map { NetworkValue($0) }
    }

    func failure(
        _ kind: FormatError.Kind, _ reading: String, _ expected: String, _ actual: String, cure: String? = nil
    ) -> FormatError {
        FormatError(kind, file: file.path, reading: reading, expected: expected, actual: actual, cure: cure)
    }
}
