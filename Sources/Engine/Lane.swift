import Foundation
import Synchronization
import Tensors

/// Work that belongs to one thread, cut into steps of at most about 10 ms.
protocol LaneWork: AnyObject {
    /// Runs the most urgent step; false when nothing is left to do until the next signal.
    func step() -> Bool
}

/// One plain thread that owns the kernels: it runs steps while there are any and sleeps without a timer when there are none.
///
/// The nice value is set before the first primitive, because the OpenMP team inherits it then and never later.
final class Lane: Sendable {
    private struct State {
        var hasSignal = false
        var isStopping = false
        var hasEnded = false
    }

    private let state = Mutex(State())
    private let condition = ThreadCondition()

    /// Starts the thread; `makeWork` runs on it first, so that what it makes never leaves it.
    init(niceness: Int, makeWork: @escaping @Sendable () -> any LaneWork) {
        let thread = Thread { [self] in
            // Lowering the priority of one's own thread can't fail in a way that matters.
            let process = __priority_which_t(PRIO_PROCESS.rawValue)
            _ = setpriority(process, 0, getpriority(process, 0) + Int32(clamping: niceness))
            run(makeWork())
            state.withLock { $0.hasEnded = true }
            condition.broadcast()
        }
        thread.stackSize = 8 << 20
        thread.name = "pare.lane"
        thread.start()
    }

    /// Says that there may be something to do.
    func signal() {
        state.withLock { $0.hasSignal = true }
        condition.broadcast()
    }

    /// Ends the thread after the step under way and waits for it.
    func stop() {
        state.withLock { $0.isStopping = true }
        condition.broadcast()
        condition.wait { state.withLock { $0.hasEnded } }
    }

    /// Whether the thread is to end; long steps ask this too.
    var isStopping: Bool { state.withLock { $0.isStopping } }

    private func run(_ work: any LaneWork) {
        while !isStopping {
            if work.step() { continue }
            condition.wait {
                state.withLock { state in
                    defer { state.hasSignal = false }
                    return state.hasSignal || state.isStopping
                }
            }
        }
    }
}
