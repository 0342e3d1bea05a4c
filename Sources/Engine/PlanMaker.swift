import Compression
import Networks

/// Makes the layers of a plan on a base, in short steps: resolve, sort, compress; layers that were made before are taken as they are. Owned by the lane.
final class PlanMaker {
    enum Phase {
        case resolve
        /// How many layers of ``order`` are done.
        case sort(Int)
        /// How many layers of ``order`` are shown as they are without what needs examples.
        case preview(Int)
        /// The outputs of layers whose factors are nearest to them, and the inputs of those that are fitted to them.
        case gather
        case compress(Int)
        case end
    }

    let plan: CompressionPlan
    let base: EngineBase
    /// The layers, the one in focus first.
    let order: [Layer]
    var resolved: ResolvedPlan?
    private(set) var made: [String: CompressedLayer] = [:]
    /// What the layers were made by that training did not leave.
    private(set) var recipes: [String: LayerStates.Recipe] = [:]
    private var rules: [String: PruningRule] = [:]
    private(set) var versions: [String: UInt64] = [:]
    var phase = Phase.resolve
    unowned let worker: EngineWorker
    /// What layers are kept in that were made.
    let states: LayerStates
    /// What is taken from it as it is: layers by the same recipes.
    private let other: PlanMaker?
    /// Of the request, for failures.
    let generation: UInt64
    let isCancelled: () -> Bool
    private let show: (CompressedLayer) -> Void

    /// How long a step goes on with small layers.
    private static let span = Duration.milliseconds(4)

    /// - Parameters:
    ///   - focus: The weight of the layer that is made first.
    ///   - other: One that has ended, on the same base; what differs from it is made in states of its own, so that those of plans that were in force stay.
    ///   - isCancelled: Asked within and between layers.
    ///   - show: Called with each layer as it is made, and with first answers.
    init(
        _ plan: CompressionPlan, on base: EngineBase, focus: String? = nil, generation: UInt64, worker: EngineWorker,
        unlike other: PlanMaker? = nil, isCancelled: @escaping () -> Bool = { false }, show: @escaping (CompressedLayer) -> Void = { _ in }
    ) {
        (self.plan, self.base, self.generation, self.worker) = (plan, base, generation, worker)
        (self.isCancelled, self.show, self.other) = (isCancelled, show, other)
        states = other == nil ? base.states : base.states.beside()
        // Layers that follow others are made after them.
        let focus = plan.followsOthers ? nil : focus.flatMap(base.place)
        order = focus.map { place in [base.layers[place]] + base.layers[..<place] + base.layers[(place + 1)...] } ?? base.layers
    }

    /// Does a short piece of work; false when there is nothing more to do. A plan that does not fit is published, and nothing is made.
    func step() -> Bool {
        switch phase {
        case .resolve: resolve()
        case .sort(let done): sort(done)
        case .preview(let done): preview(done)
        case .gather: gather()
        case .compress(let done): compress(done)
        case .end: return false
        }
        if case .end = phase { return false }
        return true
    }

    private func resolve() {
        do {
            resolved = try plan.resolved(for: base.layers)
            phase = .sort(0)
        } catch {
            worker.fail(.plan("\(error)"), generation: generation)
            phase = .end
        }
    }

    private func sort(_ done: Int) {
        guard done < order.count else {
            rules = resolved?.pruningRules(distributions: base.distributions, bases: base.ratioBases) ?? [:]
            return phase = .preview(0)
        }
        phase = .sort(forLayers(from: done) { layer in _ = worker.distribution(of: layer, in: base, generation: generation) })
    }

    /// Layers that are fitted to their inputs are shown first as they are without.
    private func preview(_ done: Int) {
        guard done < order.count else { return phase = .gather }
        phase = .preview(
            forLayers(from: done) { layer in
                guard needsInputs(layer) || resolved?[layer.weight].followsOthers ?? false,
                    var recipe = resolved.map({ self.recipe(layer, $0[layer.weight]) }),
                    let distribution = worker.distribution(of: layer, in: base, generation: generation)
                else { return }
                recipe.plan = recipe.plan.withoutFit
                let known = base.states.state(of: layer.weight, recipe: recipe)?.layer
                if let quick = known ?? run(layer, recipe: recipe, distribution: distribution, warmStart: nil) { show(quick) }
            })
    }

    /// A layer that was made by this recipe before.
    func known(_ layer: Layer, _ recipe: LayerStates.Recipe) -> (layer: CompressedLayer, version: UInt64)? {
        if let other, other.recipes[layer.weight] == recipe, let made = other.made[layer.weight],
            let version = other.versions[layer.weight]
        {
            return (made, version)
        }
        return states.state(of: layer.weight, recipe: recipe) ?? base.fitted.state(of: layer.weight, recipe: recipe)
    }

    func recipe(_ layer: Layer, _ plan: LayerPlan) -> LayerStates.Recipe {
        LayerStates.Recipe(
            plan: plan.ofParameters, rule: rules[layer.weight] ?? .none, before: plan.followsOthers ? versionsBefore(layer) : [])
    }

    /// Goes on with one layer, and with small ones after it for as long as a step may take; how many are done then.
    private func forLayers(from start: Int, _ body: (Layer) -> Void) -> Int {
        let end = ContinuousClock.now + Self.span
        var done = start
        repeat {
            body(order[done])
            done += 1
        } while done < order.count && !plan.followsOthers && ContinuousClock.now < end && !isCancelled()
        return done
    }

    private func compress(_ done: Int) {
        guard done < order.count else { return phase = .end }
        if let plan = resolved?[order[done].weight], plan.followsOthers, follow(order[done], plan) { return }
        let count = forLayers(from: done) { layer in
            guard let plan = resolved.map({ $0[layer.weight] }),
                let distribution = worker.distribution(of: layer, in: base, generation: generation)
            else { return }
            make(layer, plan: plan, distribution: distribution)
        }
        phase = .compress(count)
    }

    /// Makes one layer, unless it is cancelled meanwhile.
    private func make(_ layer: Layer, plan: LayerPlan, distribution: WeightDistribution) {
        if let kept = base.kept(layer, plan: plan, isTraining: worker.isTraining) {
            return adopt(kept.lookingAtParts(isCancelled: isCancelled), version: base.version(ofKept: layer.weight))
        }
        let recipe = recipe(layer, plan)
        recipes[layer.weight] = recipe
        if let known = known(layer, recipe) { return adopt(known.layer, version: known.version) }
        if other == nil, let start = states.warmStart(of: layer.weight, for: plan),
            let quick = run(layer, recipe: recipe, distribution: distribution, warmStart: start)
        {
            // A few steps from the last centroids, shown while the finger is on the key; the state itself never depends on the way to it.
            show(quick)
        }
        guard let layer = run(layer, recipe: recipe, distribution: distribution, warmStart: nil) else { return }
        let version = states.keep(layer, recipe: recipe)
        if recipe.plan.readsInputs { base.fitted.keep(layer, recipe: recipe, version: version) }
        adopt(layer, version: version)
    }

    /// Makes the state that a recipe describes; nil when it is cancelled, or when it can't be made, which is published.
    private func run(
        _ layer: Layer, recipe: LayerStates.Recipe, distribution: WeightDistribution, warmStart: [Double]?
    ) -> CompressedLayer? {
        guard let weights = base.values(layer.weight) else { return nil }
        do {
            return try LayerCompressor.compress(
                layer: layer, weights: weights, bias: layer.bias.flatMap(base.values),
                distribution: distribution, plan: recipe.plan, rule: recipe.rule, given: base.given(layer, distribution),
                outputs: base.outputs.basis(of: layer.weight), inputs: inputs(of: layer, recipe.plan),
                removal: base.inputs.trace(of: layer.weight), deviation: base.deviation(of: layer), warmStart: warmStart,
                findsOptimum: false, isCancelled: isCancelled)
        } catch {
            worker.fail(.plan("\(error)"), generation: generation)
            return nil
        }
    }

    private func adopt(_ layer: CompressedLayer, version: UInt64) {
        versions[layer.layer.weight] = version
        made[layer.layer.weight] = layer
        show(layer)
    }

    /// Finds how far a layer's values are from the optimum; false when it is cancelled.
    func measureDistance(of layer: Layer) -> Bool {
        guard var state = made[layer.weight], let version = versions[layer.weight], let recipe = recipes[layer.weight],
            let distribution = base.distributions[layer.weight]
        else { return true }
        let found =
            state.parts.isEmpty
            ? LayerCompressor.measuringDistance(
                state.summary, distribution: state.survivors ?? distribution, rule: state.survivors == nil ? recipe.rule : .none,
                isCancelled: isCancelled)
            : state.measuringDistancesOfParts(isCancelled: isCancelled)
        guard let found else { return !isCancelled() }
        state.summary = found
        base.states.amend(state, recipe: recipe)
        adopt(state, version: version)
        return true
    }

    /// Layers that are not as the other maker has them, and the one of this weight.
    func differing(and weight: String) -> [Layer] {
        base.layers.filter { $0.weight == weight || versions[$0.weight] != other?.versions[$0.weight] }
    }

    /// Whether each layer has the very weights and the bias that the other maker gave it. Cost: O(weights of layers that were made anew).
    var changesNothing: Bool {
        base.layers.allSatisfy { layer in
            let (mine, its) = (made[layer.weight], other?.made[layer.weight])
            guard versions[layer.weight] != other?.versions[layer.weight] else { return true }
            guard let mine, let its else { return false }
            guard mine.weights.hasBits(of: its.weights) else { return false }
            guard let bias = mine.bias, let held = its.bias else { return mine.bias == nil && its.bias == nil }
            return bias.hasBits(of: held)
        }
    }

    /// What the plan makes of the base. Cost: O(layers).
    ///
    /// - Parameter asProducts: Whether layers that are factors are evaluated as their product, in the graph of the base.
    func applied(_ edits: GraphEdits, asProducts: Bool = false) -> Applied {
        let places = base.layers.map(\.weight)
        let numbers = zip(places, base.versions.layers).map { versions[$0] ?? $1 }
        let layers = places.compactMap { made[$0] }
        return Applied(
            base: base.network, layers: asProducts ? layers.map(\.asProduct) : layers, plan: plan, edits: edits,
            versions: Applied.Versions(layers: numbers, others: base.versions.others, graph: base.versions.graph))
    }
}
