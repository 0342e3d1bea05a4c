import Compression
import Kernels
import Networks
import Reports

/// The network that options are held against, made and measured as far as they need it. Owned by the lane.
final class SensitivityReference {
    let kind: SensitivityKind
    let plan: CompressionPlan
    let base: EngineBase
    let maker: PlanMaker
    /// Nil until it is made.
    private(set) var applied: Applied?
    /// What measures it and its options.
    private(set) var evaluator: Evaluator?
    private(set) var resolved: ResolvedPlan?
    private unowned let worker: EngineWorker
    /// Nil where it is the original, whose scores are known.
    private var scores: ExampleScores?
    private var batches = 0
    /// How near its outputs are to the original's after so many batches.
    private var similarities: [LogitsSimilarity] = []
    private var sizes: [String: Int] = [:]
    private var sizing: (weight: String, sizing: LayerSizing)?

    init(_ kind: SensitivityKind, plan: CompressionPlan, on base: EngineBase, worker: EngineWorker, isCancelled: @escaping () -> Bool) {
        (self.kind, self.plan, self.base, self.worker) = (kind, plan, base, worker)
        maker = PlanMaker(
            plan, on: base, generation: worker.wishes.newest?.generation ?? 0, worker: worker, isCancelled: isCancelled)
    }

    /// A short piece of work towards the network; false when it is there.
    func prepare(_ plain: Evaluator) throws -> Bool {
        if applied != nil { return false }
        if maker.step() { return true }
        guard let resolved = maker.resolved, maker.made.count == base.layers.count else {
            throw TrainingFailure.unavailable("the plan does not fit the network")
        }
        guard let edits = try worker.advanceEdits(resolved, base: base, evaluator: plain) else { return true }
        let made = maker.applied(edits, asProducts: true)
        let measuring = try worker.materials.evaluator(for: made, besides: plain)
        (self.resolved, evaluator, applied) = (resolved, measuring, made)
        if !(made.isOriginal && measuring === plain) { scores = plain.emptyScores }
        return false
    }

    /// A short piece of work towards a batch; false when it is measured, and all before it.
    func measure(through batch: Int, _ plain: Evaluator) throws(KernelError) -> Bool {
        guard let evaluator, let applied else { return true }
        let next = batches
        guard next <= batch else { return false }
        if plain.originalBatches <= next {
            _ = try plain.measureNextOriginalBatch()
            return true
        }
        if var own = scores {
            scores = nil
            let isDone = Result { () throws(KernelError) in
                try evaluator.measure(batch: next, of: applied, into: &own, against: plain.labels)
            }
            scores = own
            guard try isDone.get() else { return true }
        }
        var similarity = similarities.last ?? LogitsSimilarity(isOfClasses: plain.shapeWithoutClasses == nil)
        for example in plain.examples(of: next) { similarity.add(plain.original.row(example), row(example, plain)) }
        similarities.append(similarity)
        batches += 1
        return true
    }

    private func row(_ example: Int, _ plain: Evaluator) -> ArraySlice<Float> { scores?.row(example) ?? plain.original.row(example) }

    /// How near its outputs are to the original's over the first batches.
    func similarity(after batches: Int) -> LogitsSimilarity? {
        batches > 0 && batches <= similarities.count ? similarities[batches - 1] : nil
    }

    /// Counts examples that were probed.
    func count(_ examples: ArraySlice<Int>, probedBy evaluator: Evaluator, in tally: inout PairedTally, _ plain: Evaluator) {
        if let scores {
            tally.add(examples, original: scores, current: evaluator.probed, labels: plain.labels)
        } else {
            tally.add(examples, original: plain.original, current: evaluator.probed, labels: plain.labels)
        }
    }

    /// A short piece of work towards the bytes of layers; nil when they are known: then ``byteCount(of:)`` has them.
    func size(_ layers: [Layer]) -> Bool {
        guard let next = layers.first(where: { sizes[$0.weight] == nil }) else { return false }
        var found = sizing?.weight == next.weight ? sizing?.sizing : nil
        if found == nil { found = maker.made[next.weight].map { LayerSizing([$0]) } }
        guard var current = found else {
            sizes[next.weight] = 0
            return true
        }
        if current.step() {
            sizing = (next.weight, current)
        } else {
            sizes[next.weight] = current.byteCount
            sizing = nil
        }
        return true
    }

    func byteCount(of layers: [Layer]) -> Int { layers.reduce(0) { $0 + sizes[$1.weight, default: 0] } }
}
