import Compression
import Foundation
import Kernels
import Networks
import Reports

/// The way from one plan to its numbers: sort, compress (the layer in focus first), measure batch by batch, look through the lens.
final class PlanJob: LaneJob {
    private enum Phase {
        case resolve
        /// How many layers of ``order`` are done.
        case sort(Int)
        case compress(Int)
        case calibrate
        case measure(batch: Int)
        case look
        case distance
    }

    let urgency = Urgency.key
    private let request: LiveEngine.Request
    private let base: EngineBase
    private unowned let worker: EngineWorker
    private var phase = Phase.resolve
    /// The layers, the one in focus first.
    private let order: [Layer]
    private var resolved: ResolvedPlan?
    private var rules: [String: PruningRule] = [:]
    private var versions: [String: UInt64] = [:]
    private var made: [String: CompressedLayer] = [:]
    /// What to measure once every layer is made, and the edits of its graph are known.
    private var applied: Applied?
    /// What the layers were made by that training did not leave.
    private var recipes: [String: LayerStates.Recipe] = [:]
    /// Layers of shared values whose distance from the optimum is not found yet, the first one last.
    private var distant: [Layer] = []
    private var tally: PairedTally?
    /// What measures the plan: another evaluator than the original's where activations are quantized.
    private var planned: Evaluator?
    private var lastPublished = Date.distantPast
    private var lastLogits = Date.distantPast
    private var lastTimeLeft = Date.distantPast
    /// When the first batch was measured, and how many were measured before.
    private var began: (time: Date, runs: Int)?

    /// How long a step goes on with small layers.
    private static let span = Duration.milliseconds(4)
    /// Seconds between two accuracies, and between two tables of logits, while measuring.
    private static let accuracyPause = 0.04
    private static let logitsPause = 0.25

    init(request: LiveEngine.Request, base: EngineBase, worker: EngineWorker) {
        self.request = request
        self.base = base
        self.worker = worker
        let focus = request.focus.flatMap(worker.place)
        order = focus.map { place in [worker.layers[place]] + worker.layers[..<place] + worker.layers[(place + 1)...] } ?? worker.layers
    }

    private var generation: UInt64 { request.generation }

    func step() -> Bool {
        if worker.wishes.isStale(generation) { return false }
        switch phase {
        case .resolve: return resolve()
        case .sort(let done): return sort(done)
        case .compress(let done): return compress(done)
        case .calibrate: return calibrate()
        case .measure(let batch): return measure(batch)
        case .look: return look()
        case .distance: return distance()
        }
    }

    private func resolve() -> Bool {
        do {
            resolved = try request.plan.resolved(for: worker.layers)
        } catch {
            worker.fail(.plan("\(error)"), generation: generation)
            return measureDistances()
        }
        phase = .sort(0)
        return true
    }

    private func sort(_ done: Int) -> Bool {
        guard done < order.count else {
            rules = resolved?.pruningRules(distributions: base.distributions, bases: base.ratioBases) ?? [:]
            phase = .compress(0)
            return true
        }
        phase = .sort(forLayers(from: done) { layer in _ = worker.distribution(of: layer, in: base, generation: generation) })
        return true
    }

    /// Goes on with one layer, and with small ones after it for as long as a step may take; how many are done then.
    private func forLayers(from start: Int, _ body: (Layer) -> Void) -> Int {
        let end = ContinuousClock.now + Self.span
        var done = start
        repeat {
            body(order[done])
            done += 1
        } while done < order.count && ContinuousClock.now < end && !worker.wishes.isStale(generation)
        return done
    }

    private func compress(_ done: Int) -> Bool {
        guard done < order.count else {
            publishNetwork()
            phase = .calibrate
            return true
        }
        phase = .compress(
            forLayers(from: done) { layer in
                guard let plan = resolved.map({ $0[layer.weight] }),
                    let distribution = worker.distribution(of: layer, in: base, generation: generation)
                else { return }
                _ = make(layer, plan: plan, distribution: distribution)
            })
        return true
    }

    /// Makes one layer; false when a newer plan came meanwhile.
    private func make(_ layer: Layer, plan: LayerPlan, distribution: WeightDistribution) -> Bool {
        if let kept = base.kept(layer, plan: plan, isTraining: worker.training != nil) {
            return adopt(kept, version: base.version(ofKept: layer.weight))
        }
        let recipe = LayerStates.Recipe(plan: plan.ofParameters, rule: rules[layer.weight] ?? .none)
        recipes[layer.weight] = recipe
        if let known = base.states.state(of: layer.weight, recipe: recipe) {
            return adopt(known.layer, version: known.version)
        }
        if case .shared(let sharing) = plan.weights, sharing.method == .lloyd, sharing.span == nil,
            let start = base.states.warmStart(of: layer.weight, bits: sharing.bits),
            let quick = run(layer, recipe: recipe, distribution: distribution, warmStart: start)
        {
            // A few steps from the last centroids, shown while the finger is on the key; the state itself never depends on the way to it.
            worker.mailbox.post(.layer(quick, generation: generation))
        }
        guard let layer = run(layer, recipe: recipe, distribution: distribution, warmStart: nil) else { return false }
        return adopt(layer, version: base.states.keep(layer, recipe: recipe))
    }

    /// Makes the state that a recipe describes; nil when a newer plan came meanwhile, or when it can't be made, which is published.
    private func run(
        _ layer: Layer, recipe: LayerStates.Recipe, distribution: WeightDistribution, warmStart: [Double]?
    ) -> CompressedLayer? {
        guard let weights = base.values(layer.weight) else { return nil }
        do {
            return try LayerCompressor.compress(
                layer: layer, weights: weights, bias: layer.bias.flatMap(base.values),
                distribution: distribution, plan: recipe.plan, rule: recipe.rule, given: base.given(layer, distribution),
                deviation: base.deviation(of: layer), warmStart: warmStart, findsOptimum: false,
                isCancelled: { [wishes = worker.wishes, generation] in wishes.isStale(generation) })
        } catch {
            worker.fail(.plan("\(layer.name): \(error)"), generation: generation)
            return nil
        }
    }

    private func adopt(_ layer: CompressedLayer, version: UInt64) -> Bool {
        versions[layer.layer.weight] = version
        made[layer.layer.weight] = layer
        worker.mailbox.post(.layer(layer, generation: generation))
        return true
    }

    private func publishNetwork() {
        let summaries = worker.layers.compactMap { made[$0.weight]?.summary }
        let bytes = NetworkBytes(of: worker.network, layers: worker.layers, summaries: summaries)
        worker.mailbox.post(.network(bytes, sparsity: summaries.sparsity, generation: generation))
    }
}

extension PlanJob {
    /// What the plan makes of the base. Cost: O(layers).
    private func apply(_ edits: GraphEdits) -> Applied {
        let places = worker.layers.map(\.weight)
        let numbers = zip(places, base.versions.layers).map { versions[$0] ?? $1 }
        return Applied(
            base: base.network, layers: places.compactMap { made[$0] }, plan: request.plan, edits: edits,
            versions: Applied.Versions(layers: numbers, others: base.versions.others))
    }

    /// Finds the clips of quantized activations, step by step, and what measures with them.
    private func calibrate() -> Bool {
        guard request.isAccuracyWanted, let evaluator = worker.readyEvaluator(generation: generation), let resolved else {
            return measureDistances()
        }
        do throws(KernelError) {
            guard let edits = try worker.advanceEdits(resolved, base: base, evaluator: evaluator) else { return true }
            applied = apply(edits)
            planned = try worker.evaluator(for: edits, besides: evaluator)
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
        tally = PairedTally(classCount: evaluator.classCount)
        phase = .measure(batch: 0)
        return true
    }

    /// Whether the plan's network is the original, so that its scores are known.
    private var isOriginal: Bool { worker.options.reference == nil && applied?.isOriginal ?? false }

    /// One batch with the original where that is still missing, else one with the plan.
    private func measure(_ batch: Int) -> Bool {
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
        let report = tally.report(
            kind: evaluator.dataset.kind, split: evaluator.dataset.split, count: evaluator.order.count,
            originalEvaluated: evaluator.originalEvaluated,
            originalRight: evaluator.originalRight, seed: evaluator.seed)
        if isLast, let applied { worker.exact = (applied.identity, report, table(evaluator)) }
        worker.mailbox.post(.accuracy(report, generation: generation))
        if worker.options.publishesDistributions, isLast || now.timeIntervalSince(lastLogits) >= Self.logitsPause {
            lastLogits = now
            worker.mailbox.post(.logits(table(evaluator), generation: generation))
        }
    }

    /// The logits of the examples measured so far.
    private func table(_ evaluator: Evaluator) -> LogitsTable {
        let measured = isOriginal ? nil : planned
        return LogitsTable(
            classCount: evaluator.classCount, original: evaluator.original.logits,
            current: measured?.current.logits ?? evaluator.original.logits,
            evaluated: Array(evaluator.order[..<(tally?.evaluated ?? 0)]))
    }

    private func look() -> Bool {
        guard let table = worker.exact?.table else { return measureDistances() }
        if worker.options.publishesDistributions { worker.mailbox.post(.logits(table, generation: generation)) }
        worker.mailbox.post(.lens(table.summary(temperature: request.plan.temperature), generation: generation))
        return measureDistances()
    }

    /// How far shared values are from the optimum is found last: nothing else waits for it.
    private func measureDistances() -> Bool {
        distant = order.reversed().filter { recipes[$0.weight] != nil && made[$0.weight]?.summary.isDistanceOpen ?? false }
        phase = .distance
        return true
    }

    private func distance() -> Bool {
        guard let layer = distant.popLast() else { return settle() }
        guard var state = made[layer.weight], let version = versions[layer.weight], let recipe = recipes[layer.weight],
            let distribution = base.distributions[layer.weight]
        else { return true }
        let found = LayerCompressor.measuringDistance(
            state.summary, distribution: distribution, rule: recipe.rule,
            isCancelled: { [wishes = worker.wishes, generation] in wishes.isStale(generation) })
        guard let found else { return !worker.wishes.isStale(generation) }
        state.summary = found
        base.states.amend(state, recipe: recipe)
        return adopt(state, version: version)
    }

    private func settle() -> Bool {
        if worker.sizesFiles {
            worker.encode(apply(GraphEdits()), under: resolved, base: base, generation: generation)
        }
        worker.mailbox.post(.settled(generation: generation))
        worker.wishes.settle(generation)
        return false
    }
}
