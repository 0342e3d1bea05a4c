import Compression
import Networks

/// Size of the whole network, estimated: its layers in the accounting "han", every other parameter as it is stored.
public struct NetworkBytes: Codable, Hashable, Sendable {
    /// 4 · parameters of the graph, those of no layer too.
    public var original: Int
    /// Σ of the layers' Huffman-coded estimates, and ``others``; nil where no layer was found.
    public var compressed: Int?
    /// Parameters that are no layer's weights: biases as their plan rounds them, normalizations, weights of operators that are no layers.
    /// Nil in older reports, whose ``compressed`` leaves them out.
    public var others: Int?
    public var accounting: String
    /// Bytes of the network as its file has it, counted as ``compressed`` is, so that one that nothing was done to has these; nil where nobody counted.
    public var came: Int?

    public init(original: Int, compressed: Int?, others: Int? = nil, accounting: String = "han") {
        self.original = original
        self.compressed = compressed
        self.others = others
        self.accounting = accounting
    }

    /// The layers alone, as Deep Compression counts them; nil where ``compressed`` is.
    public var layers: Int? { compressed.map { $0 - (others ?? 0) } }

    /// original / compressed; nil where there is no size.
    public var ratio: Double? { compressed.flatMap { $0 > 0 ? Double(original) / Double($0) : nil } }

    /// came / compressed: 1 of a network that nothing was done to; nil where one of them is.
    public var ratioOfCame: Double? {
        guard let came, let compressed, compressed > 0 else { return nil }
        return Double(came) / Double(compressed)
    }

    /// Whether the file has the weights in less than 4 bytes each.
    public var cameSmaller: Bool { came.map { $0 < original } ?? false }
}

extension NetworkBytes {
    /// The size of `network` by the summaries of its layers, held against that of the one that it was made of; without a size where there are no
    /// layers, or one is missing.
    public init(of network: Network, from opened: Network? = nil, layers: [Layer], summaries: [LayerSummary]) {
        let (original, dense) = ((opened ?? network).denseByteCount, network.denseByteCount)
        guard !layers.isEmpty, summaries.count == layers.count else {
            self.init(original: original, compressed: nil)
            return
        }
        let others = dense - 4 * layers.reduce(0) { $0 + $1.count } - Self.savedByBiases(network, layers, summaries)
        self.init(original: original, compressed: others + summaries.reduce(0) { $0 + $1.bytes.huffman }, others: others)
    }

    /// Counts what came: of the layers of `network` as they came, and all other parameters at 4 bytes.
    public mutating func count(cameFrom network: Network) {
        let weights = network.layers.reduce(0) { $0 + $1.count }
        came = CameBytes.layers(of: network).map { $0 + network.denseByteCount - 4 * weights }
    }

    /// What biases take less than 4 bytes each.
    private static func savedByBiases(_ network: Network, _ layers: [Layer], _ summaries: [LayerSummary]) -> Int {
        let biases = Dictionary(layers.map { ($0.weight, $0.bias) }) { first, _ in first }
        return summaries.reduce(0) { sum, summary in
            guard !summary.plan.bypass, let name = biases[summary.weight] ?? nil else { return sum }
            let count = network.parameters[name]?.count ?? 0
            return sum + 4 * count - summary.plan.biases.byteCount(of: count)
        }
    }
}

extension BiasRepresentation {
    /// Bytes of so many biases; 8 and 4 bits have a scale.
    fileprivate func byteCount(of count: Int) -> Int {
        switch self {
        case .float32: 4 * count
        case .float16: 2 * count
        case .int8: count + 4
        case .int4: (count + 1) / 2 + 4
        }
    }
}

extension Collection<LayerSummary> {
    /// Zeros / weights over all layers, of factors that have plans over their numbers; 0 without weights.
    public var sparsity: Double {
        let count = reduce(0) { $0 + $1.held.count }
        return count == 0 ? 0 : Double(reduce(0) { $0 + $1.held.zeros }) / Double(count)
    }
}

extension Report {
    /// Puts together what the engine published for one plan of `network`, or of a state of it that has the graph `graph`.
    public init(
        of network: Network, graph: Network? = nil, identity: NetworkIdentity, data: DataIdentity?, plan: CompressionPlan,
        layers: [LayerSummary],
        accuracy: AccuracyReport?, environment: Environment
    ) {
        self.init(
            network: identity, data: data, accuracy: accuracy,
            bytes: NetworkBytes(of: graph ?? network, from: network, layers: (graph ?? network).layers, summaries: layers),
            sparsity: layers.sparsity, plan: plan,
            layers: layers, environment: environment)
        sums = SumsReport(plan, of: graph ?? network)
    }
}
