import Foundation

/// A file under a hidden name of its own until it is complete; an exclusive `flock` says that somebody is at work on it.
///
/// It gets its final name by `link`, which replaces nothing, and whole: a kill leaves nothing under that name.
final class TemporaryFile {
    private static let prefix = ".pare-"
    private static let suffix = ".part"
    /// What SQLite adds to the name of a file for its journal.
    private static let journal = "-journal"

    let path: String
    private let folder: String
    private let descriptor: Int32

    /// Makes an empty file in the folder of `target`; what kills left there before is removed.
    init(beside target: String) throws(SessionError) {
        folder = (target as NSString).deletingLastPathComponent
        Self.sweep(folder)
        let name = Self.prefix + String(UInt64.random(in: 0 ... .max), radix: 36) + Self.suffix
        path = (folder as NSString).appendingPathComponent(name)
        descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw .notWritable(path: target, reason: String(cString: strerror(errno))) }
        flock(descriptor, LOCK_EX | LOCK_NB)
    }

    /// Gives the complete file its name; one that has it already stays, and is an error.
    func publish(as target: String) throws(SessionError) {
        guard fsync(descriptor) == 0 else { throw .notWritable(path: target, reason: String(cString: strerror(errno))) }
        guard give(target) else {
            throw errno == EEXIST ? .exists(path: target) : .notWritable(path: target, reason: String(cString: strerror(errno)))
        }
        unlink(path)
        let opened = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if opened >= 0 {
            fsync(opened)
            close(opened)
        }
    }

    /// Links it; where the file system has no links it takes the place of an empty file of that name, which nobody else can make then.
    private func give(_ target: String) -> Bool {
        if link(path, target) == 0 { return true }
        guard [EPERM, EOPNOTSUPP, ENOSYS, EMLINK].contains(errno) else { return false }
        let empty = open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard empty >= 0 else { return false }
        close(empty)
        return rename(path, target) == 0
    }

    /// Removes what kills left in a folder: files of this kind, and those of Foundation's atomic writing, that nobody is at work on.
    static func sweep(_ folder: String) {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] where isLeft(name) {
            remove((folder as NSString).appendingPathComponent(name))
        }
    }

    private static func isLeft(_ name: String) -> Bool {
        if name.hasPrefix(prefix), name.hasSuffix(suffix) || name.hasSuffix(suffix + journal) { return true }
        return FoundationLeftover.writer(ofName: name).map { kill($0, 0) != 0 && errno == ESRCH } ?? false
    }

    private static func remove(_ path: String) {
        let opened = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard opened >= 0 else { return }
        defer { close(opened) }
        // One that was just made may not be locked yet; a journal goes with its file.
        let isAlone = !path.hasSuffix(journal) || FileKind(String(path.dropLast(journal.count))) == nil
        guard isAlone, FileKind(path) == .regular, FileStamp(path)?.isSettled == true, flock(opened, LOCK_EX | LOCK_NB) == 0 else { return }
        unlink(path + journal)
        unlink(path)
    }

    deinit {
        unlink(path + Self.journal)
        unlink(path)
        close(descriptor)
    }
}

/// The files under which Foundation writes atomically, `.dat.nosyncPID.RANDOM` with the writer's process in hexadecimal digits.
enum FoundationLeftover {
    static func writer(ofName name: String) -> pid_t? {
        let prefix = ".dat.nosync"
        guard name.hasPrefix(prefix), let digits = name.dropFirst(prefix.count).split(separator: ".").first else { return nil }
        return pid_t(digits, radix: 16)
    }
}
