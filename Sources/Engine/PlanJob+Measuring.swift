import Compression
import Foundation
import Kernels
import Reports

/// What a plan's layers do to the examples, batch by batch.
extension PlanJob {
    /// Seconds between two accuracies, and between two tables of logits, while measuring.
    private static let accuracyPause = 0.04
    private static let logitsPause = 0.25

    /// Finds the clips of quantized activations, step by step, and what measures with them.
    func calibrate() -> Bool {
        guard request.isAccuracyWanted, let evaluator = worker.readyEvaluator(generation: generation), let resolved = maker.resolved
        else { return measureDistances() }
        do throws(KernelError) {
            guard let edits = try worker.advanceEdits(resolved, base: base, evaluator: evaluator) else { return true }
            let applied = maker.applied(edits)
            self.applied = applied
            planned = try worker.materials.evaluator(for: applied, besides: evaluator)
        } catch {
            worker.fail(EngineFailure(error), generation: generation)
            return measureDistances()
        }
        return begin(evaluator)
    }

    private func begin(_ evaluator: Evaluator) -> Bool {
        if let exact = worker.exact, exact.identity == applied?.identity {
            worker.mailbox.post(.accuracy(exact.report, generation: generation))
            phase = .look
            return true
        }
        tally = worker.emptyTally(of: evaluator)
        phase = .measure(batch: 0)
        return true
    }

    /// Whether the plan's network is the original, so that its scores are known.
    private var isOriginal: Bool { worker.options.reference == nil && applied?.isOriginal ?? false }

    /// One batch with the original where that is still missing, else one with the plan.
    func measure(_ batch: Int) -> Bool {
        guard let evaluator = worker.readyEvaluator(generation: generation), let planned, let applied, tally != nil
        else { return measureDistances() }
        do {
            if evaluator.originalBatches <= batch {
                if try evaluator.measureNextOriginalBatch() { sayTimeLeft(evaluator, done: batch, doneOfOriginal: batch + 1) }
                return true
            }
            if !isOriginal {
                let isDone = try planned.measure(batch: batch, of: applied, against: evaluator.labels)
                if !isDone { return true }
            }
            count(batch, evaluator: evaluator, planned: planned)
        } catch {
            worker.fail(EngineFailure(error), generation: generation)
            return measureDistances()
        }
        let isLast = batch + 1 == evaluator.batchCount
        sayTimeLeft(evaluator, done: batch + 1, doneOfOriginal: evaluator.originalBatches)
        publish(evaluator, isLast: isLast)
        phase = isLast ? .look : .measure(batch: batch + 1)
        return true
    }

    /// Says how long the rest takes, by what the batches took until now; runs of original and plan count alike.
    private func sayTimeLeft(_ evaluator: Evaluator, done: Int, doneOfOriginal: Int) {
        let now = Date()
        guard let began else {
            began = (now, done + doneOfOriginal)
            return
        }
        let runs = done + doneOfOriginal - began.runs
        guard runs > 0, now.timeIntervalSince(lastTimeLeft) >= Self.logitsPause else { return }
        lastTimeLeft = now
        let left = evaluator.batchCount - done + (evaluator.batchCount - doneOfOriginal)
        let seconds = now.timeIntervalSince(began.time) / Double(runs) * Double(left)
        worker.mailbox.post(.timeLeft(seconds: seconds, generation: generation))
    }

    private func count(_ batch: Int, evaluator: Evaluator, planned: Evaluator) {
        let examples = evaluator.examples(of: batch)
        tally?.add(
            examples, original: evaluator.original, current: isOriginal ? evaluator.original : planned.current,
            labels: evaluator.labels)
    }

    private func publish(_ evaluator: Evaluator, isLast: Bool) {
        let now = Date()
        guard let tally, isLast || now.timeIntervalSince(lastPublished) >= Self.accuracyPause else { return }
        lastPublished = now
        var report = tally.report(
            kind: evaluator.dataset.kind, split: evaluator.dataset.split, count: evaluator.order.count,
            originalEvaluated: evaluator.originalEvaluated,
            originalRight: evaluator.originalRight, originalFigure: evaluator.originalFigure, seed: evaluator.seed)
        report.arithmetic = isOriginal ? nil : planned?.integerLayers
        if isLast, let applied { worker.exact = (applied.identity, report, table(evaluator)) }
        worker.mailbox.post(.accuracy(report, generation: generation))
        // What is no list of classes has no table of logits.
        guard evaluator.shapeWithoutClasses == nil else { return }
        if worker.options.publishesDistributions, isLast || now.timeIntervalSince(lastLogits) >= Self.logitsPause {
            lastLogits = now
            worker.mailbox.post(.logits(table(evaluator), generation: generation))
        }
    }

    /// The logits of the examples measured so far.
    private func table(_ evaluator: Evaluator) -> LogitsTable {
        let measured = isOriginal ? nil : planned
        guard evaluator.shapeWithoutClasses == nil else { return LogitsTable(classCount: 0, original: [], current: [], evaluated: []) }
        return LogitsTable(
            classCount: evaluator.classCount, original: evaluator.original.logits,
            current: measured?.current.logits ?? evaluator.original.logits,
            evaluated: Array(evaluator.order[..<(tally?.evaluated ?? 0)]))
    }

    func look() -> Bool {
        guard let table = worker.exact?.table, table.classCount > 0 else { return measureDistances() }
        if worker.options.publishesDistributions { worker.mailbox.post(.logits(table, generation: generation)) }
        worker.mailbox.post(.lens(table.summary(temperature: request.plan.temperature), generation: generation))
        return measureDistances()
    }
}
