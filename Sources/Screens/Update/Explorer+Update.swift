import Frames

extension Explorer {
    /// The effects with which a session starts: the plan as it stands, and the layer in sight.
    public mutating func begin() -> [Effect] {
        emitPlan()
        emitFocus()
        return drain()
    }

    /// Takes one event in and returns what must be done outside, in order; well under a millisecond.
    public mutating func update(_ event: ExplorerEvent) -> [Effect] {
        switch event {
        case .input(let input): take(input)
        case .engine(let event):
            take(event)
            keepPoint(after: event)
            goOnWithSnapshots()
        case .session(let event): take(event)
        }
        return drain()
    }

    /// The effects with which a session ends: snapshots that wait are kept with what was measured so far.
    public mutating func end() -> [Effect] {
        save(shelf.waiting)
        return drain()
    }

    private mutating func drain() -> [Effect] {
        defer { effects.removeAll(keepingCapacity: true) }
        return effects
    }

    mutating func emit(_ effect: Effect) { effects.append(effect) }

    /// Has the plan computed, once no snapshot waits for the layers of the one before.
    mutating func emitPlan() {
        shelf.postpone(
            PlanRequest(plan: plan, generation: generation, base: base, focus: selectedWhole?.weight, arithmetic: desk.arithmetic))
        emitPostponedPlan()
    }

    /// What the user has chosen of the screen's looks.
    var look: Look { Look(theme: theme, isMouseOn: around.isMouseOn) }

    mutating func emitFocus() {
        if let layer = selectedWhole { emit(.focus(weight: layer.weight)) }
        if histogram.showsActivations { emitObservation() }
    }

    /// Shows a message and keeps it among those that can be read again.
    mutating func say(_ text: String, _ kind: Message.Kind = .information) { say(Message(text, kind: kind)) }

    mutating func say(_ message: Message) { around.say(message) }
}
