import Reports
import Synchronization
import Tensors

/// Events on their way to the main thread; one that was not read yet is replaced by a newer one of its kind.
///
/// A result of a file that was written to meanwhile is dropped here, whoever posts it.
final class EngineMailbox: Sendable {
    private struct State {
        /// Oldest first; nil where a newer one replaced it.
        var events: [EngineEvent?] = []
        /// Where the unread event of a kind stands.
        var places: [EngineEvent.Kind: Int] = [:]
    }

    private let state = Mutex(State())
    private let wake: @Sendable () -> Void
    /// The files behind the results.
    let files = WatchedFiles()

    /// `wake` is called after each event, from the lane; it must not block.
    init(wake: @escaping @Sendable () -> Void) { self.wake = wake }

    /// Posts what was computed from files of these roles; where one was changed nothing is posted, and the change returned.
    ///
    /// Cost: O(1), and a system call for each mapped file.
    @discardableResult
    func post(_ event: EngineEvent, from sources: Set<WatchedFiles.Role>? = nil) -> FileChange? {
        for role in sources ?? event.sources { if let change = files.change(role) { return change } }
        state.withLock { state in
            if let kind = event.kind, let old = state.places.updateValue(state.events.count, forKey: kind) { state.events[old] = nil }
            state.events.append(event)
        }
        wake()
        return nil
    }

    /// Takes all events, oldest first.
    func take() -> [EngineEvent] {
        let taken = state.withLock { state in
            defer { state = State() }
            return state.events
        }
        return taken.compactMap { $0 }
    }
}

extension EngineEvent {
    /// Events of one kind replace each other while they are unread.
    fileprivate enum Kind: Hashable {
        case accuracy, logits, lens, network, settled, distributionsToKeep, gathering
        case distribution(String)
        case layer(String)
        case task(TaskID, slot: String)
    }

    /// Nil for events that are all to be read.
    fileprivate var kind: Kind? {
        switch self {
        case .accuracy: .accuracy
        case .logits: .logits
        case .lens: .lens
        case .network: .network
        case .settled: .settled
        case .gathering: .gathering
        case .distributionsToKeep: .distributionsToKeep
        case .distribution(let weight, _): .distribution(weight)
        case .layer(let layer, _): .layer(layer.layer.weight)
        case .task(let id, .report(let report)): report.slot.map { .task(id, slot: $0) }
        default: nil
        }
    }
}
