import Sessions

/// What a change of the plan is called and whether it may be merged with the one before.
package struct ChangeKind {
    /// `fc1.weight/amount`: steps with one key within ``mergePause`` are one entry.
    var key: String
    var isStep: Bool
    /// Milliseconds since 1970.
    var time: Int64
    /// Makes the label from the first and the last state of the entry.
    var label: (PlanChange) -> String

    package init(key: String, isStep: Bool, time: Int64, label: @escaping (PlanChange) -> String) {
        (self.key, self.isStep, self.time, self.label) = (key, isStep, time, label)
    }

    /// Milliseconds without a step after which the next one begins an entry of its own.
    package static let mergePause: Int64 = 500
}

extension PlanHistory {
    /// Adds an entry, or merges it with the last one; one that takes the last back removes it.
    mutating func put(_ entry: PlanChange, _ kind: ChangeKind, merging: Bool) -> HistoryChange {
        var entry = entry
        if merging, let last = changes.last {
            entry = last.merged(with: entry)
            applied -= 1
        }
        entry.label = kind.label(entry)
        guard entry.changesNothing else { return .put(entry, position: append(entry)) }
        changes.removeSubrange(applied...)
        return .truncate(count: applied)
    }

    /// The change that was in force last and is so no more.
    mutating func undo() -> PlanChange? {
        guard applied > 0 else { return nil }
        applied -= 1
        return changes[applied]
    }

    /// The change that was undone last and is in force again.
    mutating func redo() -> PlanChange? {
        guard applied < changes.count else { return nil }
        applied += 1
        return changes[applied - 1]
    }
}

extension PlanChange {
    /// One entry from the first state of this one to the last of the next.
    fileprivate func merged(with next: PlanChange) -> PlanChange {
        var change = PlanChange(
            label: label, key: key, time: next.time, before: next.before.merging(before) { _, first in first },
            after: after.merging(next.after) { _, last in last },
            temperatureBefore: temperatureBefore ?? next.temperatureBefore,
            temperatureAfter: next.temperatureAfter ?? temperatureAfter,
            lossWeightsBefore: lossWeightsBefore ?? next.lossWeightsBefore, lossWeightsAfter: next.lossWeightsAfter ?? lossWeightsAfter,
            state: state ?? next.state)
        if let first = sums ?? next.sums, let last = next.sums ?? sums {
            change.sums = PlanChange.SumsChange(before: first.before, after: last.after)
        }
        return change
    }
}
