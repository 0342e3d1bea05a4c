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
    /// Bytes of the parameters as the file has them: floats of 16 bits, integers with their scales, else 4 each; nil in reports of early versions.
    public var stored: Int?
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

    /// So many times the exact bytes of a file go into those of the weights that came.
    public func ratio(ofFile bytes: Int) -> Double { Double(stored ?? original) / Double(max(1, bytes)) }
}

extension NetworkBytes {
    /// The size of `network` by the summaries of its layers, held against that of the one that it was made of; without a size where there are no
    /// layers, or one is missing.
    public init(of network: Network, from opened: Network? = nil, layers: [Layer], summaries: [LayerSummary]) {
        let original = opened ?? network
        if layers.isEmpty || summaries.count != layers.count {
            self.init(original: original.denseByteCount, compressed: nil)
        } else {
            let others = network.storedByteCountOfOthers - Self.savedByBiases(network, layers, summaries)
            self.init(
                original: original.denseByteCount, compressed: others + summaries.reduce(0) { $0 + $1.bytes.huffman }, others: others)
        }
        stored = original.storedByteCount
    }

    /// Holds the size against another network than the one that was opened.
    public mutating func hold(against network: Network) {
        (original, stored) = (network.denseByteCount, network.storedByteCount)
    }

    /// Counts what came: of the layers of `network` as they came, and all other parameters as they are stored.
    public mutating func count(cameFrom network: Network) {
        came = CameBytes.layers(of: network).map { $0 + network.storedByteCountOfOthers }
    }

    /// What biases take less than as they came.
    private static func savedByBiases(_ network: Network, _ layers: [Layer], _ summaries: [LayerSummary]) -> Int {
        let biases = Dictionary(layers.map { ($0.weight, $0.bias) }) { first, _ in first }
        return summaries.reduce(0) { sum, summary in
            guard !summary.plan.bypass, let name = biases[summary.weight] ?? nil, let bias = network.parameters[name] else { return sum }
            return sum + bias.storedByteCount - summary.plan.biases.byteCount(of: bias)
        }
    }
}

extension BiasRepresentation {
    /// Bytes of a bias; 8 and 4 bits have a scale, and one that stays float has the bytes that it came with.
    fileprivate func byteCount(of bias: Parameter) -> Int {
        switch self {
        case .float32: bias.storedByteCount
        case .float16: 2 * bias.count
        case .int8: bias.count + 4
        case .int4: (bias.count + 1) / 2 + 4
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
