import Compression
import Kernels
import Networks
import Reports

/// One option on its way to its figure: its layer is made, its bytes counted, and examples are run from the layer on. A short piece of work a step.
///
/// Activations before the layer are those that the evaluator keeps of the reference; none that is kept is overwritten.
final class OptionProbe {
    /// What was counted on some examples, for whoever goes on with more.
    struct Counts {
        fileprivate var next: Int
        fileprivate var tally: PairedTally?
        fileprivate var similarity: LogitsSimilarity
    }

    let option: LayerOption
    /// Made in the end; nil where the layer can't be made so.
    private(set) var figure: OptionFigure?
    private let reference: SensitivityReference
    private let maker: PlanMaker
    private unowned let worker: EngineWorker
    private let batches: Int
    private var counts: Counts?
    private var applied: Applied?
    private var evaluator: Evaluator?
    private var layers: [Layer] = []
    private var sizing: LayerSizing?
    private var isSized = false
    private var changesNothing = false

    /// - Parameter counts: Of the same option on fewer examples.
    init(
        _ work: SensitivitySchedule.Work, against reference: SensitivityReference, _ plain: Evaluator, counts: Counts?,
        worker: EngineWorker, isCancelled: @escaping () -> Bool
    ) {
        (option, self.reference, self.worker) = (work.option, reference, worker)
        maker = PlanMaker(
            reference.plan.taking(work.option), on: reference.base, generation: worker.wishes.newest?.generation ?? 0, worker: worker,
            unlike: reference.maker, isCancelled: isCancelled)
        batches = min(plain.batchCount, (work.examples + plain.batchSize - 1) / plain.batchSize)
        self.counts =
            counts
            ?? Counts(
                next: 0, tally: worker.emptyTally(of: plain),
                similarity: LogitsSimilarity(isOfClasses: plain.shapeWithoutClasses == nil))
    }

    /// What was counted, which it then has no more.
    func takeCounts() -> Counts? {
        defer { counts = nil }
        return counts
    }

    private var next: Int { counts?.next ?? batches }

    /// False when it has come to an end.
    func step(_ plain: Evaluator) throws -> Bool {
        if applied == nil { return try make(plain) }
        if reference.size(layers) { return true }
        if !isSized { return size() }
        if changesNothing || next >= batches {
            figure = makeFigure(plain)
            return false
        }
        return try run(plain)
    }

    private func make(_ plain: Evaluator) throws -> Bool {
        if maker.step() { return true }
        guard let resolved = maker.resolved, maker.made.count == reference.base.layers.count, let held = reference.applied else {
            return false
        }
        guard let edits = try worker.advanceEdits(resolved, base: reference.base, evaluator: plain) else { return true }
        let made = maker.applied(edits, asProducts: true)
        evaluator = made.graph == held.graph ? reference.evaluator : try worker.materials.evaluator(for: made, besides: plain)
        applied = made
        changesNothing = made.graph == held.graph && maker.changesNothing
        layers = maker.differing(and: option.weight)
        sizing = LayerSizing(layers.compactMap { maker.made[$0.weight] })
        return true
    }

    private func size() -> Bool {
        if sizing?.step() != true { isSized = true }
        return true
    }

    private func run(_ plain: Evaluator) throws(KernelError) -> Bool {
        if try reference.measure(through: next, plain) { return true }
        guard let applied, let evaluator else { return false }
        guard try evaluator.probe(batch: next, of: applied, against: plain.labels) else { return true }
        guard var counts = takeCounts(), var tally = counts.tally else { return false }
        counts.tally = nil
        let examples = plain.examples(of: counts.next)
        reference.count(examples, probedBy: evaluator, in: &tally, plain)
        for example in examples { counts.similarity.add(plain.original.row(example), evaluator.probed.row(example)) }
        counts.tally = tally
        counts.next += 1
        self.counts = counts
        return true
    }

    private func makeFigure(_ plain: Evaluator) -> OptionFigure {
        let count = plain.order.count
        var figure = OptionFigure(
            option, evaluated: count, count: count, bytes: sizing?.byteCount ?? 0,
            referenceBytes: reference.byteCount(of: layers))
        figure.kept = maker.made[option.weight]?.summary.kept
        let isOfClasses = plain.shapeWithoutClasses == nil
        guard !changesNothing, let counts, let tally = counts.tally else {
            figure.changesNothing = true
            if isOfClasses {
                (figure.divergence, figure.referenceDivergence) = (0, 0)
            } else {
                (figure.squaredError, figure.referenceSquaredError) = (0, 0)
            }
            if isOfClasses, plain.dataset.kind == .labelled { figure.crossEntropy = OptionFigure.Change(0, interval: Interval(0)) }
            if isOfClasses || plain.scorer != nil { figure.figure = OptionFigure.Change(0, interval: Interval(0)) }
            return figure
        }
        let report = tally.report(
            kind: plain.dataset.kind, split: plain.dataset.split, count: count, originalEvaluated: tally.evaluated, originalRight: 0,
            originalFigure: tally.originalFigure, seed: plain.seed)
        let (held, similarity) = (reference.similarity(after: counts.next), counts.similarity)
        figure.evaluated = tally.evaluated
        (figure.notFinite, figure.referenceNotFinite) = (similarity.leftOut, held?.leftOut ?? 0)
        if isOfClasses {
            (figure.divergence, figure.referenceDivergence) = (similarity.divergence, held?.divergence)
            (figure.gains, figure.losses) = (report.gains, report.losses)
            if plain.dataset.kind == .labelled, let now = report.crossEntropy, let before = report.originalCrossEntropy {
                figure.crossEntropy = OptionFigure.Change(now - before, interval: report.crossEntropyDifference)
            }
        } else {
            (figure.squaredError, figure.referenceSquaredError) = (similarity.squaredError, held?.squaredError)
        }
        if isOfClasses || report.figure != nil {
            figure.figure = OptionFigure.Change(report.difference, interval: report.differenceInterval)
        }
        figure.judge()
        return figure
    }
}
