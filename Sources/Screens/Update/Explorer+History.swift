import Compression
import Sessions

extension Explorer {
    /// Why nothing can be undone, or nil.
    var undoObstacle: String? { history.applied > 0 ? nil : "nothing to undo" }
    var redoObstacle: String? { history.applied < history.changes.count ? nil : "nothing to redo" }

    /// Takes the last change back and says which.
    mutating func undo() {
        guard history.applied > 0 else { return }
        history.applied -= 1
        let change = history.changes[history.applied]
        travel(to: change.before, temperature: change.temperatureBefore)
        say("undo: \(change.label)")
    }

    /// Makes the change that was undone last again and says which.
    mutating func redo() {
        guard history.applied < history.changes.count else { return }
        let change = history.changes[history.applied]
        history.applied += 1
        travel(to: change.after, temperature: change.temperatureAfter)
        say("redo: \(change.label)")
    }

    private mutating func travel(to plans: [String: LayerPlan], temperature: Double?) {
        lastStep = nil
        apply(plans, temperature: temperature)
        if plans.count == 1, let weight = plans.keys.first { select(weight: weight) }
        emit(.applied(count: history.applied))
    }
}
