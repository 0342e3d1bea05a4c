import Compression
import Sessions

extension Explorer {
    /// Why nothing can be undone, or nil.
    var undoObstacle: String? {
        guard history.applied > 0 else { return "nothing to undo" }
        return obstacle(history.changes[history.applied - 1], "undone")
    }
    var redoObstacle: String? {
        guard history.applied < history.changes.count else { return "nothing to redo" }
        return obstacle(history.changes[history.applied], "redone")
    }

    /// The state that is trained can't be changed beneath the training.
    private func obstacle(_ change: PlanChange, _ word: String) -> String? {
        guard change.state != nil, isTraining else { return nil }
        return "a training can't be \(word) while another one runs; E ends it, B abandons it"
    }

    /// Takes the last change back and says which.
    mutating func undo() {
        guard history.applied > 0 else { return }
        history.applied -= 1
        let change = history.changes[history.applied]
        travel(to: change.applied(to: resolvedPlan, isUndone: true), state: change.state.map(\.before), changed: change.before)
        say("undo: \(change.label)")
    }

    /// Makes the change that was undone last again and says which.
    mutating func redo() {
        guard history.applied < history.changes.count else { return }
        let change = history.changes[history.applied]
        history.applied += 1
        travel(to: change.applied(to: resolvedPlan), state: change.state.map(\.after), changed: change.after)
        say("redo: \(change.label)")
    }

    private mutating func travel(to plan: ResolvedPlan, state: String??, changed: [String: LayerPlan]) {
        lastStep = nil
        if let state { goTo(state: state) }
        apply(plan)
        if changed.count == 1, let weight = changed.keys.first { select(weight: weight) }
        emit(.applied(count: history.applied))
    }
}
