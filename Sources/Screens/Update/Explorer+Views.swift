import Compression
import Frames
import Networks
import Sessions

extension Explorer {
    /// Shows the example alone and gives it the keys, or goes back.
    mutating func toggleExample() {
        if focus == .example { return leaveExample() }
        stack[ExampleView.self].placeBefore = focus
        stack.focus = .example
        stack.isMaximised = true
    }

    /// Gives the keys back to the pane that had them before the example.
    mutating func leaveExample() {
        stack.isMaximised = false
        stack.focus = stack[ExampleView.self].placeBefore ?? .layers
        stack[ExampleView.self].placeBefore = nil
    }

    mutating func toggleSubset() {
        stack[ExampleView.self].state.subset = example.subset == .all ? .flipped : .all
        let flipped = accuracy?.value.flipped ?? []
        guard example.subset == .flipped else { return say("all examples") }
        say("only the \(numbers.count(flipped.count, "example")) so far whose prediction changed")
        if !flipped.contains(example.index), !flipped.isEmpty { withPane(.example) { view, explorer in view.move(by: 1, &explorer) } }
    }

    /// None, the original, then each snapshot.
    mutating func chooseNextReference() {
        let choices: [HistogramOptions.Reference] = [.none, .original] + snapshots.map { .snapshot($0.id) }
        let index = choices.firstIndex(of: histogram.reference) ?? 0
        stack[HistogramView.self].options.reference = choices[(index + 1) % choices.count]
        switch histogram.reference {
        case .none: say("no overlay")
        case .original: say("overlay: the original weights")
        case .snapshot(let id): say("overlay: \(snapshots.first { $0.id == id }?.words ?? "a snapshot that is gone")")
        }
    }

    /// Puts a theme into force.
    mutating func use(theme name: String) {
        if around.use(theme: name) { emit(.theme(name)) }
    }

    /// Opens a session; a snapshot of the one that is open puts its plan into force.
    mutating func openSession(of row: SessionsView.Row?, time: Int64) {
        guard let row else { return }
        guard row.session.name == session.name else {
            stack.closeAll()
            keepFinishedEpochs()
            return emit(.openSession(path: row.session.path, snapshot: row.snapshot?.name, look))
        }
        guard let name = row.snapshot?.name else { return say("this session is open already") }
        guard let snapshot = snapshots.first(where: { $0.name == name }) else {
            return say("\(Snapshot.words(name)) has not been read yet; try again in a moment", .warning)
        }
        stack.closeAll()
        restore(snapshot, time: time)
    }

    private mutating func restore(_ snapshot: Snapshot, time: Int64) {
        restore(snapshot.plan, state: snapshot.state, words: snapshot.words, time: time)
    }

    /// Goes back to a plan that was kept, on the state that it applied to, as one change of the history.
    mutating func restore(_ plan: CompressionPlan, state: String?, words: String, time: Int64) {
        do {
            let plan = try plan.resolved(for: layers)
            let move = PlanChange.StateChange(before: base?.id, after: state)
            if move.before != move.after, isTraining {
                return say("\(words) belongs to another state than the one that is trained; E ends the training", .warning)
            }
            replacePlan(plan, label: "plan of \(words)", time: time, state: move.before == move.after ? nil : move)
        } catch {
            say("the plan of \(words) does not fit this network: \(error)", .error)
        }
    }
}
