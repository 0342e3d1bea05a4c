import Sessions

extension Explorer {
    /// Takes in what the session writer and files answered.
    mutating func take(_ event: SessionEvent) {
        switch event {
        case .written(let sequence): around.confirm(sequence)
        case .notWritten(let reason):
            around.fail(reason)
            say(reason, .error)
        case .unsaved(let reason):
            around.fail(reason)
            say("not saved: \(reason)", .error)
            ask("Leave and lose the last changes?", before: .leave)
        case .snapshotSaved(let snapshot):
            around.confirm()
            shelf.take(snapshot)
            say("\(snapshot.words) saved; c compares it, S lists all", .success)
        case .sessions(let list): take(list)
        case .planImported(let plan, let path): replacePlan(plan, label: "plan from \(path)", time: around.lastTime)
        case .exists(let path, let effect):
            ask("\(path) exists. Overwrite it?", before: effect.overwriting)
        case .renamed(let status): around.take(status)
        case .stateLoaded(let state): takeLoaded(state)
        case .stateMissing(let id, let reason): takeMissing(id, reason)
        case .scheduleRead(let schedule, let name): begin(schedule, name: name)
        case .resumeFailed(let reason):
            trainings.dropInterrupted()
            say(reason, .error)
        case .message(let message): say(message)
        }
    }

    private mutating func take(_ list: [SessionSummary]) {
        guard var view = stack.newest(SessionsView.self) else { return }
        view.take(list, open: session.name)
        stack.replace(view)
    }
}

extension Effect {
    /// The same with permission to overwrite.
    fileprivate var overwriting: Effect {
        switch self {
        case .exportNetwork(let network, let path, _): .exportNetwork(network, path: path, overwrite: true)
        case .exportPlan(let plan, let path, _): .exportPlan(plan, path: path, overwrite: true)
        case .picture(let frame, let theme, let path, _): .picture(frame, theme: theme, path: path, overwrite: true)
        default: self
        }
    }
}
