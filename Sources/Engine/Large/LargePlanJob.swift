import Compression
import Networks
import Reports
import Tensors

/// The way from a plan to its numbers for a network without a graph that is too large to be kept sorted: layer by layer, nearest to the selected one
/// first, each read in short steps, made, counted and let go.
final class LargePlanJob: LaneJob {
    let urgency = Urgency.key
    let sources: Set = [WatchedFiles.Role.weights]
    private let request: LiveEngine.Request
    private let large: LargeLayers
    private unowned let worker: EngineWorker
    private var resolved: ResolvedPlan?
    /// Layers that are not made yet, by their places.
    private var open: [Int]
    /// Layers whose pruning depends on all others.
    private var ranked: [Int] = []
    private var rules: [String: PruningRule]?
    private var focus: Int?
    /// The selected layer that was read already: where others take its room, it waits for them.
    private var looked: Int?
    private var made: [String: LayerSummary] = [:]

    /// Weights of a layer that is made in memory; larger ones are estimated from their distribution.
    private static let largestMade = 1 << 25

    init(request: LiveEngine.Request, large: LargeLayers, worker: EngineWorker) {
        self.request = request
        self.large = large
        self.worker = worker
        open = Array(worker.layers.indices)
    }

    private var generation: UInt64 { request.generation }

    var isStale: Bool { worker.wishes.isStale(generation) }

    func step() -> Bool {
        if isStale { return false }
        guard let resolved else { return resolve() }
        refocus()
        if let focus = unreadFocus { return read(focus) }
        if let next = open.last { return go(next, resolved) }
        if !ranked.isEmpty { return rank(resolved) }
        return settle()
    }

    /// The selected layer, as long as it is to be read: first of all, and once more at the end where others took its room meanwhile.
    private var unreadFocus: Int? {
        guard let focus, !worker.isUnreadable(worker.layers[focus].weight) else { return nil }
        // Asking counts as a use, so that others give way before it.
        if large.counted(worker.layers[focus].weight) != nil {
            looked = focus
            return nil
        }
        return looked != focus || open.isEmpty && ranked.isEmpty ? focus : nil
    }

    private func resolve() -> Bool {
        do {
            resolved = try request.plan.resolved(for: worker.layers)
        } catch {
            worker.fail(.plan("\(error)"), generation: generation)
            return settle()
        }
        return true
    }

    /// Puts the layers nearest to the selected one last, from where they are taken.
    private func refocus() {
        let place = worker.wishes.focus.flatMap { weight in worker.place(of: weight) }
        guard place != focus || focus == nil else { return }
        focus = place ?? focus ?? 0
        let centre = focus ?? 0
        open.sort { abs($0 - centre) > abs($1 - centre) }
    }

    /// Does the next piece of work for a layer.
    private func go(_ place: Int, _ resolved: ResolvedPlan) -> Bool {
        let layer = worker.layers[place]
        let plan = resolved[layer.weight]
        if worker.isUnreadable(layer.weight) { return drop(place) }
        guard let known = large.distribution(layer.weight) else { return read(place) }
        if plan.isRankedWithOthers, plan.pruning.amount > 0, rules == nil {
            ranked.append(place)
            return drop(place)
        }
        let rule = rules?[layer.weight] ?? PruningRule(plan, known)
        let recipe = LayerStates.Recipe(plan: plan.ofParameters, rule: rule)
        if let summary = large.summary(of: layer.weight, recipe: recipe) { return publish(summary, layer, place) }
        if LayerEstimator.leavesWeights(plan) { return finish(layer, place, recipe, estimate(layer, known, plan, rule)) }
        guard let counted = large.counted(layer.weight) else { return read(place) }
        return make(layer, place, counted, recipe)
    }

    private func read(_ place: Int) -> Bool {
        worker.read(worker.layers[place].weight, in: large, generation: generation)
        if large.shouldKeep { worker.keepDistributions(of: large) }
        return true
    }

    private func make(_ layer: Layer, _ place: Int, _ counted: WeightDistribution, _ recipe: LayerStates.Recipe) -> Bool {
        // Of all values, so that an exact level is exact.
        let ranked = rules?[layer.weight]?.settled(recipe.plan, in: counted)
        let rule = ranked ?? PruningRule(recipe.plan, counted)
        guard layer.count <= Self.largestMade else {
            guard let summary = estimate(layer, counted, recipe.plan, rule) else {
                if worker.wishes.isStale(generation) { return false }
                worker.fail(
                    .tooLarge(parameter: layer.weight, representation: recipe.plan.pattern?.rawValue ?? recipe.plan.weights.name),
                    generation: generation)
                return drop(place)
            }
            return finish(layer, place, recipe, summary)
        }
        guard let weights = worker.network.parameters[layer.weight]?.values else { return drop(place) }
        do {
            let made = try LayerCompressor.compress(
                layer: layer, weights: weights, bias: nil, distribution: counted, plan: recipe.plan, rule: rule,
                given: given(counted, weights), findsOptimum: false,
                isCancelled: { [wishes = worker.wishes, generation] in wishes.isStale(generation) })
            guard let made else { return false }
            return finish(layer, place, recipe, made.summary)
        } catch {
            worker.fail(.plan("\(layer.name): \(error)"), generation: generation)
            return drop(place)
        }
    }

    /// What the layer came with; where it has many values there is nothing to look for.
    private func given(_ counted: WeightDistribution, _ weights: Tensor) -> GivenStructure {
        let hasFew = counted.resolution == .exact && counted.distinctCount(limit: GivenStructure.maximumValues + 1) != nil
        guard !hasFew else { return GivenStructure.detect(weights: weights, distribution: counted) }
        var given = GivenStructure(zeros: counted.givenZeros, count: counted.count, values: [], grid: nil)
        given.format = StoredWeights.FloatFormat(weights.elementType)
        return given
    }

    private func format(of layer: Layer) -> StoredWeights.FloatFormat {
        worker.network.parameters[layer.weight].map { StoredWeights.FloatFormat($0.values.elementType) } ?? .float32
    }

    private func estimate(_ layer: Layer, _ known: WeightDistribution, _ plan: LayerPlan, _ rule: PruningRule) -> LayerSummary? {
        LayerEstimator.summary(
            of: layer, distribution: known, format: format(of: layer), plan: plan, rule: rule,
            isCancelled: { [wishes = worker.wishes, generation] in wishes.isStale(generation) })
    }

    private func finish(_ layer: Layer, _ place: Int, _ recipe: LayerStates.Recipe, _ summary: LayerSummary?) -> Bool {
        guard let summary else { return drop(place) }
        large.keep(summary, of: layer.weight, recipe: recipe)
        return publish(summary, layer, place)
    }

    private func publish(_ summary: LayerSummary, _ layer: Layer, _ place: Int) -> Bool {
        made[layer.weight] = summary
        let layer = CompressedLayer(
            layer: layer, weights: Tensor(shape: [0], floats: []), form: .floats(.float32), bias: nil, summary: summary)
        worker.mailbox.post(.layer(layer, generation: generation))
        return drop(place)
    }

    private func drop(_ place: Int) -> Bool {
        if open.last == place { open.removeLast() } else { open.removeAll { $0 == place } }
        return true
    }

    /// Once every layer was read: the thresholds of layers that are ranked together. Counts are taken as they come out.
    private func rank(_ resolved: ResolvedPlan) -> Bool {
        rules = resolved.pruningRules(distributions: large.all).mapValues { rule in
            if case .zeros(_, let threshold) = rule { .threshold(threshold) } else { rule }
        }.filter { resolved[$0.key].isRankedWithOthers }
        open = ranked
        ranked = []
        return true
    }

    private func settle() -> Bool {
        let summaries = worker.layers.compactMap { made[$0.weight] }
        if summaries.count == worker.layers.count {
            let bytes = NetworkBytes(of: worker.network, layers: worker.layers, summaries: summaries)
            worker.mailbox.post(.network(bytes, sparsity: summaries.sparsity, generation: generation))
        }
        if large.newlyRead > 0 { worker.keepDistributions(of: large) }
        worker.fail(.weightsOnly, generation: generation)
        worker.mailbox.post(.settled(generation: generation))
        worker.wishes.settle(generation)
        return false
    }
}

/// Reads one layer that was selected after everything was made.
final class LargeReadJob: LaneJob {
    let urgency = Urgency.key
    let sources: Set = [WatchedFiles.Role.weights]
    private let weight: String
    private let large: LargeLayers
    private unowned let worker: EngineWorker

    init(_ weight: String, large: LargeLayers, worker: EngineWorker) {
        self.weight = weight
        self.large = large
        self.worker = worker
    }

    var isStale: Bool { worker.wishes.focus != weight }

    func step() -> Bool {
        guard !isStale, large.counted(weight) == nil, !worker.isUnreadable(weight) else { return false }
        worker.read(weight, in: large, generation: worker.wishes.newest?.generation ?? 0)
        return true
    }
}
