import Compression
import Engine
import Networks
import Reports
import Sessions
import Tensors

/// What the engine found: figures with the generation of the plan that each belongs to. A result older than the one shown is dropped.
package struct Findings: Sendable {
    package private(set) var dataset: Dataset? { didSet { classCount = dataset?.classCount ?? 0 } }
    /// Of the dataset.
    private(set) var classCount: Int
    /// Whether the engine is still loading the examples.
    private(set) var isDataExpected: Bool
    /// What the engine computes with; nil where that is not known.
    private let environment: Environment?
    package private(set) var compressed: [String: Stamped<CompressedLayer>] = [:]
    package private(set) var bytes: Stamped<NetworkBytes>?
    /// The exact size of the file that the network would be written to.
    package private(set) var file: Stamped<FileBytes>?
    package private(set) var sparsity: Stamped<Double>?
    package private(set) var accuracy: Stamped<AccuracyReport>?
    package private(set) var logits: Stamped<LogitsTable>?
    package private(set) var lens: Stamped<LensSummary>?
    /// Seconds that the measurement under way still takes, about.
    private(set) var timeLeft: Stamped<Double>?
    /// Layers whose outputs are gathered before the plan is made: how many are done, and all.
    private(set) var gathering: Stamped<[Int]>?
    /// Accuracy under the last plans, oldest first.
    package private(set) var trend: [TrendPoint] = []
    /// What layers hand on, by weight, as far as it was looked at.
    private(set) var activations: [String: LayerActivations] = [:]
    /// The last generation for which nothing is left to do.
    package private(set) var settled: UInt64 = 0
    /// What another program did to the network's file: nothing is computed any more.
    private(set) var fileChange: FileChange?

    package init(dataset: Dataset? = nil, isDataExpected: Bool = false, environment: Environment? = nil) {
        self.dataset = dataset
        classCount = dataset?.classCount ?? 0
        self.isDataExpected = isDataExpected && dataset == nil
        self.environment = environment
    }

    /// Whether the figures of a layer are those of a generation or newer.
    package func isFresh(_ weight: String, since generation: UInt64) -> Bool {
        compressed[weight].map { $0.generation >= generation } ?? false
    }

    /// Forgets what was found of layers that a graph does not have in this shape.
    mutating func keep(_ layers: [Layer]) {
        let shapes = Dictionary(layers.map { ($0.weight, $0.shape) }) { first, _ in first }
        compressed = compressed.filter { shapes[$0.key] == $0.value.value.layer.shape }
        activations = activations.filter { shapes[$0.key] != nil }
    }

    /// What the newest plan made of the layers, in their order, as far as that is known.
    package func layers(of network: Network) -> [CompressedLayer] { network.layers.compactMap { compressed[$0.weight]?.value } }

    /// Takes a figure in; what is none is let pass.
    package mutating func take(_ event: EngineEvent, snapshots: [Snapshot] = []) {
        switch event {
        case .data(let found): (dataset, isDataExpected) = (found, false)
        case .layer(let layer, let generation): compressed[layer.layer.weight].take(layer, generation)
        case .network(let found, let share, let generation):
            gathering = nil
            bytes.take(found, generation)
            sparsity.take(share, generation)
        case .file(let found, let generation): file.take(found, generation)
        case .accuracy(let report, let generation): take(report, generation, snapshots)
        case .timeLeft(let seconds, let generation): timeLeft.take(seconds, generation)
        case .gathering(let done, let count, let generation): gathering.take([done, count], generation)
        case .logits(let found, let generation): logits.take(found, generation)
        case .lens(let found, let generation): lens.take(found, generation)
        case .failed(let failure, let generation): take(failure, generation)
        case .settled(let generation): settled = max(settled, generation)
        case .distribution, .distributionsToKeep, .task: break
        }
    }

    package mutating func take(_ found: LayerActivations) { activations[found.weight] = found }

    /// What was measured on examples that are gone is an old figure; where the file is another one, none is awaited.
    private mutating func take(_ failure: EngineFailure, _ generation: UInt64) {
        switch failure {
        case .changed(let change): fileChange = change
        case .noData, .data:
            isDataExpected = false
            accuracy?.generation = 0
            logits?.generation = 0
            lens?.generation = 0
        default: break
        }
    }

    private mutating func take(_ measured: AccuracyReport, _ generation: UInt64, _ snapshots: [Snapshot]) {
        let original = knownOriginal(as: measured, among: snapshots)
        let report = original.map(measured.knowing(original:)) ?? measured
        guard accuracy.take(report, generation), report.evaluated > 0 else { return }
        let point = TrendPoint(
            generation: generation, accuracy: report.current, interval: report.interval, isExact: report.isExact)
        if trend.last?.generation == generation { trend.removeLast() }
        trend.append(point)
        if trend.count > TrendPoint.kept { trend.removeFirst() }
    }

    /// The original's exact accuracy on the examples that `report` is of, where a snapshot of the session has it from equal kernels on equal data.
    private func knownOriginal(as report: AccuracyReport, among snapshots: [Snapshot]) -> Double? {
        guard report.originalEvaluated < report.count, let environment, let dataset, let hash = dataset.sha256 else { return nil }
        for known in snapshots.reversed().map(\.report) where known.environment == environment {
            guard let data = known.data, data.sha256 == hash, data.split == dataset.split, data.input == dataset.facts,
                let accuracy = known.accuracy, accuracy.count == report.count, accuracy.originalEvaluated == accuracy.count,
                accuracy.kind == report.kind
            else { continue }
            return accuracy.original
        }
        return nil
    }
}
