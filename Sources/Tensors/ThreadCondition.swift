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
}
