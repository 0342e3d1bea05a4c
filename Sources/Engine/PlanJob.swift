import Compression
import Foundation
import Networks
import Reports

/// The way from one plan to its numbers: make its layers (the one in focus first), measure batch by batch, look through the lens.
final class PlanJob: LaneJob {
    enum Phase {
        case make
        case calibrate
        case measure(batch: Int)
        case look
        case distance
    }

    let urgency = Urgency.key
    let sources: Set = [WatchedFiles.Role.weights, .examples]
    let request: LiveEngine.Request
    let maker: PlanMaker
    unowned let worker: EngineWorker
    var phase = Phase.make
    /// What to measure once every layer is made, and the edits of its graph are known.
    var applied: Applied?
    /// Layers of shared values whose distance from the optimum is not found yet, the first one last.
    private var distant: [Layer] = []
    var tally: PairedTally?
    /// What measures the plan: another evaluator than the original's where its graph is another one.
    var planned: Evaluator?
    var lastPublished = Date.distantPast
    var lastLogits = Date.distantPast
    var lastTimeLeft = Date.distantPast
    /// When the first batch was measured, and how many were measured before.
    var began: (time: Date, runs: Int)?

    init(request: LiveEngine.Request, base: EngineBase, worker: EngineWorker) {
        self.request = request
        self.worker = worker
        maker = PlanMaker(
            request.plan, on: base, focus: request.focus, generation: request.generation, worker: worker,
            isCancelled: { [wishes = worker.wishes] in wishes.isStale(request.generation) },
            show: { [mailbox = worker.mailbox] in mailbox.post(.layer($0, generation: request.generation)) })
    }

    var base: EngineBase { maker.base }
    var generation: UInt64 { request.generation }
    var isStale: Bool { worker.wishes.isStale(generation) }

    func step() -> Bool {
        if isStale { return false }
        switch phase {
        case .make: return make()
        case .calibrate: return calibrate()
        case .measure(let batch): return measure(batch)
        case .look: return look()
        case .distance: return distance()
        }
    }

    private func make() -> Bool {
        if maker.step() { return true }
        guard maker.resolved != nil else { return measureDistances() }
        publishNetwork()
        phase = .calibrate
        return true
    }

    private func publishNetwork() {
        let summaries = base.layers.compactMap { maker.made[$0.weight]?.summary }
        let bytes = NetworkBytes(of: base.network, from: worker.network, layers: base.layers, summaries: summaries)
        worker.mailbox.post(.network(bytes, sparsity: summaries.sparsity, generation: generation))
    }
}

extension PlanJob {
    /// How far shared values are from the optimum is found last: nothing else waits for it.
    func measureDistances() -> Bool {
        distant = maker.order.reversed().filter {
            maker.recipes[$0.weight] != nil && maker.made[$0.weight]?.summary.isDistanceOpen ?? false
        }
        phase = .distance
        return true
    }

    private func distance() -> Bool { distant.popLast().map(maker.measureDistance) ?? settle() }

    private func settle() -> Bool {
        let applied = self.applied ?? maker.applied(GraphEdits())
        if worker.graph.answer(of: applied.graph) != .none, applied.layers.count == base.layers.count {
            worker.add(EncodeJob(applied: applied, plan: maker.resolved, base: base, generation: generation, worker: worker))
        }
        worker.mailbox.post(.settled(generation: generation))
        worker.wishes.settle(generation)
        return false
    }
}
