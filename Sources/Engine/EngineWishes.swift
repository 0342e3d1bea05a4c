import Reports
import Synchronization
import Tensors

/// What is wished of the lane: one plan, of which the newest wins, and orders for tasks; read by the lane between and within steps.
final class EngineWishes: Sendable {
    enum Order: Sendable {
        case start(LaneTask)
        case tell(TaskID, TaskWish)
    }

    private struct State {
        var request: LiveEngine.Request?
        var settledGeneration: UInt64?
        var orders: [Order] = []
        var focus: String?
        var isStopping = false
        var lastAsked = ContinuousClock.now - .seconds(60)
    }

    private let state = Mutex(State())
    private let settled = ThreadCondition()

    func set(_ request: LiveEngine.Request) {
        state.withLock { state in
            state.request = request
            state.settledGeneration = nil
            state.lastAsked = .now
            state.focus = request.focus ?? state.focus
        }
    }

    func stop() {
        state.withLock { $0.isStopping = true }
        settled.broadcast()
    }

    func add(_ order: Order) { state.withLock { $0.orders.append(order) } }

    /// The orders since the last call, oldest first.
    func takeOrders() -> [Order] {
        state.withLock { state in
            defer { state.orders = [] }
            return state.orders
        }
    }

    func focus(_ weight: String) {
        state.withLock { state in
            state.focus = weight
            state.lastAsked = .now
        }
    }

    /// When something was asked for last: a plan, or a look at a layer.
    var lastAsked: ContinuousClock.Instant { state.withLock { $0.lastAsked } }

    /// The layer that is looked at.
    var focus: String? { state.withLock { $0.focus } }

    var newest: LiveEngine.Request? { state.withLock { $0.request } }

    /// Whether work for this generation is no longer wanted.
    func isStale(_ generation: UInt64) -> Bool {
        state.withLock { $0.isStopping || ($0.request.map { $0.generation != generation } ?? false) }
    }

    func settle(_ generation: UInt64) {
        state.withLock { state in
            if state.request?.generation == generation { state.settledGeneration = generation }
        }
        settled.broadcast()
    }

    func waitUntilSettled() {
        settled.wait {
            state.withLock { state in
                state.isStopping || (state.request != nil && state.settledGeneration == state.request?.generation)
            }
        }
    }
}
