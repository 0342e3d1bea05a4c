import Foundation

/// A condition variable with its mutex: threads sleep until something that another one changes is true.
public final class ThreadCondition: @unchecked Sendable {
    // because NSCondition is made to be used from several threads.
    private let condition = NSCondition()

    public init() {}

    /// Lets every sleeper ask again; call it after the change.
    public func broadcast() {
        condition.lock()
        condition.broadcast()
        condition.unlock()
    }

    /// Sleeps until `isReady` is true; it is asked again after every broadcast.
    public func wait(until isReady: () -> Bool) {
        condition.lock()
        while !isReady() { condition.wait() }
        condition.unlock()
    }

    /// The same, but at most `seconds` long; false where it was not true by then.
    @discardableResult
    public func wait(atMost seconds: Double, until isReady: () -> Bool) -> Bool {
        let end = Date(timeIntervalSinceNow: seconds)
        condition.lock()
        defer { condition.unlock() }
        while !isReady() {
            if !condition.wait(until: end) { return isReady() }
        }
        return true
    }
}
