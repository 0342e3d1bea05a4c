import Foundation
import Networks
import SwiftProtobuf
import Tensors

/// Reads trained networks from ONNX files (https://onnx.ai/onnx/repo-docs/IR.html).
public enum NetworkReader {
    /// The network in the file, with the SHA-256 of the whole file (external data included) in its source.
    ///
    /// What Pare can't run becomes an `.unsupported` node with the reason; its parameters are listed all the same. Tensors are views
    /// of the file where they are aligned or large. A Softmax or LogSoftmax that ends the network is left out, so that the output holds logits.
    ///
    /// - Parameters:
    ///   - card: Gives the input's shape where the file leaves it open.
    ///   - example: The shape of one example, before the card's; sizes that the file fixes must be the same.
    ///   - inputs: What inputs are that are the same for every example; others but the one for examples are zeros of their shape.
    /// - Throws: a `FormatError` that names file, place and node.
    ///
    /// Cost: O(file) for the hash; without it O(graph).
    public static func read(
        _ path: String, card: ModelCard? = nil, example: Shape? = nil, inputs: [String: GivenInput] = [:]
    ) throws(FormatError) -> Network {
        try read(MappedFile(path: path), card: card, example: example, inputs: inputs, isHashed: true)
    }

    /// The same with an empty `source.sha256`, for a screen that must stand at once; ``sha256(of:)`` gives it later.
    public static func readQuickly(
        _ path: String, card: ModelCard? = nil, example: Shape? = nil, inputs: [String: GivenInput] = [:]
    ) throws(FormatError) -> Network {
        try read(MappedFile(path: path), card: card, example: example, inputs: inputs, isHashed: false)
    }

    /// The network of a graph that ``NetworkWriter/skeleton(of:file:)`` wrote, with these values for the parameters that it
    /// names, and the names in that order.
    ///
    /// - Parameters:
    ///   - file: the name that errors and the network's name carry.
    ///   - inputs: What inputs are now, in the place of what the file keeps of them.
    /// - Throws: a `FormatError`, also where the number of parameters is another.
    public static func read(
        skeleton: Data, parameters: [Tensor], file: String, card: ModelCard? = nil, inputs: [String: GivenInput] = [:]
    ) throws(FormatError) -> (network: Network, names: [String]) {
        let bytes = MappedFile(data: skeleton, path: file)
        let reader = try GraphReader(bytes, card: card, inputs: inputs)
        let names = reader.graph.initializer.filter { $0.dataType == 0 }.map(\.name)
        guard names.count == parameters.count, Set(names).count == names.count else {
            throw FormatError(
                .mismatch, file: file, reading: "graph", expected: "\(parameters.count) parameters", actual: "\(names.count)")
        }
        let given = Dictionary(uniqueKeysWithValues: zip(names, parameters))
        var (_, network) = try Self.network(reader) { reader throws(FormatError) in
            reader.given = given
            return try reader.network()
        } again: { whole throws(FormatError) in
            try GraphReader(bytes, card: card, whole: whole, inputs: inputs, isOneExample: true)
        }
        network.name = URL(fileURLWithPath: file).deletingPathExtension().lastPathComponent
        return (network, names)
    }

    /// The same with values by name, of which those of other names play no part, and with the Softmax that the graph may end with.
    public static func read(skeleton: Data, values: [String: Tensor], file: String) throws(FormatError) -> Network {
        let bytes = MappedFile(data: skeleton, path: file)
        return try network(GraphReader(bytes, card: nil)) { reader throws(FormatError) in
            reader.given = values
            return try reader.statedNetwork()
        } again: { whole throws(FormatError) in
            try GraphReader(bytes, card: nil, whole: whole, isOneExample: true)
        }.1
    }

    /// The inputs that a graph states, in its order, without initializers. Cost: O(graph).
    public static func inputs(of path: String) throws(FormatError) -> [NetworkValue] {
        let graph = try model(in: MappedFile(path: path)).graph
        let known = Set(graph.initializer.map(\.name) + graph.sparseInitializer.map(\.values.name))
        return graph.input.filter { !known.contains($0.name) }.map { NetworkValue($0) }
    }

    /// The same of what ``NetworkWriter/skeleton(of:file:)`` wrote; of fixed inputs the names too.
    public static func inputs(skeleton: Data, file: String) throws(FormatError) -> (inputs: [NetworkValue], fixed: Set<String>) {
        let graph = try model(in: MappedFile(data: skeleton, path: file)).graph
        return (graph.input.map { NetworkValue($0) }, Set(graph.input.map(\.name)).intersection(graph.initializer.map(\.name)))
    }

    /// SHA-256 over the network's file and, after it, its files of external data in the order of their use.
    public static func sha256(of path: String) throws(FormatError) -> String {
        let file = try MappedFile(path: path)
        let (reader, _) = try network(GraphReader(file, card: nil)) { reader throws(FormatError) in
            try reader.network()
        } again: { whole throws(FormatError) in
            try GraphReader(file, card: nil, whole: whole, isOneExample: true)
        }
        return try FileHash.sha256(reader.files)
    }

    /// The network of a file's bytes; `path` is the name that errors carry.
    package static func read(
        _ data: Data, path: String, example: Shape? = nil, inputs: [String: GivenInput] = [:]
    ) throws(FormatError) -> Network {
        try read(MappedFile(data: data, path: path), card: nil, example: example, inputs: inputs, isHashed: false)
    }

    private static func read(
        _ file: MappedFile, card: ModelCard?, example: Shape? = nil, inputs: [String: GivenInput] = [:], isHashed: Bool
    ) throws(FormatError) -> Network {
        if let example, example.rank > 1, try statedAxes(file, card, inputs) == example.rank,
            let rest = try? anyRead(file, card: card, example: Shape(Array(example.dimensions.dropFirst())), inputs: inputs),
            rest.network.whole == nil
        {
            // The whole input was named, and any number of examples lie along its first axis.
            return try finished(rest.network, rest.reader, isHashed: isHashed)
        }
        let found = try anyRead(file, card: card, example: example, inputs: inputs)
        return try finished(found.network, found.reader, isHashed: isHashed)
    }

    /// How many axes the file states of the input that the examples enter; nil where it states none.
    private static func statedAxes(_ file: MappedFile, _ card: ModelCard?, _ inputs: [String: GivenInput]) throws(FormatError) -> Int? {
        var reader = try GraphReader(file, card: card, inputs: inputs)
        try reader.readInitializers()
        return reader.examplesInput(reader.differingInputs)?.axes?.count
    }

    private static func anyRead(
        _ file: MappedFile, card: ModelCard?, example: Shape?, inputs: [String: GivenInput]
    ) throws(FormatError) -> (reader: GraphReader, network: Network) {
        try network(GraphReader(file, card: card, example: example, inputs: inputs)) { reader throws(FormatError) in
            let network = try reader.network()
            return bestRepeated(&reader, network) { axis throws(FormatError) in
                try GraphReader(file, card: card, example: example, inputs: inputs, repeatedAxis: axis)
            }
        } again: { whole throws(FormatError) in
            try GraphReader(file, card: card, example: example, whole: whole, inputs: inputs, isOneExample: true)
        }
    }

    /// Where axes of extent 1 of further inputs may be those of the examples or not, that reading is taken which leaves the fewest nodes that can't run.
    private static func bestRepeated(
        _ reader: inout GraphReader, _ read: Network, _ make: (RepeatedAxis) throws(FormatError) -> GraphReader
    ) -> Network {
        var network = read
        guard reader.hasAmbiguousInputs, !network.unsupportedNodes.isEmpty else { return network }
        for axis in RepeatedAxis.allCases.dropFirst() {
            guard var other = try? make(axis), let read = try? other.network(), read.unsupportedNodes.count < network.unsupportedNodes.count
            else { continue }
            (reader, network) = (other, read)
        }
        return network
    }

    private static func finished(_ read: Network, _ reader: GraphReader, isHashed: Bool) throws(FormatError) -> Network {
        var network = read
        let path = reader.file.path
        network.name = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
        let hash = isHashed ? try FileHash.sha256(reader.files) : ""
        network.source = Network.Source(path: path, byteCount: reader.files.reduce(0) { $0 + $1.count }, sha256: hash)
        return network
    }

    /// Whether it begins as the flat buffers of TensorFlow Lite do.
    private static func isTensorFlowLite(_ file: MappedFile) -> Bool {
        file.count >= 8 && withExtendedLifetime(file) { file.slice(4..<8).elementsEqual("TFL3".utf8) }
    }

    /// The model without its tensor data, decoded.
    static func model(in file: MappedFile, limits: WireLimits = WireLimits()) throws(FormatError) -> ONNXModelProto {
        guard !isTensorFlowLite(file) else {
            throw FormatError(
                .wrongFormat, file: file.path, offset: 4, reading: "ONNX", expected: "an ONNX model",
                actual: "a network of TensorFlow Lite",
                cure: "Convert it: python -m tf2onnx.convert --tflite FILE --output FILE.onnx")
        }
        var walker = WireWalker(file, limits: limits)
        let skeleton = try walker.skeleton()
        do {
            // Of fields that the schema does not name the walker leaves those that are written again as they came.
            return try ONNXModelProto(serializedBytes: skeleton)
        } catch {
            throw FormatError(
                .malformed, file: file.path, reading: "ONNX", expected: "a message of the ONNX schema", actual: "\(error)",
                cure: "The file may be damaged or no ONNX file.")
        }
    }
}

extension NetworkReader {
    /// What a graph gives, read as it stands: without examples, logits or a batch, for the standard's own test cases.
    package struct WholeGraph: Sendable {
        /// The graph from its one input on; nil where all its outputs are constants.
        package var network: Network?
        /// Outputs that are constants, by name.
        package var constants: [String: Tensor] = [:]
        /// All outputs, in order.
        package var outputs: [String] = []
        /// Why a node can't be run, for the first one that can't.
        package var refusal: String?
    }

    /// Reads a graph with the value of each of its inputs; the one that is named `input` stays open, with the shape of its value.
    package static func whole(
        _ data: Data, file: String, values: [String: Tensor], input: String?
    ) throws(FormatError) -> WholeGraph {
        let open = input.flatMap { values[$0] }
        let given = values.filter { $0.key != input }
        var reader = try GraphReader(MappedFile(data: data, path: file), card: nil, whole: open?.shape ?? [], given: given)
        return try reader.wholeGraph(hasInput: open != nil)
    }

    /// The operators that Pare reads.
    package static var operators: [String] { GraphReader.names.filter { $0 != "Sign" } }
}

extension GraphReader {
    fileprivate mutating func wholeGraph(hasInput: Bool) throws(FormatError) -> NetworkReader.WholeGraph {
        try readInitializers()
        try readInput()
        for index in try order() { try read(graph.node[index], at: index) }
        var result = NetworkReader.WholeGraph(outputs: graph.output.map(\.name))
        for name in result.outputs { result.constants[name] = constants[name] }
        for node in nodes {
            guard case .unsupported(let operation) = node.operation, result.refusal == nil else { continue }
            result.refusal = "\(operation.name): \(operation.reason)"
        }
        if hasInput, result.refusal == nil, let open = result.outputs.first(where: { constants[$0] == nil }) {
            result.network = Network(
                name: graph.name, input: input.name, inputShape: input.shape, output: open, nodes: nodes, parameters: parameters(of: nodes))
        }
        return result
    }
}
