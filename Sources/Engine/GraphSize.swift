import Foundation
import Synchronization

/// The bytes of the graph in a network's file, found on a thread of their own once somebody asks: deflating the names of many tensors takes seconds.
final class GraphSize: Sendable {
    enum Answer: Hashable, Sendable {
        /// Not known yet.
        case open
        /// The graph has no form in a file, or nobody wants its size.
        case none
        case bytes(Int)
    }

    private struct State {
        var answer: Answer
        var isLooking = false
        var whenFound: (@Sendable () -> Void)?
    }

    private let find: (@Sendable () -> Int?)?
    private let state: Mutex<State>

    init(_ find: (@Sendable () -> Int?)?) {
        self.find = find
        state = Mutex(State(answer: find == nil ? .none : .open))
    }

    /// What is known of it.
    var answer: Answer { state.withLock { $0.answer } }

    /// Whether somebody has asked for it.
    var isSought: Bool { state.withLock { $0.isLooking } }

    /// Calls `body` as soon as it is known, from that thread.
    func whenFound(_ body: @escaping @Sendable () -> Void) { state.withLock { $0.whenFound = body } }

    /// Begins to look for it, where nobody has.
    func look() {
        let isNew = state.withLock { state in
            defer { state.isLooking = true }
            return !state.isLooking && state.answer == .open
        }
        guard isNew, let find else { return }
        let thread = Thread { [self] in
            let found = find()
            let whenFound = state.withLock { state in
                state.answer = found.map(Answer.bytes) ?? .none
                return state.whenFound
            }
            whenFound?()
        }
        thread.name = "pare.graph"
        thread.stackSize = 8 << 20
        thread.start()
    }
}
