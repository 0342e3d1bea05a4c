import Compression
import Kernels
import Networks
import Reports
import Tensors

extension LaneTask {
    /// Measures the plan with each of its layers bypassed, one after another; reports of ``BypassReport`` answer. One that is under way is ended.
    public static func bypass(_ order: BypassOrder) -> LaneTask { LaneTask(TaskID(.bypass)) { BypassJob(order, worker: $0) } }
}

/// Measures a plan with one of its layers bypassed after another, whenever the lane has nothing else to do.
///
/// Layers that are ranked together are ranked anew without the one that is bypassed, as ``PlanMaker`` does it: the figures are those of a plan that says so.
/// Activations before the layer are taken from the evaluator's cache.
final class BypassJob: TaskJob {
    /// A plan on its way to its figures.
    private struct Measurement {
        let weight: String
        let maker: PlanMaker
        var applied: Applied?
        var evaluator: Evaluator?
        var scores: ExampleScores?
        var batch = 0
    }

    let id = TaskID(.bypass)
    let urgency = Urgency.background
    unowned let worker: EngineWorker
    private var table: BypassTable
    private let base: EngineBase
    private var measurement: Measurement?

    init(_ order: BypassOrder, worker: EngineWorker) {
        self.worker = worker
        table = order.table
        base = worker.bases.base(of: order.base)
    }

    var result: any TaskReport { BypassReport(table) }

    func lose(_ change: FileChange) { end(with: BypassReport(table, reason: "\(change)")) }

    func step() -> Bool {
        guard let weight = table.next else {
            end(with: result)
            return false
        }
        do {
            measurement = try advance(measurement ?? Measurement(weight: weight, maker: maker(without: weight)))
            return true
        } catch {
            end(with: BypassReport(table, reason: "The bypass can't be measured: \(error)"))
            return false
        }
    }

    private func maker(without weight: String) -> PlanMaker {
        var plan = table.plan
        if !weight.isEmpty { plan[weight].bypass = true }
        return PlanMaker(plan, on: base, generation: worker.wishes.newest?.generation ?? 0, worker: worker)
    }

    /// One short piece of work; nil where the row is finished.
    private func advance(_ measurement: Measurement) throws -> Measurement? {
        var measurement = measurement
        let plain = try worker.materials.evaluator().get()
        if measurement.maker.step() { return measurement }
        if plain.originalBatches < plain.batchCount {
            _ = try plain.measureNextOriginalBatch()
            return measurement
        }
        guard let applied = measurement.applied, let evaluator = measurement.evaluator, var scores = measurement.scores else {
            return try prepared(measurement, plain)
        }
        self.measurement = nil
        measurement.scores = nil
        if try evaluator.measure(batch: measurement.batch, of: applied, into: &scores) { measurement.batch += 1 }
        measurement.scores = scores
        guard measurement.batch == evaluator.batchCount else { return measurement }
        add(measurement, plain.figure(of: scores))
        return nil
    }

    private func prepared(_ measurement: Measurement, _ plain: Evaluator) throws -> Measurement {
        var measurement = measurement
        guard let resolved = measurement.maker.resolved else { throw TrainingFailure.unavailable("the plan does not fit the network") }
        guard let edits = try worker.advanceEdits(resolved, base: base, evaluator: plain) else { return measurement }
        let applied = measurement.maker.applied(edits)
        measurement.applied = applied
        measurement.evaluator = try worker.materials.evaluator(for: applied, besides: plain)
        measurement.scores = plain.emptyScores
        return measurement
    }

    private func add(_ measurement: Measurement, _ figure: Double) {
        let summaries = base.layers.compactMap { measurement.maker.made[$0.weight]?.summary }
        let bytes = NetworkBytes(of: base.network, from: worker.network, layers: base.layers, summaries: summaries)
        table.add(
            BypassTable.Row(
                weight: measurement.weight, accuracy: figure, bytes: bytes.compressed))
        post(BypassReport(table))
    }
}
