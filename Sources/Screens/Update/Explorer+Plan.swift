import Compression
import Networks
import Sessions

extension Explorer {
    /// Puts new plans of some layers into force and into the history.
    mutating func change(_ new: [String: LayerPlan], _ kind: ChangeKind) {
        var next = resolvedPlan
        for (name, plan) in new { if let part = part(named: name) { next[part] = plan } else { next[name] = plan } }
        change(to: next, kind)
    }

    /// The factor of a name; nil for the weight of a layer.
    private func part(named name: String) -> Layer? {
        guard resolvedPlan.layers[name] == nil else { return nil }
        return layers.lazy.filter { name.hasPrefix($0.name) }.flatMap { parts(of: $0) }.first { $0.weight == name }
    }

    /// Puts a plan into force and into the history, and the state that it goes with.
    mutating func change(to next: ResolvedPlan, _ kind: ChangeKind, state: PlanChange.StateChange? = nil) {
        var kind = kind
        kind.time = around.date(kind.time)
        guard let record = moving({ $0.change(to: next, kind, state: state) }) else { return }
        if state != nil { followMove() }
        stack[CentroidsView.self].selection = 0
        followPlan()
        emit(record)
        if isTraining { say("\(history.changes.last?.label ?? "change taken back"); training goes on under the new plan") }
    }

    /// Hands a change of the history to the writer, with the plan that is in force after it.
    mutating func emit(_ record: HistoryChange) {
        emit(.record(record, plan: plan, sequence: around.handOver()))
    }
}
