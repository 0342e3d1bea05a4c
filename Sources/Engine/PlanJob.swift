import Compression
import Foundation
import Networks
import Reports

/// The way from one plan to its numbers: sort, compress (the layer in focus first), measure batch by batch, look through the lens.
final class PlanJob: LaneJob {
    enum Phase {
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
    let sources: Set = [WatchedFiles.Role.weights, .examples]
    let request: LiveEngine.Request
    let base: EngineBase
    unowned let worker: EngineWorker
    var phase = Phase.resolve
    /// The layers, the one in focus first.
    private let order: [Layer]
    var resolved: ResolvedPlan?
    private var rules: [String: PruningRule] = [:]
    var versions: [String: UInt64] = [:]
    var made: [String: CompressedLayer] = [:]
    /// What to measure once every layer is made, and the edits of its graph are known.
    var applied: Applied?
    /// What the layers were made by that training did not leave.
    private var recipes: [String: LayerStates.Recipe] = [:]
    /// Layers of shared values whose distance from the optimum is not found yet, the first one last.
    private var distant: [Layer] = []
    var tally: PairedTally?
    /// What measures the plan: another evaluator than the original's where activations are quantized.
    var planned: Evaluator?
    var lastPublished = Date.distantPast
    var lastLogits = Date.distantPast
    var lastTimeLeft = Date.distantPast
    /// When the first batch was measured, and how many were measured before.
    var began: (time: Date, runs: Int)?

    /// How long a step goes on with small layers.
    private static let span = Duration.milliseconds(4)

    init(request: LiveEngine.Request, base: EngineBase, worker: EngineWorker) {
        self.request = request
        self.base = base
        self.worker = worker
        let focus = request.focus.flatMap(base.place)
        order = focus.map { place in [base.layers[place]] + base.layers[..<place] + base.layers[(place + 1)...] } ?? base.layers
    }

    var generation: UInt64 { request.generation }
    var isStale: Bool { worker.wishes.isStale(generation) }

    func step() -> Bool {
        if isStale { return false }
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
            resolved = try request.plan.resolved(for: base.layers)
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
        } while done < order.count && ContinuousClock.now < end && !isStale
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
        if let kept = base.kept(layer, plan: plan, isTraining: worker.isTraining) {
            return adopt(kept, version: base.version(ofKept: layer.weight))
        }
        let recipe = LayerStates.Recipe(plan: plan.ofParameters, rule: rules[layer.weight] ?? .none)
        recipes[layer.weight] = recipe
        if let known = base.states.state(of: layer.weight, recipe: recipe) {
            return adopt(known.layer, version: known.version)
        }
        if let start = base.states.warmStart(of: layer.weight, for: plan),
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
        let summaries = base.layers.compactMap { made[$0.weight]?.summary }
        let bytes = NetworkBytes(of: base.network, from: worker.network, layers: base.layers, summaries: summaries)
        worker.mailbox.post(.network(bytes, sparsity: summaries.sparsity, generation: generation))
    }
}

extension PlanJob {
    /// How far shared values are from the optimum is found last: nothing else waits for it.
    func measureDistances() -> Bool {
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
        guard let found else { return !isStale }
        state.summary = found
        base.states.amend(state, recipe: recipe)
        return adopt(state, version: version)
    }

    private func settle() -> Bool {
        let applied = self.applied ?? apply(GraphEdits())
        if worker.graph.answer(of: applied.graph) != .none, applied.layers.count == base.layers.count {
            worker.add(EncodeJob(applied: applied, plan: resolved, base: base, generation: generation, worker: worker))
        }
        worker.mailbox.post(.settled(generation: generation))
        worker.wishes.settle(generation)
        return false
    }
}
