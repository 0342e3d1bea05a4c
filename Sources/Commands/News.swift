import Synchronization
import Tensors

/// Wakes the thread that waits for the engine after each event.
final class News: Sendable {
    private let condition = ThreadCondition()
    private let isThere = Atomic(false)

    func come() {
        isThere.store(true, ordering: .releasing)
        condition.broadcast()
    }

    /// Waits for news, but looks up five times a second, because a signal wakes nobody.
    func wait() {
        condition.wait(atMost: 0.2) { isThere.load(ordering: .acquiring) }
        isThere.store(false, ordering: .relaxed)
    }
}
