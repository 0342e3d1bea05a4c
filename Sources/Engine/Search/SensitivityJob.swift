import Compression
import Foundation
import Kernels
import Networks
import Reports
import Tensors

/// Measures options of layers, one kind after another, while the lane has nothing more urgent to do. What is known is not measured again.
final class SensitivityJob: TaskJob {
    /// A kind that is to be measured, on at most so many examples for now.
    private struct Turn {
        var kind: SensitivityKind
        var limit: Int?
    }

    /// One under way.
    private struct Work {
        let turn: Turn
        let reference: SensitivityReference
        var table: SensitivityTable?
        var failed: Set<LayerOption.Key> = []
        /// Of options that may be measured on more examples.
        var counts: [LayerOption.Key: OptionProbe.Counts] = [:]
    }

    let id = TaskID(.sensitivity)
    let urgency: Urgency
    unowned let worker: EngineWorker
    private var order: SensitivityOrder
    private var waiting: [Turn] = []
    private var work: Work?
    private var probe: OptionProbe?
    /// Tables of contexts that were measured before, the newest last.
    private var known: [(name: String, table: SensitivityTable)] = []
    private var news: [OptionFigure] = []
    private var lastPublished = Date.distantPast
    private var runs = 0.0
    private var hasEnded = false

    /// Seconds between two publications.
    private static let pause = 0.1
    /// Bytes that counts may take which wait for more examples; without them these are counted again.
    private static let largestCounts = 64 << 20
    /// Contexts whose tables stay in memory.
    private static let keptTables = 16

    init(_ order: SensitivityOrder, worker: EngineWorker) {
        self.order = order
        self.worker = worker
        urgency = order.isFollowing ? .idle : .background
        waiting = order.isFollowing ? [] : order.kinds.map { Turn(kind: $0) }
    }

    /// Nothing is left to do until the next plan.
    var isResting: Bool { order.isFollowing && work == nil && waiting.isEmpty }

    var result: any TaskReport { report() }

    func adopt(_ request: LiveEngine.Request) -> Bool {
        flush()
        store()
        (probe, work) = (nil, nil)
        if order.isFollowing {
            (order.plan, order.base) = (request.plan, request.base)
            let base = worker.bases.base(of: request.base)
            let changes =
                (try? request.plan.resolved(for: base.layers)).map { SensitivityContext.plan(of: $0) != CompressionPlan() } ?? false
            waiting = changes ? Self.turns(order.kinds) : [Turn(kind: .isolated)]
        }
        return true
    }

    /// All kinds in their order, but the first one to the last example only after the second: what it ranks is wanted soon, its last digits are not.
    private static func turns(_ kinds: [SensitivityKind]) -> [Turn] {
        guard let first = kinds.first, kinds.count > 1 else { return kinds.map { Turn(kind: $0) } }
        let soon = Turn(kind: first, limit: SensitivityTable.manyExamples)
        return [soon, Turn(kind: kinds[1]), Turn(kind: first)] + kinds.dropFirst(2).map { Turn(kind: $0) }
    }

    /// Begins anew with the kind that was under way; known figures stay.
    private func store() {
        guard let work else { return }
        if !order.isFollowing { waiting.insert(work.turn, at: 0) }
        guard let table = work.table else { return }
        remember(table)
    }

    private func remember(_ table: SensitivityTable) {
        let name = table.context.name
        known.removeAll { $0.name == name }
        known.append((name, table))
        if known.count > Self.keptTables { known.removeFirst() }
    }

    func lose(_ change: FileChange) { _ = finish("\(change)") }

    func step() -> Bool {
        guard !hasEnded else { return false }
        guard worker.large == nil else { return finish("this network is too large to be run: it is read layer by layer.") }
        let plain: Evaluator
        switch worker.materials.evaluator() {
        case .success(let ready): plain = ready
        case .failure(let failure): return finish(failure.description)
        }
        do {
            return try advance(plain)
        } catch {
            return finish("The sensitivity can't be measured: \(error)")
        }
    }

    private func advance(_ plain: Evaluator) throws -> Bool {
        guard var work = work ?? nextWork() else {
            flush()
            if order.isFollowing { return true }
            hasEnded = true
            end(with: report())
            return false
        }
        self.work = work
        if try work.reference.prepare(plain) { return true }
        if work.table == nil {
            work.table = table(of: work.reference, plain)
            self.work = work
            publish(isDue: true)
            return true
        }
        let evaluator = work.reference.evaluator
        let before = (plain.multiplyAddsDone, evaluator?.multiplyAddsDone ?? 0)
        defer { count(plain.multiplyAddsDone - before.0, evaluator === plain ? 0 : (evaluator?.multiplyAddsDone ?? 0) - before.1, plain) }
        try measure(work, plain)
        publish()
        return true
    }

    private func nextWork() -> Work? {
        guard !waiting.isEmpty else { return nil }
        let turn = waiting.removeFirst()
        let kind = turn.kind
        let base = worker.bases.base(of: order.base)
        return Work(
            turn: turn,
            reference: SensitivityReference(
                kind, plan: kind == .isolated ? CompressionPlan() : order.plan, on: base, worker: worker, isCancelled: cancellation))
    }

    /// Whether a newer plan came since now, or the lane ends.
    private var cancellation: () -> Bool {
        guard let generation = worker.wishes.newest?.generation else { return { false } }
        return { [wishes = worker.wishes] in wishes.isStale(generation) }
    }

    private func measure(_ work: Work, _ plain: Evaluator) throws {
        var work = work
        guard var table = work.table else { return }
        var schedule = schedule(plain)
        schedule.limit = min(schedule.limit, work.turn.limit ?? .max)
        guard let probe else {
            guard let next = schedule.next(in: table, without: work.failed) else {
                remember(table)
                flush()
                return self.work = nil
            }
            self.probe = OptionProbe(
                next, against: work.reference, plain, counts: work.counts.removeValue(forKey: next.option.key),
                worker: worker,
                isCancelled: cancellation)
            self.work = work
            return
        }
        if try probe.step(plain) { return }
        self.probe = nil
        // A probe that was cut off by a newer plan is dropped with its work.
        if let figure = probe.figure {
            // On as many examples as before there is nothing more to learn: batches are whole.
            if let old = table.figure(figure.option.key), old.evaluated >= figure.evaluated { work.failed.insert(figure.option.key) }
            self.work = nil
            work.table = nil
            table.add(figure)
            work.table = table
            if !figure.isExact, keepsCounts(of: table, plain) { work.counts[figure.option.key] = probe.takeCounts() }
            news.append(figure)
        } else {
            work.failed.insert(probe.option.key)
        }
        self.work = work
    }

    private func schedule(_ plain: Evaluator) -> SensitivitySchedule {
        SensitivitySchedule(limit: order.limit ?? .max, batch: plain.batchSize, isWhole: order.isWhole)
    }

    /// Whether the counts of all options have room: pairs of classes that came, and the examples that changed.
    private func keepsCounts(of table: SensitivityTable, _ plain: Evaluator) -> Bool {
        let cells = plain.shapeWithoutClasses == nil ? min(plain.classCount * plain.classCount, table.count) : 0
        return table.options.count * (64 * cells + 8 * table.count) <= Self.largestCounts
    }

    private func table(of reference: SensitivityReference, _ plain: Evaluator) -> SensitivityTable {
        let (base, resolved) = (reference.base, reference.resolved ?? .unchanged)
        let context = SensitivityContext(
            network: worker.network.source?.sha256, base: base.id, data: DataIdentity(plain.dataset), part: worker.options.part,
            seed: plain.seed,
            plan: SensitivityContext.plan(of: resolved), environment: LiveEngine.environment(worker.options),
            calibration: worker.options.calibration)
        let options =
            reference.kind == .leaveOneOut
            ? OptionFamily.bypasses(of: base.layers, in: resolved)
            : order.options ?? OptionFamily.options(of: base.layers, in: resolved, families: order.families)
        var table = SensitivityTable(
            reference.kind, context, options: options, figureName: plain.figureName, count: plain.order.count)
        table.needed = schedule(plain).whole(order.limit ?? .max, of: table)
        for figure in known.first(where: { $0.name == context.name })?.table.measured ?? [] { table.add(figure) }
        for figure in worker.options.keptFigures?(context) ?? [] { table.add(figure) }
        return table
    }

    private func count(_ first: Int, _ second: Int, _ plain: Evaluator) {
        let whole = plain.multiplyAddsOfOne * plain.order.count
        if whole > 0 { runs += Double(first + second) / Double(whole) }
    }

    private func report(reason: String? = nil) -> SensitivityReport {
        defer { news = [] }
        let table = work?.table ?? known.last?.table
        return SensitivityReport(table, figures: news, runs: runs, isFollowing: order.isFollowing, reason: reason)
    }

    private func publish(isDue: Bool = false) {
        guard isDue || !news.isEmpty, isDue || Date().timeIntervalSince(lastPublished) >= Self.pause else { return }
        lastPublished = Date()
        post(report())
    }

    /// Publishes what is new.
    private func flush() { if !news.isEmpty { publish(isDue: true) } }

    private func finish(_ reason: String) -> Bool {
        guard !hasEnded else { return false }
        hasEnded = true
        end(with: report(reason: reason))
        return false
    }
}

extension Evaluator {
    /// What figures are called: `accuracy`, `agreement`, `mIoU`, `cosine`.
    fileprivate var figureName: String {
        if let scorer { return scorer.reading.measure.name }
        if shapeWithoutClasses != nil { return "cosine" }
        return dataset.kind == .labelled ? "accuracy" : "agreement"
    }
}
