import Compression
import Networks
import Sessions

/// The trained state that the plan starts from.
extension Explorer {
    /// A trained state by its id, as far as it has been read.
    public func state(_ id: String) -> TrainedState? { states[id] }

    /// What ratios are set on, by weight; empty while the plan starts from the network as opened.
    var ratioBases: [String: RatioBasis] { base?.layers.mapValues(\.ratioBasis) ?? [:] }

    /// What training left of a layer, while its plan is one that it fits.
    func keptLayer(_ layer: Layer) -> TrainedState.Layer? {
        guard let kept = base?.layers[layer.weight], kept.fits(plan(of: layer), isTraining: isTraining) else { return nil }
        return kept
    }

    /// Which weights of a layer are zero as the knobs stand: kept by training, or found by search.
    func ruleInForce(of layer: Layer) -> PruningRule {
        if plan(of: layer).bypass { return .none }
        guard let summary = keptLayer(layer)?.compressed.summary else { return rules[layer.weight] ?? .none }
        guard summary.threshold > 0 else { return .none }
        // Zeros that a representation makes are not those of pruning alone.
        return summary.plan.weights.form.makesZeros
            ? .threshold(summary.threshold) : .zeros(summary.zeros, threshold: summary.threshold)
    }

    /// Starts from another state, without history: everything that was measured is of an older generation then.
    mutating func setBase(_ state: TrainedState?) {
        awaitedState = nil
        if let state { states[state.id] = state }
        base = state
        if state == nil { distributions.merge(originalDistributions) { _, original in original } }
        generation += 1
        for layer in layers { changed[layer.weight] = generation }
        refreshRules()
        restoreKeptLayers()
        emitPlan()
        forgetStates()
    }

    /// Shows what training left of the layers without waiting for the engine.
    mutating func restoreKeptLayers() {
        if base == nil { return }
        for layer in layers where !isFresh(layer) {
            if let kept = keptLayer(layer) { compressed[layer.weight] = Stamped(kept.compressed, generation: generation) }
        }
    }

    /// Goes to the state of an entry of the history; one that is not at hand is asked for.
    mutating func goTo(state id: String?) {
        guard let id else { return setBase(nil) }
        if let known = states[id] { return setBase(known) }
        awaitedState = id
        emit(.loadState(id))
    }

    mutating func takeLoaded(_ state: TrainedState) {
        states[state.id] = state
        guard awaitedState == state.id else { return }
        setBase(state)
    }

    mutating func takeMissing(_ id: String, _ reason: String) {
        guard awaitedState == id else { return }
        awaitedState = nil
        say("the trained state can't be read, so the numbers are of \(stateText): \(reason)", .error)
    }

    /// A command's new state: one entry of the history.
    mutating func takeMade(_ state: TrainedState, _ label: String) {
        guard !isTraining else { return say("\(label) came while it trains and was dropped; try again when it is over", .warning) }
        let before = base?.id
        setBase(state)
        emit(.saveState(state, training?.progress))
        recordMove(PlanChange.StateChange(before: before, after: state.id), label: label)
        say("\(label); u takes it back", .success)
    }

    /// Writes a change of the state to the history, as an entry of its own.
    mutating func recordMove(_ move: PlanChange.StateChange, label: String) {
        guard move.before != move.after else { return }
        let entry = PlanChange(
            label: label, key: "training", time: lastTime + clockOffset, before: [:], after: [:], state: move)
        lastStep = nil
        emit(.put(entry, position: history.append(entry)))
    }

    /// Keeps only states that something can go back to: those of the history and of the training.
    private mutating func forgetStates() {
        var needed = Set(history.changes.flatMap { [$0.state?.before, $0.state?.after] }.compactMap { $0 })
        needed.formUnion(trainings.states + [base?.id].compactMap(\.self))
        states = states.filter { needed.contains($0.key) }
    }

    /// Whose numbers these are: `as opened`, `trained 5 epochs`.
    var stateText: String {
        if awaitedState != nil { return "a state that is being read" }
        guard let base else { return "as opened" }
        guard base.recipe != nil || base.epochs > 0 else { return "adjusted" }
        return "trained \(base.epochs) epoch\(base.epochs == 1 ? "" : "s")"
    }
}
