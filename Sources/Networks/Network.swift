import OrderedCollections
import Tensors

/// A network as a value: a graph of operations in an order in which it can be run, and its named parameters.
public struct Network: Sendable {
    public var name: String
    /// The value that the examples enter, and the shape of one example, without the batch axis: `[1, 28, 28]`.
    public var input: String
    public var inputShape: Shape
    /// The value that holds the logits [N, classes].
    public var output: String
    /// Topologically sorted: a node reads only what stands before it.
    public var nodes: [Node]
    /// In the order of their first use.
    public var parameters: OrderedDictionary<String, Parameter>
    /// Weights into which a batch normalization was taken, see ``foldingBatchNormalization()``.
    public var folded: Set<String> = []
    /// Where it was read from, for messages and sessions; nil for a network made in memory.
    public var source: Source?

    /// The file that a network was read from.
    public struct Source: Hashable, Sendable, Codable {
        public var path: String
        public var byteCount: Int
        /// SHA-256 of the whole file, hexadecimal; of large files without a graph that of samples, see ``isSampled``.
        public var sha256: String

        /// Whether only parts of the file stand behind the hash: its size, its header and blocks spread over it.
        public var isSampled: Bool { sha256.hasPrefix(Self.mark) }

        private static let mark = "samples-"

        /// Whether the network is not quite the file's: batch normalizations were taken into its layers.
        public var isFolded: Bool { Self.isFolded(sha256) }

        public static func isFolded(_ hash: String) -> Bool { hash.hasSuffix(foldedMark) }

        /// What is added to the hash of such a network, so that its sessions are its own.
        public static let foldedMark = "-folded"

        /// A hash of samples, so marked that it is never equal to one of a whole file.
        public static func sampled(_ hash: String) -> String { mark + hash }

        public init(path: String, byteCount: Int, sha256: String) {
            self.path = path
            self.byteCount = byteCount
            self.sha256 = sha256
        }
    }

    public init(
        name: String, input: String, inputShape: Shape, output: String, nodes: [Node],
        parameters: OrderedDictionary<String, Parameter>, source: Source? = nil
    ) {
        self.name = name
        self.input = input
        self.inputShape = inputShape
        self.output = output
        self.nodes = nodes
        self.parameters = parameters
        self.source = source
    }

    /// The number of trained values, biases included: 431,080 for lenet-5.
    public var parameterCount: Int { parameters.values.reduce(0) { $0 + $1.count } }

    /// Bytes of all parameters as float32: 4 · parameters (1,724,320 for lenet-5).
    public var denseByteCount: Int { 4 * parameterCount }

    /// Nodes that Pare can't run; empty when accuracy can be measured.
    public var unsupportedNodes: [Node] {
        nodes.filter { if case .unsupported = $0.operation { true } else { false } }
    }
}
