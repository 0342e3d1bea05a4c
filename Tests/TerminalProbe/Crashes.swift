import Glibc
import Terminal

/// Ways to end that no program wants.
enum Crashes {
    /// Swift's own trap: an index outside of an array.
    static func trap() {
        let numbers = [Int](repeating: 0, count: Int(CommandLine.argc))
        print(numbers[numbers.count + 7])
    }

    static func trapInThread() { inThread { trap() } }

    static func signalInThread(_ wakeup: Wakeup) { inThread { wakeup.signal() } }

    static func overflowStack() { print(depth(1)) }

    private static func depth(_ number: Int) -> Int {
        number == 0 ? 0 : 1 + depth(number &+ 1) &+ depth(number &+ 2)
    }

    private final class Work: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    private static func inThread(_ body: @escaping @Sendable () -> Void) {
        var thread = pthread_t()
        let work = Unmanaged.passRetained(Work(body)).toOpaque()
        pthread_create(
            &thread, nil,
            { argument in
                if let argument { Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body() }
                return nil
            }, work)
        pthread_detach(thread)
    }
}
