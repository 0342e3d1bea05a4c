import Compression
import Foundation
import Networks
import Synchronization

/// The bytes of graphs in networks' files, each found on a thread of its own once somebody asks: deflating the names of many tensors takes seconds.
final class GraphSize: Sendable {
    enum Answer: Hashable, Sendable {
        /// Not asked for yet.
        case open
        /// Somebody asked for it.
        case sought
        /// The graph has no form in a file, or nobody wants its size.
        case none
        case bytes(Int)
    }

    private struct State {
        var answers: [Applied.Graph: Answer] = [:]
        var whenFound: (@Sendable () -> Void)?
    }

    private let find: (@Sendable (Network) -> Int?)?
    private let state = Mutex(State())

    /// Answers that are kept.
    private static let limit = 32

    init(_ find: (@Sendable (Network) -> Int?)?) { self.find = find }

    /// What is known of a graph.
    func answer(of graph: Applied.Graph) -> Answer { find == nil ? .none : state.withLock { $0.answers[graph] ?? .open } }

    /// Calls `body` as soon as a size is known, from the thread that found it.
    func whenFound(_ body: @escaping @Sendable () -> Void) { state.withLock { $0.whenFound = body } }

    /// Begins to look for the size of a network's graph, where nobody has.
    func look(at network: Network, as graph: Applied.Graph) {
        let isNew = state.withLock { state in
            if state.answers.count >= Self.limit { state.answers = state.answers.filter { $0.value == .sought } }
            guard state.answers[graph] == nil else { return false }
            state.answers[graph] = .sought
            return true
        }
        guard isNew, let find else { return }
        let thread = Thread { [self] in
            let found = find(network)
            let whenFound = state.withLock { state in
                state.answers[graph] = found.map(Answer.bytes) ?? Answer.none
                return state.whenFound
            }
            whenFound?()
        }
        thread.name = "pare.graph"
        thread.stackSize = 8 << 20
        thread.start()
    }
}
