import CProcess
import Foundation

/// A new file in the place of another.
///
/// Where the folder's system can do it the file has no name until it is complete, and is gone with the program before that. Else, and where a file is
/// replaced, it has a temporary name, and its descriptor holds a lock: a name that nobody holds is what a kill left, and the next
/// write into the folder removes it.
enum Replacement {
    private static let prefix = ".pare-"
    private static let suffix = ".part"

    static func write(
        _ parts: [Data], to path: String, replacing old: stat?, isRight: () -> Bool
    ) throws(SystemFailure) {
        let folder = OutputTarget.folder(of: path)
        removeLeftovers(in: folder)
        let mode = old.map { $0.st_mode & 0o777 } ?? 0o666
        // With a mode to keep, nobody else reads the file before it has it.
        let first = old == nil ? mode : 0o600
        let unnamed = cprocess_open_unnamed(folder, first)
        if unnamed >= 0 {
            defer { close(unnamed) }
            try fill(unnamed, parts, like: old, isRight)
            if old == nil, cprocess_name_file(unnamed, path) == 0 { return synchronize(folder) }
            let beside = temporaryName(in: folder)
            if cprocess_name_file(unnamed, beside) == 0 { return try move(beside, to: path, folder) }
        }
        try writeNamed(parts, to: path, replacing: old, first, folder, isRight)
    }

    private static func writeNamed(
        _ parts: [Data], to path: String, replacing old: stat?, _ mode: mode_t, _ folder: String, _ isRight: () -> Bool
    ) throws(SystemFailure) {
        let beside = temporaryName(in: folder)
        let descriptor = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw SystemFailure(code: errno) }
        defer { close(descriptor) }
        do throws(SystemFailure) {
            try fill(descriptor, parts, like: old, isRight)
        } catch {
            unlink(beside)
            throw error
        }
        try move(beside, to: path, folder)
    }

    /// Locks the file, gives it the old one's owner and mode, and writes it to the disk.
    private static func fill(
        _ descriptor: Int32, _ parts: [Data], like old: stat?, _ isRight: () -> Bool
    ) throws(SystemFailure) {
        flock(descriptor, LOCK_EX | LOCK_NB)
        if let old {
            // Only root may give a file away; others keep at least the group, where they are in it.
            if fchown(descriptor, old.st_uid, old.st_gid) != 0 { _ = fchown(descriptor, uid_t.max, old.st_gid) }
            guard fchmod(descriptor, old.st_mode & 0o777) == 0 else { throw SystemFailure(code: errno) }
        }
        for part in parts { try Descriptor.write(part, to: descriptor) }
        guard isRight() else { throw SystemFailure(code: ECANCELED) }
        guard fsync(descriptor) == 0 else { throw SystemFailure(code: errno) }
    }

    private static func move(_ beside: String, to path: String, _ folder: String) throws(SystemFailure) {
        guard rename(beside, path) == 0 else {
            let code = errno
            unlink(beside)
            throw SystemFailure(code: code)
        }
        synchronize(folder)
    }

    /// So that the name is there after a power cut too, where the system can promise it.
    private static func synchronize(_ folder: String) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }

    /// Short, however long the file's own name is.
    private static func temporaryName(in folder: String) -> String {
        folder + "/" + prefix + String(UInt64.random(in: .min ... .max), radix: 36) + suffix
    }

    /// Removes temporary files that nobody holds.
    static func removeLeftovers(in folder: String) {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else { return }
        for name in names where name.hasPrefix(prefix) && name.hasSuffix(suffix) {
            let file = folder + "/" + name
            let descriptor = open(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
            guard descriptor >= 0 else { continue }
            var status = stat()
            let isLeft = fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && flock(descriptor, LOCK_EX | LOCK_NB) == 0
            if isLeft { unlink(file) }
            close(descriptor)
        }
    }
}
