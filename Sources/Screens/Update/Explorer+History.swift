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
    mutating func undo() { if let change = moving({ $0.undo() }) { follow(change, "undo") } }

    /// Makes the change that was undone last again and says which.
    mutating func redo() { if let change = moving({ $0.redo() }) { follow(change, "redo") } }

    private mutating func follow(_ change: PlanChange, _ word: String) {
        if change.state != nil { followMove() }
        stack[CentroidsView.self].selection = 0
        followPlan()
        if change.after.count == 1, let (weight, after) = change.after.first {
            select(weight: weight)
            select(change.before[weight].flatMap { after.onlyFactor(unlike: $0) })
        }
        emit(.applied(count: history.applied))
        say("\(word): \(change.label)")
    }
}
