import Compression

extension NetworkBytes {
    /// Sums the layers' estimates: Σ huffman in the accounting "han".
    public init(original: Int, layers: [LayerSummary]) {
        self.init(original: original, compressed: layers.reduce(0) { $0 + $1.bytes.huffman })
    }
}

extension Collection<LayerSummary> {
    /// Zeros / weights over all layers; 0 without weights.
    public var sparsity: Double {
        let weights = reduce(0) { $0 + $1.weights }
        return weights == 0 ? 0 : Double(reduce(0) { $0 + $1.zeros }) / Double(weights)
    }
}

extension Report {
    /// Puts together what the engine published for one plan.
    public init(
        network: NetworkIdentity, data: DataIdentity?, originalBytes: Int, plan: CompressionPlan, layers: [LayerSummary],
        accuracy: AccuracyReport?, environment: Environment
    ) {
        self.init(
            network: network, data: data, accuracy: accuracy, bytes: NetworkBytes(original: originalBytes, layers: layers),
            sparsity: layers.sparsity, plan: plan, layers: layers, environment: environment)
    }
}
