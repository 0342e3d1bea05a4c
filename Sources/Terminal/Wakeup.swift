import CTerminal
import Glibc

/// Wakes the main thread out of `CursesTerminal.wait` from any thread: a doorbell, not a queue.
///
/// However often it is signalled before the main thread looks, it rings once; what there is to see lies in a mailbox beside it.
public final class Wakeup: Sendable {
    let descriptor: Int32

    /// - Throws: `TerminalError.system` where the program has no descriptors left.
    public init() throws(TerminalError) {
        descriptor = cterminal_eventfd()
        if descriptor < 0 { throw .system(call: "eventfd", code: errno) }
    }

    deinit { close(descriptor) }

    /// Makes the wait in progress, or the next one, return at once; safe from any thread, about a microsecond.
    public func signal() { cterminal_eventfd_signal(descriptor) }
}
