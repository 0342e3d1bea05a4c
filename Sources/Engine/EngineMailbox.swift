import Synchronization

/// Events on their way to the main thread; an accuracy that was not read yet is replaced by a newer one.
final class EngineMailbox: Sendable {
    private let events = Mutex<[EngineEvent]>([])
    private let wake: @Sendable () -> Void

    /// `wake` is called after each event, from the lane; it must not block.
    init(wake: @escaping @Sendable () -> Void) { self.wake = wake }

    func post(_ event: EngineEvent) {
        events.withLock { events in
            events.removeAll { event.replaces($0) }
            events.append(event)
        }
        wake()
    }

    /// Takes all events, oldest first.
    func take() -> [EngineEvent] {
        events.withLock { events in
            defer { events.removeAll() }
            return events
        }
    }
}

extension EngineEvent {
    /// Whether an unread `other` is worth nothing once this event is there.
    fileprivate func replaces(_ other: EngineEvent) -> Bool {
        switch (self, other) {
        case (.accuracy, .accuracy), (.logits, .logits), (.lens, .lens), (.network, .network), (.settled, .settled),
            (.training, .training):
            true
        case (.distributionsToKeep, .distributionsToKeep): true
        case (.distribution(let new, _), .distribution(let old, _)): new == old
        case (.layer(let new, _), .layer(let old, _)): new.layer.weight == old.layer.weight
        default: false
        }
    }
}
