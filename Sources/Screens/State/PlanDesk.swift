import Compression
import Networks
import Sessions
import Tensors

/// The plan in force with the state that it starts from, the pruning rules that follow from both, and the way back.
///
/// Whatever changes plan or state goes through here: it counts a generation, marks the layers that become others, and finds the rules anew.
package struct PlanDesk: Sendable {
    let opened: Network
    /// What the plan is of: the opened graph, or that of the state.
    private(set) var graph: PlannedGraph
    var layers: [Layer] { graph.layers }
    /// The plan in force, of every layer and of the whole network.
    package private(set) var plan: ResolvedPlan
    /// Counts the changes; results of the engine carry the generation that they belong to.
    package private(set) var generation: UInt64 = 1
    /// The generation in which each layer's result last became another one.
    private var changed: [String: UInt64] = [:]
    /// Which weights become zero, by weight parameter name.
    package private(set) var rules: [String: PruningRule] = [:]
    /// The sorted weights that the plan starts from, as far as they were read.
    package private(set) var distributions: [String: WeightDistribution] = [:]
    /// Of the network as opened, to be drawn behind those of a trained state.
    private(set) var originalDistributions: [String: WeightDistribution] = [:]
    /// Layers that were read when the rules of all were last found.
    private var rankedCount = 0
    package private(set) var history: PlanHistory
    /// The knob and time of the last step, while further steps may be merged with it.
    private var lastStep: (key: String, time: Int64)?
    /// The trained state that the plan starts from; nil is the network as it was opened.
    package private(set) var base: TrainedState?
    /// The id of a state that was gone to and is still being read.
    package private(set) var awaitedState: String?
    /// How layers of whole numbers are computed where accuracy is measured.
    private(set) var arithmetic = Arithmetic.auto
    /// Trained states that can be gone back to without reading, by id.
    private var states: [String: TrainedState]

    package init(_ opened: Network, plan: ResolvedPlan, history: PlanHistory = PlanHistory(), base: TrainedState? = nil) {
        graph = PlannedGraph(of: opened, base)
        (self.opened, self.plan, self.history, self.base) = (opened, plan.covering(graph.layers), history, base)
        states = base.map { [$0.id: $0] } ?? [:]
    }

    /// The generation from which on a layer's result is that of the plan as it stands.
    package func lastChange(of weight: String) -> UInt64 { changed[weight, default: 0] }

    // MARK: The plan

    /// Has accuracy measured with another arithmetic; the layers stay as they are.
    mutating func use(_ arithmetic: Arithmetic) {
        self.arithmetic = arithmetic
        generation += 1
    }

    /// Counts a generation in which all results become others.
    package mutating func age() {
        generation += 1
        for layer in layers { changed[layer.weight] = generation }
    }

    private mutating func set(_ new: ResolvedPlan) {
        let oldRules = rules
        generation += 1
        for layer in layers where plan[layer.weight] != new[layer.weight] { changed[layer.weight] = generation }
        plan = new
        refreshRules()
        for (weight, rule) in rules where oldRules[weight] != rule { changed[weight] = generation }
    }

    /// Puts a plan into force and into the history, and the state that it goes with.
    ///
    /// - Returns: What the session writes; nil where nothing changes.
    package mutating func change(to next: ResolvedPlan, _ kind: ChangeKind, state: PlanChange.StateChange? = nil) -> HistoryChange? {
        let entry = PlanChange(label: "", key: kind.key, time: kind.time, from: plan, to: next, state: state)
        guard !entry.changesNothing else {
            // A turn that changes nothing does not end the entry that the turns around it are.
            if merges(kind) { lastStep = (kind.key, kind.time) }
            return nil
        }
        let record = history.put(entry, kind, merging: merges(kind))
        lastStep = if case .put = record, kind.isStep { (kind.key, kind.time) } else { nil }
        if let state = entry.state { go(to: state.after) }
        set(entry.state == nil ? next : covering(next))
        return record
    }

    private func merges(_ kind: ChangeKind) -> Bool {
        guard kind.isStep, let lastStep, lastStep.key == kind.key else { return false }
        guard history.applied > 0, history.applied == history.changes.count else { return false }
        return kind.time - lastStep.time < ChangeKind.mergePause
    }

    // MARK: The way back

    /// Takes the last change back and returns it.
    package mutating func undo() -> PlanChange? {
        guard let change = history.undo() else { return nil }
        travel(to: change.applied(to: plan, isUndone: true), change.state.map(\.before))
        return change
    }

    /// Makes the change that was undone last again and returns it.
    package mutating func redo() -> PlanChange? {
        guard let change = history.redo() else { return nil }
        travel(to: change.applied(to: plan), change.state.map(\.after))
        return change
    }

    private mutating func travel(to plan: ResolvedPlan, _ state: String??) {
        lastStep = nil
        if let state { go(to: state) }
        set(covering(plan))
    }

    /// A plan for the layers of the graph; as it is while another graph is awaited.
    private func covering(_ plan: ResolvedPlan) -> ResolvedPlan { awaitedState == nil ? plan.covering(layers) : plan }

    /// Writes a change of the state that has happened to the history, as an entry of its own; nil where it changes nothing.
    package mutating func record(_ move: PlanChange.StateChange, label: String, time: Int64) -> HistoryChange? {
        guard move.before != move.after else { return nil }
        let entry = PlanChange(label: label, key: "training", time: time, before: [:], after: [:], state: move)
        lastStep = nil
        return .put(entry, position: history.append(entry))
    }

    // MARK: The state

    /// The sorted weights of a layer as it was opened, or, where they were not read, of a base that has as many.
    func original(_ layer: Layer) -> WeightDistribution? {
        originalDistributions[layer.weight] ?? distributions[layer.weight].flatMap { $0.count == layer.count ? $0 : nil }
    }

    /// What ratios are set on, by weight; empty while the plan starts from the network as opened.
    var ratioBases: [String: RatioBasis] { base?.layers.mapValues(\.ratioBasis) ?? [:] }

    /// A trained state by its id, as far as it has been read.
    package func state(_ id: String) -> TrainedState? { states[id] }

    /// Has a state at hand, for the way back.
    package mutating func keep(_ state: TrainedState) { states[state.id] = state }

    /// Everything that was measured is of an older generation then.
    private mutating func start(from state: TrainedState?) {
        awaitedState = nil
        base = state
        if !graph.isGraph(of: state) {
            graph = PlannedGraph(of: opened, state)
            let counts = Dictionary(layers.map { ($0.weight, $0.count) }) { first, _ in first }
            distributions = distributions.filter { counts[$0.key] == $0.value.count }
        }
        plan = plan.covering(layers)
        if state == nil { distributions.merge(originalDistributions) { _, original in original } }
        age()
        refreshRules()
    }

    /// Goes to a state, without history; one that is not at hand is awaited.
    package mutating func go(to id: String?) {
        guard let id, states[id] == nil else { return start(from: id.flatMap(state)) }
        awaitedState = id
    }

    /// A state that was gone to can't be read.
    package mutating func stopWaiting() {
        awaitedState = nil
        plan = plan.covering(layers)
    }

    /// The plan for the layers of a state that is to be started from.
    package func plan(for state: TrainedState) -> ResolvedPlan { plan.covering(opened.graph(of: state).layers) }

    /// Keeps only states that something can go back to: those of the history, and `others`.
    package mutating func forgetStates(but others: [String]) {
        let needed = history.states.union(others)
        states = states.filter { $0.key == base?.id || needed.contains($0.key) }
    }

    // MARK: The rules

    /// Takes in a layer's sorted weights, and finds its threshold, and all others where they are ranked with it.
    ///
    /// While layers are being read those that are ranked together wait for an eighth more of them, so that all refreshes take O(layers · log layers).
    package mutating func take(_ distribution: WeightDistribution, of weight: String) {
        distributions[weight] = distribution
        if base == nil { originalDistributions[weight] = distribution }
        let plan = plan[weight]
        if !plan.isRankedWithOthers, base?.layers[weight] == nil {
            rules[weight] = PruningRule(plan, distribution)
        } else if distributions.count >= rankedCount + rankedCount / 8 || distributions.count == layers.count {
            refreshRules()
        }
    }

    /// Finds every layer's threshold anew: searches, O(32 · layers · log n) where layers are ranked together.
    private mutating func refreshRules() {
        rankedCount = distributions.count
        rules = plan.pruningRules(distributions: distributions, bases: ratioBases)
    }
}
