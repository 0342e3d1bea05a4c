import Compression
import Networks
import Sessions

/// The trained state that the plan starts from.
extension Explorer {
    /// What training left of a layer, or of the layer of a factor, while its plan is one that it fits.
    func keptLayer(_ layer: Layer) -> TrainedState.Layer? {
        let plan = resolvedPlan[layer.whole]
        guard let kept = base?.layers[layer.whole], kept.fits(plan, isTraining: isTraining) else { return nil }
        return kept
    }

    /// Which weights of a layer are zero as the knobs stand: kept by training, or found by search.
    func ruleInForce(of layer: Layer) -> PruningRule {
        if plan(of: layer).bypass { return .none }
        guard let summary = keptSummary(of: layer) else { return rule(of: layer) }
        if let pattern = summary.plan.pattern { return .pattern(PatternRule(pattern, blocks: nil)) }
        guard summary.threshold > 0 else { return .none }
        // Zeros that a representation makes are not those of pruning alone.
        return summary.plan.weights.form.makesZeros
            ? .threshold(summary.threshold) : .zeros(summary.zeros, threshold: summary.threshold)
    }

    /// Starts from a state that is at hand, without history: everything that was measured is of an older generation then.
    mutating func setBase(_ state: TrainedState) {
        desk.keep(state)
        goTo(state: state.id)
    }

    /// Goes to the state of an entry of the history; one that is not at hand is asked for.
    mutating func goTo(state id: String?) {
        moving { $0.go(to: id) }
        followMove()
        followPlan()
    }

    /// Runs what may bring another graph: the selection stays on its layer where there is one of that name, and what was found of layers of
    /// other shapes is forgotten.
    mutating func moving<Result>(_ body: (inout PlanDesk) -> Result) -> Result {
        let (weight, before) = (selectedWhole?.weight, base)
        let result = body(&desk)
        guard before?.graph != base?.graph else { return result }
        selection = layers.firstIndex { $0.weight == weight } ?? 0
        findings.keep(layers)
        refreshTiming()
        return result
    }

    /// Asks for a state that was gone to and is not at hand, and forgets those that nothing goes back to.
    mutating func followMove() {
        if let id = awaitedState { emit(.loadState(id)) }
        desk.forgetStates(but: trainings.states)
    }

    /// Shows what is known of the plan in force at once, and has the rest computed.
    mutating func followPlan() {
        guard awaitedState == nil else { return }
        restoreKeptLayers()
        emitPlan()
    }

    /// Shows what training left of the layers without waiting for the engine.
    mutating func restoreKeptLayers() {
        if base == nil { return }
        for layer in layers where !isFresh(layer) {
            if let kept = keptLayer(layer) { findings.take(.layer(kept.compressed, generation: generation)) }
        }
    }

    mutating func takeLoaded(_ state: TrainedState) {
        desk.keep(state)
        if awaitedState == state.id { goTo(state: state.id) }
    }

    mutating func takeMissing(_ id: String, _ reason: String) {
        guard awaitedState == id else { return }
        desk.stopWaiting()
        followPlan()
        say("the trained state can't be read, so the numbers are of \(stateText): \(reason)", .error)
    }

    /// A command's new state: one entry of the history.
    mutating func takeMade(_ state: TrainedState, _ label: String) {
        guard !isTraining else { return say("\(label) came while it trains and was dropped; try again when it is over", .warning) }
        desk.keep(state)
        emit(.saveState(state, training?.progress))
        let kind = ChangeKind(key: "training", isStep: false, time: around.lastTime) { _ in label }
        change(to: desk.plan(for: state), kind, state: PlanChange.StateChange(before: base?.id, after: state.id))
        say("\(label); u takes it back", .success)
    }

    /// Writes a change of the state to the history, as an entry of its own.
    mutating func recordMove(_ move: PlanChange.StateChange, label: String) {
        if let record = desk.record(move, label: label, time: around.now) { emit(record) }
    }

    /// Whose numbers these are: `as opened`, `trained 5 epochs`.
    var stateText: String {
        if awaitedState != nil { return "a state that is being read" }
        guard let base else { return "as opened" }
        let thinned = isThinned ? " \(glyphs.dot) thinned" : ""
        guard base.recipe != nil || base.epochs > 0 else { return isThinned ? "thinned" : "adjusted" }
        return "trained \(base.epochs) epoch\(base.epochs == 1 ? "" : "s")\(thinned)"
    }

    /// Whether the state has fewer filters than the network as it was opened.
    var isThinned: Bool { desk.graph.isThinned }
}
