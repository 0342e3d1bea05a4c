import Compression
import Engine
import Exports
import Frames
import Networks
import Reports
import Screens
import Sessions
import Tensors

/// An explorer with a person before it and an engine behind it: keys go in, effects are carried out at once where a test wants it.
struct Desk {
    var explorer: Explorer
    /// Everything that had to be done outside, in order.
    var effects: [Effect] = []
    /// Milliseconds of the next event; each key takes 1,000 unless a test says otherwise.
    var time: Int64 = 0
    /// The trained state whose weights were sorted last.
    private var sortedBase: String?
    /// Whether plans are computed at once.
    var isEngineOn: Bool

    init(_ opening: Opening = Samples.opening(), isEngineOn: Bool = true) {
        explorer = Explorer(opening)
        self.isEngineOn = isEngineOn
        for layer in explorer.layers {
            guard let weights = explorer.network.parameters[layer.weight]?.values else { continue }
            guard let distribution = try? WeightDistribution(weights) else { continue }
            _ = explorer.update(.engine(.distribution(weight: layer.weight, distribution)))
        }
        handle(explorer.begin())
    }

    mutating func send(_ event: ExplorerEvent) { handle(explorer.update(event)) }

    mutating func press(_ key: Key, after pause: Int64 = 1_000) {
        time += pause
        send(.input(InputEvent(.key(key), time: time)))
    }

    mutating func press(_ keys: [Key], after pause: Int64 = 1_000) { keys.forEach { press($0, after: pause) } }

    /// Types characters one after another.
    mutating func type(_ text: String, after pause: Int64 = 1_000) {
        text.forEach { press(.character($0), after: pause) }
    }

    mutating func mouse(_ action: Mouse.Action, _ x: Int, _ y: Int, after pause: Int64 = 100) {
        time += pause
        send(.input(InputEvent(.mouse(Mouse(action: action, point: Point(x: x, y: y))), time: time)))
    }

    /// What was asked to be written last, if a network was.
    var written: (format: ExportFormat, path: String, overwrites: Bool)? {
        guard case .exportNetwork(let network, let path, let overwrites)? = effects.last else { return nil }
        return (network.format, path, overwrites)
    }

    /// Names and notes of the snapshots that were kept.
    var kept: [SnapshotFigures] { effects.compactMap { if case .saveSnapshot(let figures) = $0 { figures } else { nil } } }

    var screen: String { explorer.frame(size: explorer.size).text }
    var layer: Layer? { explorer.selectedLayer }
    var plan: LayerPlan { explorer.selectedPlan }

    private mutating func handle(_ new: [Effect]) {
        effects += new
        guard isEngineOn else { return }
        for case .plan(let request) in new { compute(request.plan, request.generation) }
        for case .record(_, _, let sequence) in new { send(.session(.written(sequence: sequence))) }
    }

    /// Sorts the weights of another base anew.
    private mutating func sort() {
        guard explorer.base?.id != sortedBase else { return }
        sortedBase = explorer.base?.id
        for layer in explorer.layers {
            let values = explorer.base?.parameters[layer.weight] ?? explorer.network.parameters[layer.weight]?.values
            guard let values, let distribution = try? WeightDistribution(values) else { continue }
            _ = explorer.update(.engine(.distribution(weight: layer.weight, distribution)))
        }
    }

    /// What the real engine does with the weights; the accuracy is made up from the sparsity.
    private mutating func compute(_ plan: CompressionPlan, _ generation: UInt64) {
        sort()
        var zeros = 0
        var bytes = 0
        for layer in explorer.layers {
            guard let result = compressed(layer) else { continue }
            zeros += result.summary.zeros
            bytes += result.summary.bytes.huffman
            send(.engine(.layer(result, generation: generation)))
        }
        let sparsity = Double(zeros) / Double(max(1, explorer.layers.reduce(0) { $0 + $1.count }))
        let total = NetworkBytes(original: explorer.network.denseByteCount, compressed: bytes)
        send(.engine(.network(total, sparsity: sparsity, generation: generation)))
        send(.engine(.accuracy(.sample(lost: Int(sparsity * 10)), generation: generation)))
        send(.engine(.settled(generation: generation)))
    }

    /// Answers a plan that was asked for while the engine was off: its layers, and where it `settles` its accuracy too.
    mutating func answer(_ plan: CompressionPlan, settles: Bool) {
        let requests = effects.compactMap { if case .plan(let request) = $0, request.plan == plan { request } else { nil } }
        guard let request = requests.last, let resolved = try? plan.resolved(for: explorer.layers) else { return }
        for layer in explorer.layers {
            guard let weights = explorer.network.parameters[layer.weight]?.values, let distribution = explorer.distributions[layer.weight],
                let made = try? LayerCompressor.compress(
                    layer: layer, weights: weights, bias: nil, distribution: distribution, plan: resolved[layer.weight],
                    rule: PruningRule(resolved[layer.weight], distribution))
            else { continue }
            send(.engine(.layer(made, generation: request.generation)))
        }
        guard settles else { return }
        send(.engine(.accuracy(.sample(lost: 0), generation: request.generation)))
        send(.engine(.settled(generation: request.generation)))
    }

    private func compressed(_ layer: Layer) -> CompressedLayer? {
        if let kept = explorer.base?.layers[layer.weight], kept.plan == explorer.plan(of: layer) { return kept.compressed }
        guard let weights = explorer.base?.parameters[layer.weight] ?? explorer.network.parameters[layer.weight]?.values,
            let distribution = explorer.distributions[layer.weight]
        else { return nil }
        let result = try? LayerCompressor.compress(
            layer: layer, weights: weights, bias: nil, distribution: distribution, plan: explorer.plan(of: layer),
            rule: explorer.rules[layer.weight] ?? .none)
        return result ?? nil
    }
}

extension AccuracyReport {
    /// All 40 examples of the sample measured, with so many of the 36 right ones lost.
    static func sample(lost: Int, evaluated: Int = 40) -> AccuracyReport {
        let current = Double(36 - lost) / 40
        let isExact = evaluated == 40
        let interval = isExact ? Interval(current) : Interval(low: max(0, current - 0.05), high: min(1, current + 0.05))
        let confusion = (0..<10).map { label in (0..<10).map { $0 == label ? 4 : 0 } }
        return AccuracyReport(
            split: .validation, count: 40, evaluated: evaluated, originalEvaluated: 40, original: 0.9,
            originalInterval: Interval(0.9), current: current, interval: interval, gains: 0, losses: lost, mcNemar: 1,
            crossEntropy: 0.4, originalCrossEntropy: 0.3, crossEntropyDifference: Interval(low: 0.05, high: 0.15),
            agreement: 1 - Double(lost) / 40, topFive: nil, notANumber: 0, confusion: ConfusionTable(confusion),
            originalConfusion: ConfusionTable(confusion),
            flipped: Array((0..<lost).map { 3 * $0 + 1 }), seed: 1)
    }
}
