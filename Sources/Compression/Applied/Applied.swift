import Networks
import Tensors

/// The network that a plan makes of a base: what evaluators measure, exports write and the screen shows.
///
/// A value; parameters share their memory with the base and with the layers that take their place.
public struct Applied: Sendable {
    /// What the plan was applied to: a graph, and the float values that plans start from.
    public let base: Network
    /// What the plan made of each layer, in the order of the base's layers; of one that is missing the base's own values stay.
    public let layers: [CompressedLayer]
    public let plan: CompressionPlan
    /// What was done to the graph.
    public let edits: GraphEdits
    /// Bytes of the network as it was opened, which the base may be smaller than.
    public let opened: OpenedBytes
    /// Names the values, for caches.
    public let versions: Versions
    /// The network: the edited graph with the values that are evaluated.
    public let network: Network
    /// The same for the layers of ``network``: what holds a layer of the base has that one's.
    public let evaluatedVersions: Versions
    /// Places among ``layers`` by the parameters of ``network`` that hold them.
    private let holders: [String: Int]

    /// Bytes of a network's parameters.
    public struct OpenedBytes: Sendable {
        /// 4 each.
        public let float32: Int
        /// As the file has them.
        public let stored: Int

        /// Cost: O(parameters).
        public init(_ network: Network) { (float32, stored) = (network.denseByteCount, network.storedByteCount) }
    }

    /// Numbers that stand for values: where two are equal, so are the values that they name on one base.
    public struct Versions: Hashable, Sendable {
        /// Of the base's layers, in their order; 0 is the network as it was opened, and so is what is missing.
        public var layers: [UInt64]
        /// Of all parameters that are no layer's.
        public var others: UInt64
        /// Names the graph of the base, see ``StateGraph``; nil is the one that was opened.
        public var graph: String?

        public init(layers: [UInt64] = [], others: UInt64 = 0, graph: String? = nil) {
            self.layers = layers
            self.others = others
            self.graph = graph
        }
    }

    /// - Parameters:
    ///   - base: As it was opened, or a trained state's (``TrainedState/base(of:)``).
    ///   - layers: Their weights and biases take the place of the base's.
    ///   - edits: By default those that the plan asks for, with no clip known.
    ///   - opened: By default those of the base.
    /// Cost: O(nodes + parameters).
    public init(
        base: Network, layers: [CompressedLayer], plan: CompressionPlan, edits: GraphEdits? = nil, versions: Versions = Versions(),
        opened: OpenedBytes? = nil
    ) {
        self.base = base
        self.opened = opened ?? OpenedBytes(base)
        self.layers = layers
        self.plan = plan
        self.edits = (edits ?? GraphEdits(plan, of: base)).taking(layers)
        let missing = base.layers.count - versions.layers.count
        self.versions = Versions(
            layers: versions.layers + Array(repeating: 0, count: max(0, missing)), others: versions.others, graph: versions.graph)
        let holders = layers.enumerated().flatMap { place, layer in layer.parameters.map { ($0.name, place) } }
        self.holders = Dictionary(holders) { first, _ in first }
        network = self.edits.applied(to: base).taking(layers)
        evaluatedVersions =
            self.edits.factorizations.isEmpty ? self.versions : self.versions.following(network, from: base, layers, self.holders)
    }

    /// A network as it was opened.
    public init(unchanged network: Network) {
        self.init(base: network, layers: [], plan: CompressionPlan(), edits: GraphEdits())
    }

    /// What the network is made of, for caches of what was measured: equal ones are equal networks, on bases of one opened network.
    public struct Identity: Hashable, Sendable {
        var edits: GraphEdits
        var versions: Versions
    }

    public var identity: Identity { Identity(edits: edits, versions: versions) }

    /// What the graph is made of: where two are equal, the networks differ in values at most.
    public struct Graph: Hashable, Sendable {
        let edits: GraphEdits
        let base: String?

        /// The graph that was opened, without edits.
        public static let opened = Graph(edits: GraphEdits(), base: nil)

        public var isOpened: Bool { self == .opened }
    }

    public var graph: Graph { Graph(edits: edits, base: versions.graph) }

    /// Whether nothing was done: the network as it was opened.
    public var isOriginal: Bool { graph.isOpened && versions.others == 0 && versions.layers.allSatisfy { $0 == 0 } }

    /// What the plan made of the layer that a parameter of the network holds, its weights or its bias.
    public func layer(heldBy parameter: String) -> CompressedLayer? { holders[parameter].map { layers[$0] } }

    /// The weight of the layer whose weights a parameter of the network holds, all or a part of them; nil for other parameters.
    public func weight(heldBy parameter: String) -> String? {
        layer(heldBy: parameter).flatMap { $0.layer.bias == parameter ? nil : $0.layer.weight }
    }

    /// The way of writing that was chosen for a parameter of the network: that of its factor's own plan, else that of its layer among `codings`, which
    /// are by weight; nil for the smallest.
    public func coding(of parameter: String, among codings: [String: WeightCoding]) -> WeightCoding? {
        let own = layer(heldBy: parameter)?.summary.parts?.first { $0.weight == parameter }?.plan.coder
        return own ?? codings[weight(heldBy: parameter) ?? parameter]
    }

    /// What a file holds of a parameter that a layer's plan speaks of; nil for the others. Floats that came in 16 bits are such again where all still
    /// are such numbers. Cost: O(n).
    public func stored(_ parameter: String) -> StoredWeights? {
        guard let stored = layer(heldBy: parameter)?.stored(parameter) else { return nil }
        guard case .floats(.float32) = stored.values, let type = base.parameters[parameter]?.values.elementType, type.isHalf else {
            return stored
        }
        let format = StoredWeights.FloatFormat(type)
        var half = StoredWeights(stored.floats(), shape: stored.shape, isTransposed: stored.isTransposed, format: format)
        half?.pattern = stored.pattern
        return half ?? stored
    }
}
