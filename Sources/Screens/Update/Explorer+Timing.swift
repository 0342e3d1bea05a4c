import Compression
import Engine
import Networks
import Reports

extension LatencyOrder: TaskRequest {
    public var task: LaneTask { .latency(self) }
}

extension LatencyReport: ShownReport {
    func show(on explorer: inout Explorer) {
        explorer.refreshTiming()
        if isOver { explorer.changeNewestBudget { view, explorer in if view.unit == .milliseconds { view.refresh(explorer) } } }
        if let reason { return explorer.say(reason, .error) }
        guard isOver else { return }
        let missing = missed == 0 ? "" : "; \(missed) could not be timed, for others had the processor too often: once more tries again"
        explorer.say(explorer.timingText + missing, missed == 0 ? .success : .warning)
    }
}

/// Milliseconds of layers and network, timed in the background.
extension Explorer {
    /// Examples of one batch that may be timed.
    static let batches = 1...4_096

    /// Why nothing can be timed, or nil.
    var timingObstacle: String? {
        if network.isWeightsOnly { return "weights alone, without a graph, have no time" }
        if layers.isEmpty { return "this network has no layer with weights" }
        return tasks.isRunning(.latency) ? "the layers are being timed" : isTraining ? "not while it trains" : nil
    }

    /// Times what was not timed before with this batch.
    mutating func timeLayers(batch: Int) {
        let device = LatencyDevice.local(threads: LiveEngine.environment().threads, batch: batch)
        start(LatencyOrder(LatencyTable(device), base: base, also: otherWorks))
        say("the layers are timed for a batch of \(numbers.integer(batch)) whenever nothing else is computed")
    }

    /// What was timed last, of the graph as it stands.
    mutating func refreshTiming() {
        guard let table = tasks.report(of: .latency, as: LatencyReport.self)?.table else { return }
        timing = try? LatencySum(of: network, in: table)
        layerTimes = try? LayerTimes(network, in: table)
    }

    /// All layers in 8 bits, and those that are mostly zeros by lists of the weights that are left: at their zeros, and at some others so that turning a knob
    /// has a figure.
    private var otherWorks: [TimedWork] {
        guard let times = layerTimes ?? (try? LayerTimes(network, in: LatencyTable(LatencyDevice(name: "", batch: 0)))) else { return [] }
        return layers.flatMap { layer -> [TimedWork] in
            guard let work = times.works[layer.weight] else { return [] }
            let levels = listedZeros(of: layer).map { LatencyOption.levels + [$0] } ?? []
            return [TimedWork(work, .int8)] + levels.map { TimedWork(work, .lists(zeros: $0)) }
        }
    }

    /// Zeros of a thousand of a layer, where it is mostly zeros.
    private func listedZeros(of layer: Layer) -> Int? {
        kept(of: layer).map { Int((1_000 * (1 - $0.fraction)).rounded()) }.flatMap { $0 >= LatencyOption.leastZeros ? $0 : nil }
    }

    /// Milliseconds of a layer by lists of the weights that its plan leaves; nil where it is not mostly zeros, or nothing tells.
    func timeByLists(of layer: Layer) -> Latency? {
        guard let times = layerTimes, let zeros = listedZeros(of: layer), let work = times.works[layer.weight] else { return nil }
        return times.table.latency(of: work, .lists(zeros: zeros))
    }

    /// `12.3 ms: 11.0 in the layers, 1.0 in others, 0.3 beside them; AMD …, AVX-512, 2 threads, batch 16`.
    var timingText: String {
        guard let timing else { return "nothing was timed" }
        let whole = timing.whole.map { numbers.significant($0) + " ms" } ?? "the network was not timed"
        let sum =
            timing.sum.map { ($0.isEstimate ? "~" : "") + numbers.significant($0.milliseconds) + " in the layers" }
            ?? "not all layers were timed"
        let others = timing.others.map { ", \(numbers.significant($0)) in others" } ?? ""
        let residue = timing.residue.map { ", \($0 < 0 ? numbers.minus : "")\(numbers.significant(abs($0))) beside them" } ?? ""
        return "\(whole): \(sum)\(others)\(residue); \(timing.device.words)"
    }
}
