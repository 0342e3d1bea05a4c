import Foundation
import Synchronization

/// An advisory lock on `NAME.sqlite.lock`: the second Pare finds it taken and works on a copy. The system releases it at any death.
final class SessionLock: Sendable {
    private let descriptor: Mutex<Int32?>
    private let path: String

    /// A reader that looks whether the lock is held holds it for some microseconds: 10 tries of 5 ms.
    private static let tries = 10
    private static let pause: UInt32 = 5_000

    /// Takes the lock; nil where another process has it or the folder can't be written.
    init?(sessionPath: String) {
        path = Self.path(of: sessionPath)
        for attempt in 1...Self.tries {
            let opened = open(path, O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o644)
            guard opened >= 0 else { return nil }
            // Whoever held it may have removed it meanwhile.
            if flock(opened, LOCK_EX | LOCK_NB) == 0, Self.isFile(opened, path) {
                descriptor = Mutex(opened)
                return
            }
            close(opened)
            if attempt < Self.tries { usleep(Self.pause) }
        }
        return nil
    }

    private static func path(of sessionPath: String) -> String { sessionPath + suffix }

    private static let suffix = ".lock"

    /// Removes the empty locks of a folder of sessions that nobody holds: what a kill or a signal left.
    static func sweep(_ folder: String) {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] where name.hasSuffix(".sqlite" + suffix) {
            let path = (folder as NSString).appendingPathComponent(name)
            let opened = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
            guard opened >= 0 else { continue }
            defer { close(opened) }
            if FileStamp(path)?.size == 0, flock(opened, LOCK_EX | LOCK_NB) == 0, isFile(opened, path) { unlink(path) }
        }
    }

    private static func isFile(_ descriptor: Int32, _ path: String) -> Bool {
        var (open, there) = (stat(), stat())
        return fstat(descriptor, &open) == 0 && lstat(path, &there) == 0 && there.st_mode & S_IFMT == S_IFREG
            && open.st_ino == there.st_ino && open.st_dev == there.st_dev
    }

    /// Whether somebody has the session open; nothing is made or changed.
    static func isHeld(sessionPath: String) -> Bool {
        let opened = open(path(of: sessionPath), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard opened >= 0 else { return false }
        defer { close(opened) }
        return flock(opened, LOCK_SH | LOCK_NB) != 0
    }

    /// Lets another process have the session.
    func release() {
        let held = descriptor.withLock { descriptor in
            defer { descriptor = nil }
            return descriptor
        }
        if let held { close(held) }
    }

    /// Lets go of a name that has no session.
    func remove() {
        unlink(path)
        release()
    }

    deinit { release() }
}
