import Foundation
import Synchronization

/// An advisory lock on `NAME.sqlite.lock`: the second Pare finds it taken and works on a copy. The system releases it at any death.
final class SessionLock: Sendable {
    private let descriptor: Mutex<Int32?>

    /// Takes the lock; nil where another process has it or the folder can't be written.
    init?(sessionPath: String) {
        let opened = open(sessionPath + ".lock", O_CREAT | O_RDWR | O_CLOEXEC, 0o644)
        guard opened >= 0 else { return nil }
        guard flock(opened, LOCK_EX | LOCK_NB) == 0 else {
            close(opened)
            return nil
        }
        descriptor = Mutex(opened)
    }

    /// Lets another process have the session.
    func release() {
        let held = descriptor.withLock { descriptor in
            defer { descriptor = nil }
            return descriptor
        }
        if let held { close(held) }
    }

    deinit { release() }
}
