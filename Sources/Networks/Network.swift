import OrderedCollections
import Tensors

/// A network as a value: a graph of operations in an order in which it can be run, and its named parameters.
public struct Network: Sendable {
    public var name: String
    /// What enters, examples first: see ``input`` and ``inputShape``.
    public var inputs: [NetworkValue] { didSet { forgetGraph() } }
    /// What leaves, the logits first: see ``output``.
    public var outputs: [NetworkValue] { didSet { forgetGraph() } }
    /// Topologically sorted: a node reads only what stands before it.
    public var nodes: [Node] {
        get { ownNodes }
        _modify {
            forgetGraph()
            yield &ownNodes
        }
    }
    /// In the order of their first use.
    public var parameters: OrderedDictionary<String, Parameter> {
        get { ownParameters }
        // In place: an observer would have other modules copy all of them for each one that they change.
        _modify {
            forgetParameters()
            yield &ownParameters
        }
    }
    /// Weights into which a batch normalization was taken, see ``FoldBatchNormalization``.
    public var folded: Set<String> = [] { didSet { knownLayers = SharedFinding() } }
    /// What ended the file's graph and is left out, a Softmax or LogSoftmax, an ArgMax, and what hands them on; empty where the file ends as the network does. It is
    /// written again, see ``ended``.
    public var ending: [Node] = []
    /// Names of the outputs as the file lists them, where another than its first one is measured; empty where they stand so in ``outputs``.
    public var statedOutputs: [String] = []
    /// Names of the inputs as the file lists them, where the examples enter another than its first one; empty where they stand so in ``inputs``.
    public var statedInputs: [String] = []
    /// The file's inputs that differ by example, where those are several: ``input`` is a row of all their values.
    public var packed: PackedInputs?
    /// What the file has beside the nodes that run.
    public var kept = KeptGraph()
    /// Where the whole input is one example; nil where any number of examples lie along its first axis.
    public var whole: WholeExample?
    /// Where it was read from, for messages and sessions; nil for a network made in memory.
    public var source: Source?
    /// What somebody asked for already; every edit that may change it begins afresh.
    private var knownIndex = SharedFinding<GraphIndex>()
    private var knownLayers = SharedFinding<LayerList>()
    private(set) var knownChannels = SharedFinding<ChannelGroups>()
    private var ownNodes: [Node]
    private var ownParameters: OrderedDictionary<String, Parameter>

    /// The file that a network was read from.
    public struct Source: Hashable, Sendable, Codable {
        public var path: String
        public var byteCount: Int
        /// SHA-256 of the whole file, hexadecimal; of large files without a graph that of samples, see ``isSampled``.
        public var sha256: String

        /// Whether only parts of the file stand behind the hash: its size, its header and blocks spread over it.
        public var isSampled: Bool { sha256.hasPrefix(Self.mark) }

        private static let mark = "samples-"

        /// Of the file alone, whatever was done to the network.
        public var fileSHA256: String { edits.fileHash(in: sha256) }

        /// What makes the network not quite the file's.
        public var edits: OpeningEdits { OpeningEdits(hash: sha256) }

        /// A hash of samples, so marked that it is never equal to one of a whole file.
        public static func sampled(_ hash: String) -> String { mark + hash }

        public init(path: String, byteCount: Int, sha256: String) {
            self.path = path
            self.byteCount = byteCount
            self.sha256 = sha256
        }
    }

    /// A network of one input and one output, any number of examples wide.
    public init(
        name: String, input: String, inputShape: Shape, output: String, nodes: [Node],
        parameters: OrderedDictionary<String, Parameter>, source: Source? = nil
    ) {
        self.init(
            name: name, inputs: [NetworkValue(name: input, example: inputShape)], outputs: [NetworkValue(name: output)], nodes: nodes,
            parameters: parameters, source: source)
    }

    public init(
        name: String, inputs: [NetworkValue], outputs: [NetworkValue], nodes: [Node], parameters: OrderedDictionary<String, Parameter>,
        source: Source? = nil
    ) {
        self.name = name
        self.inputs = inputs
        self.outputs = outputs
        ownNodes = nodes
        ownParameters = parameters
        self.source = source
    }

    /// The layers with weights, in the order of the graph; a parameter that two nodes read is listed once. Without a graph: see
    /// ``init(weights:name:source:)``.
    ///
    /// Cost: O(nodes) at the first call after an edit, then O(1).
    public var layers: [Layer] { layerList.all }

    /// The layer of a weight parameter; nil for another name. Cost: as ``layers``.
    public func layer(of weight: String) -> Layer? { layerList.layer(of: weight) }

    /// The first layer that has this bias. Cost: as ``layers``.
    public func layer(ofBias name: String) -> Layer? { layerList.layer(ofBias: name) }

    var layerList: LayerList {
        WorkCount.count(name, lists: 1)
        return knownLayers.value { findLayers() }
    }

    /// Who makes and who reads each value. Cost: O(nodes) at the first call after an edit of the graph, then O(1).
    public var index: GraphIndex {
        knownIndex.value {
            WorkCount.count(name, visits: nodes.count)
            return GraphIndex(nodes, at: nodes.indices, outputs: outputs.map(\.name))
        }
    }

    private mutating func forgetGraph() {
        knownIndex = SharedFinding()
        forgetParameters()
    }

    private mutating func forgetParameters() {
        knownLayers = SharedFinding()
        knownChannels = SharedFinding()
    }

    /// The number of trained values, biases included: 431,080 for lenet-5. Inputs that are the same for every example are none.
    public var parameterCount: Int {
        let given = givenNames
        return parameters.values.reduce(0) { given.contains($1.name) ? $0 : $0 + $1.count }
    }

    /// Bytes of all parameters as float32: 4 · parameters (1,724,320 for lenet-5).
    public var denseByteCount: Int { 4 * parameterCount }

    /// Bytes of all parameters as the file has them, see ``Parameter/storedByteCount``: what sizes are held against. Cost: O(parameters).
    public var storedByteCount: Int {
        let given = givenNames
        return parameters.values.reduce(0) { given.contains($1.name) ? $0 : $0 + $1.storedByteCount }
    }

    /// The part of ``storedByteCount`` that is no layer's weights. Cost: O(parameters).
    public var storedByteCountOfOthers: Int {
        layers.reduce(storedByteCount) { $0 - (parameters[$1.weight]?.storedByteCount ?? 0) }
    }

    /// Bytes in the file of floats of 64 bits, which are read as float32; 0 where there are none. Cost: O(parameters).
    public var doubleByteCount: Int {
        parameters.values.reduce(0) { $1.values.elementType == .float64 ? $0 + 8 * $1.count : $0 }
    }

    /// The mapped files that its parameters are views of. Cost: O(parameters).
    public var maps: [FileMap] { parameters.values.lazy.map(\.values).maps }

    /// Nodes that Pare can't run.
    public var unsupportedNodes: [Node] { nodes.filter { !$0.isSupported } }

    /// Those of them that the measured output needs; empty where it can be computed. Cost: O(nodes).
    public var blockingNodes: [Node] {
        guard nodes.contains(where: { !$0.isSupported }) else { return [] }
        return nodesNeeded(for: output).map { nodes[$0] }.filter { !$0.isSupported }
    }
}
