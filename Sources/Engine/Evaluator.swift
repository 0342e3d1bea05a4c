import Compression
import Kernels
import Networks
import Reports
import Tensors

/// Measures the original network and the network under a plan on the same examples, batch by batch. Owned by the lane.
final class Evaluator {
    /// Weights and bias of a layer with the version that names them; version 0 is the original.
    struct LayerVersion {
        var version: UInt64
        var weights: Tensor
        var bias: Tensor?
    }

    let dataset: Dataset
    let order: [Int]
    let batchSize: Int
    let seed: UInt64
    private let executor: any NetworkExecutor
    private let cache: ActivationCache
    private let layers: [Layer]
    private let originals: [LayerVersion]
    /// Parameters that are no layer's, as a version has them; an empty one is the original.
    struct OtherVersion {
        var version: UInt64 = 0
        var parameters: [String: Tensor] = [:]
    }

    private let originalOthers: [String: Tensor]
    private var loadedOthers: UInt64 = 0
    /// Versions of trainings, apart from those of plans.
    private var newestVersion: UInt64 = 1 << 62

    /// Versions that the executor holds now, in the order of `layers`.
    private var loaded: [UInt64]
    private(set) var original: ExampleScores
    private(set) var current: ExampleScores
    /// Batches of the order that were measured with the original, always the first ones.
    private(set) var originalBatches = 0
    private(set) var originalRight = 0

    /// Multiply-adds of one batch that take about 10 ms on two cores.
    private static let batchWork = 580_000_000
    private static let largestBatch = 250

    init(
        network: Network, layers: [Layer], originals: [LayerVersion], dataset: Dataset, options: EngineOptions
    ) throws(KernelError) {
        self.dataset = dataset
        self.layers = layers
        self.originals = originals
        seed = options.seed
        order = EvaluationOrder.stratified(labels: dataset.labels, seed: options.seed)
        batchSize = min(try Self.batchSize(for: network), max(1, dataset.count))
        executor = try OneDNNExecutor(network: network, batchSize: batchSize)
        cache = ActivationCache(
            stages: executor.stages, batchCount: (dataset.count + batchSize - 1) / batchSize,
            budget: options.memoryBudget)
        let ofLayers = Set(layers.flatMap { [$0.weight] + ($0.bias.map { [$0] } ?? []) })
        originalOthers = network.parameters.values.reduce(into: [:]) {
            if !ofLayers.contains($1.name) { $0[$1.name] = $1.values }
        }
        loaded = Array(repeating: 0, count: layers.count)
        original = ExampleScores(count: dataset.count, classCount: executor.classCount)
        current = original
    }

    /// As many examples as take about 10 ms by their multiply-adds: a property of the network, so that every run has the same shape.
    private static func batchSize(for network: Network) throws(KernelError) -> Int {
        do throws(ShapeError) {
            let work = try network.multiplyAdds().reduce(0, +)
            let size = min(largestBatch, max(1, batchWork / max(1, work)))
            return size > 8 ? size / 2 * 2 : size
        } catch {
            throw .shape(node: error.node, expected: error.expected, actual: error.actual)
        }
    }

    var classCount: Int { executor.classCount }
    var batchCount: Int { (order.count + batchSize - 1) / batchSize }
    /// Bytes of kept activations.
    var cachedByteCount: Int { cache.byteCount }

    /// Bytes that kept activations may take at most.
    var reservedByteCount: Int { cache.reservedByteCount }

    /// The examples of one batch, in the fixed order.
    func examples(of batch: Int) -> ArraySlice<Int> {
        order[batch * batchSize..<min(order.count, (batch + 1) * batchSize)]
    }

    /// Examples measured with the original.
    var originalEvaluated: Int { min(order.count, originalBatches * batchSize) }

    /// Measures the next batch with the original network.
    func measureNextOriginalBatch() throws(KernelError) {
        let batch = originalBatches
        let examples = examples(of: batch)
        try run(batch: batch, versions: originals)
        try executor.withLogits { original.record($0, of: examples, labels: dataset.labels) }
        originalRight += examples.count { original.predictions[$0] == dataset.labels[$0] }
        originalBatches += 1
    }

    /// Measures one batch with these weights. An unchanged network is not run again: its scores are the original's.
    func measure(batch: Int, versions: [LayerVersion], others: OtherVersion = OtherVersion()) throws(KernelError) {
        let examples = examples(of: batch)
        try run(batch: batch, versions: versions, others: others)
        try executor.withLogits { current.record($0, of: examples, labels: dataset.labels) }
    }

    /// A version that no other weights have.
    func makeVersion() -> UInt64 {
        newestVersion += 1
        return newestVersion
    }

    /// Measures one batch with these weights and other parameters, beside what ``current`` keeps.
    func measure(
        batch: Int, versions: [LayerVersion], others: OtherVersion, into scores: inout ExampleScores
    ) throws(KernelError) {
        let examples = examples(of: batch)
        try run(batch: batch, versions: versions, others: others)
        let labels = dataset.labels
        scores = try executor.withLogits { logits in
            var scores = scores
            scores.record(logits, of: examples, labels: labels)
            return scores
        }
    }

    private func run(
        batch: Int, versions: [LayerVersion], others: OtherVersion = OtherVersion()
    ) throws(KernelError) {
        try load(versions)
        try load(others)
        // What lies between two layers depends on the other parameters too: they count as a part of every layer.
        let names = versions.map { others.version == 0 ? $0.version : $0.version &* 0x9E37_79B9_7F4A_7C15 &+ others.version }
        let start = cache.lookUp(batch: batch, versions: names)
        let first = start?.stage ?? 0
        if let start {
            executor.attach(boundary: start.stage, to: start.memory)
        } else {
            executor.withInput { dataset.fill($0, with: examples(of: batch)) }
        }
        for place in cache.prepare(after: first, batch: batch, versions: names) {
            executor.attach(boundary: place.stage, to: place.memory)
        }
        for stage in first..<executor.stages.count { try executor.run(stage: stage) }
        cache.commit(after: first, batch: batch, versions: names)
    }

    private func load(_ others: OtherVersion) throws(KernelError) {
        guard others.version != loadedOthers else { return }
        for (name, original) in originalOthers {
            try executor.setParameter(others.parameters[name] ?? original, named: name)
        }
        loadedOthers = others.version
    }

    private func load(_ versions: [LayerVersion]) throws(KernelError) {
        for index in layers.indices where loaded[index] != versions[index].version {
            try executor.setWeights(versions[index].weights, bias: versions[index].bias, of: layers[index])
            loaded[index] = versions[index].version
        }
    }
}
