import Compression
import Dispatch
import Engine
import Networks
import Reports

/// An engine whose events are taken as they come, in one list.
final class EngineRun {
    let engine: LiveEngine
    private let wake = DispatchSemaphore(value: 0)
    private(set) var events: [EngineEvent] = []

    init(
        _ network: Network, _ data: DataSource, materials: TrainingMaterials = TrainingMaterials(), memory: Int = 512 << 20,
        seed: UInt64 = 1, arithmetic: Arithmetic = .auto, sensitivity: SensitivityOrder? = nil, part: ExamplePart = .all,
        kept: (@Sendable (SensitivityContext) -> [OptionFigure])? = nil
    ) {
        var options = EngineOptions(memoryBudget: memory, seed: seed, niceness: 0)
        (options.arithmetic, options.part) = (arithmetic, part)
        (options.sensitivity, options.keptFigures) = (sensitivity, kept)
        engine = LiveEngine(network: network, data: data, materials: materials, options: options, wake: { [wake] in wake.signal() })
    }

    deinit { engine.stop() }

    /// Takes events until one of them fulfils `condition`; false where none does within a minute, which means failure.
    @discardableResult
    func take(until condition: (EngineEvent) -> Bool) -> Bool {
        while wake.wait(timeout: .now() + 60) == .success {
            let new = engine.takeEvents()
            events += new
            if new.contains(where: condition) { return true }
        }
        return false
    }

    /// Lets go of the events taken so far.
    func forget() { events.removeAll() }

    /// Asks for a plan and takes what comes until it is settled.
    func settle(_ plan: CompressionPlan, generation: UInt64, base: TrainedState? = nil) -> Outcome {
        let start = events.count
        engine.request(plan, generation: generation, base: base)
        take { if case .settled(generation) = $0 { true } else { false } }
        return Outcome(events[start...], generation: generation)
    }
}

extension EngineEvent {
    /// What a training says.
    var training: TrainingReport? { report() }
    /// Whether a task has ended.
    var isEnd: Bool { if case .task(_, .ended) = self { true } else { false } }
}

/// What an engine said of one plan in the end.
struct Outcome: Equatable {
    var accuracy: AccuracyReport?
    var layers: [String: LayerSummary] = [:]
    var bytes: NetworkBytes?
    var sparsity: Double?
    var lens: LensSummary?
    var evaluated: [Int] = []
    var originalLogits: [Float] = []
    var currentLogits: [Float] = []
    var failures: [EngineFailure] = []

    init(_ events: some Sequence<EngineEvent>, generation: UInt64) {
        for event in events {
            switch event {
            case .layer(let layer, generation): layers[layer.layer.weight] = layer.summary
            case .network(let bytes, let sparsity, generation): (self.bytes, self.sparsity) = (bytes, sparsity)
            case .accuracy(let report, generation): accuracy = report
            case .lens(let summary, generation): lens = summary
            case .logits(let table, generation):
                (evaluated, originalLogits, currentLogits) = (table.evaluated, table.original, table.current)
            case .failed(let failure, generation): failures.append(failure)
            default: break
            }
        }
    }

    /// What an engine that has seen nothing else says of a plan.
    static func fresh(_ network: Network, _ data: Dataset, _ plan: CompressionPlan, arithmetic: Arithmetic = .auto) -> Outcome {
        EngineRun(network, .ready(data), arithmetic: arithmetic).settle(plan, generation: 1)
    }
}
