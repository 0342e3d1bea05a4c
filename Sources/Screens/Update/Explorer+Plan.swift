import Compression
import Sessions

extension Explorer {
    /// What a change of the plan is called and whether it may be merged with the one before.
    struct ChangeKind {
        /// `fc1.weight/amount`: steps with one key within ``mergePause`` are one entry.
        var key: String
        var isStep: Bool
        var time: Int64
        /// Makes the label from the first and the last state of the entry.
        var label: (PlanChange) -> String
    }

    /// Milliseconds without a step after which the next one begins an entry of its own.
    static let mergePause: Int64 = 500

    /// Puts new plans of some layers into force and into the history.
    mutating func change(_ new: [String: LayerPlan], _ kind: ChangeKind) {
        var next = resolvedPlan
        for (weight, plan) in new { next[weight] = plan }
        change(to: next, kind)
    }

    /// Puts a plan into force and into the history, and the state that it goes with.
    mutating func change(to next: ResolvedPlan, _ kind: ChangeKind, state: PlanChange.StateChange? = nil) {
        let entry = PlanChange(label: "", key: kind.key, time: kind.time + clockOffset, from: resolvedPlan, to: next, state: state)
        guard !entry.changesNothing else { return }
        let record = record(entry, kind)
        if let state = entry.state { goTo(state: state.after) }
        apply(next)
        emit(record)
        if isTraining { say("\(history.changes.last?.label ?? "change taken back"); training goes on under the new plan") }
    }

    private mutating func record(_ entry: PlanChange, _ kind: ChangeKind) -> HistoryChange {
        var entry = entry
        var position = history.applied
        if merges(kind), let last = history.changes.last {
            entry = last.merged(with: entry)
            position -= 1
        }
        entry.label = kind.label(entry)
        history.applied = position
        lastStep = kind.isStep ? (kind.key, kind.time) : nil
        if entry.changesNothing {
            history.changes.removeSubrange(position...)
            lastStep = nil
            return .truncate(count: position)
        }
        return .put(entry, position: history.append(entry))
    }

    /// Hands a change of the history to the writer, with the plan that is in force after it.
    mutating func emit(_ record: HistoryChange) {
        session.handed += 1
        emit(.record(record, plan: plan, sequence: session.handed))
    }

    private func merges(_ kind: ChangeKind) -> Bool {
        guard kind.isStep, let lastStep, lastStep.key == kind.key else { return false }
        guard history.applied > 0, history.applied == history.changes.count else { return false }
        return kind.time - lastStep.time < Self.mergePause
    }
}

extension PlanChange {
    /// One entry from the first state of this one to the last of the next.
    fileprivate func merged(with next: PlanChange) -> PlanChange {
        PlanChange(
            label: label, key: key, time: next.time, before: next.before.merging(before) { _, first in first },
            after: after.merging(next.after) { _, last in last },
            temperatureBefore: temperatureBefore ?? next.temperatureBefore,
            temperatureAfter: next.temperatureAfter ?? temperatureAfter,
            lossWeightsBefore: lossWeightsBefore ?? next.lossWeightsBefore, lossWeightsAfter: next.lossWeightsAfter ?? lossWeightsAfter,
            state: state ?? next.state)
    }
}
