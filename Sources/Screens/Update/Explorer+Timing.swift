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
        start(LatencyOrder(LatencyTable(device), base: base))
        say("the layers are timed for a batch of \(numbers.integer(batch)) whenever nothing else is computed")
    }

    /// What was timed last, of the graph as it stands.
    mutating func refreshTiming() {
        guard let table = tasks.report(of: .latency, as: LatencyReport.self)?.table else { return }
        timing = try? LatencySum(of: network, in: table)
    }

    /// `12.3 ms for a batch of 16: 11.0 in the layers, 1.3 beside them; AMD …, AVX-512, 2 threads`.
    var timingText: String {
        guard let timing else { return "nothing was timed" }
        let whole = timing.whole.map { numbers.significant($0) + " ms" } ?? "the network was not timed"
        let sum =
            timing.sum.map { ($0.isEstimate ? "~" : "") + numbers.significant($0.milliseconds) + " in the layers" }
            ?? "not all layers were timed"
        let residue = timing.residue.map { ", \($0 < 0 ? numbers.minus : "")\(numbers.significant(abs($0))) beside them" } ?? ""
        return "\(whole): \(sum)\(residue); \(timing.device.words)"
    }
}
