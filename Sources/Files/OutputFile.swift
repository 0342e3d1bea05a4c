import CProcess
import Foundation

/// The one way in which files are written: whole or not at all.
///
/// A file is written beside its place and takes it when it is complete, so that whoever reads it, and whoever finds it after a kill or a full disk,
/// has all of the old one or all of the new. It keeps the mode and, where that is allowed, the owner of the old one. A symbolic link stays: what
/// it leads to is replaced; other hard links keep the old content. Devices, pipes and open descriptors are written to.
public enum OutputFile {
    /// Writes the parts, one after the other.
    ///
    /// - Parameters:
    ///   - isOwn: The program's own file, which it may read and replace.
    ///   - isRight: Asked once everything is written, before the file takes its place; what is not right is given up (ECANCELED).
    /// - Throws: where the file is one of ``ReadFiles``, a folder, or the system refuses.
    public static func write(_ parts: [Data], to path: String, isOwn: Bool = false, isRight: () -> Bool = { true }) throws(OutputError) {
        let target = try target(path, isOwn: isOwn)
        do throws(SystemFailure) {
            switch target {
            case .file(let place, let replaced): try Replacement.write(parts, to: place, replacing: replaced, isRight: isRight)
            case .stream(let place): try writeStream(parts, to: place)
            case .descriptor(let number): for part in parts { try Descriptor.write(part, to: number) }
            }
        } catch {
            throw OutputError(path: path, problem: .system(error.code))
        }
    }

    /// Throws where `write` could not do it for a reason that can be known before there is anything to write.
    public static func check(_ path: String, isOwn: Bool = false) throws(OutputError) {
        guard case .file(let place, nil) = try target(path, isOwn: isOwn) else { return }
        let folder = OutputTarget.folder(of: place)
        var status = stat()
        guard stat(folder, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            throw OutputError(path: path, problem: .noFolder(folder))
        }
    }

    /// Whether what is written there can be read again: a file, and no device, pipe or descriptor.
    public static func isFile(_ path: String) -> Bool {
        guard let target = try? OutputTarget(path), case .file = target else { return false }
        return true
    }

    /// Whether what is written there goes to standard output, where nothing else must then be said.
    public static func isStandardOutput(_ path: String) -> Bool {
        guard let target = try? OutputTarget(path), case .descriptor(STDOUT_FILENO) = target else { return false }
        return true
    }

    private static func target(_ path: String, isOwn: Bool) throws(OutputError) -> OutputTarget {
        let target = try OutputTarget(path)
        var status = stat()
        switch target {
        case .file(_, let replaced?): status = replaced
        case .descriptor(let number) where fstat(number, &status) == 0: break
        default: return target
        }
        if !isOwn, let name = ReadFiles.name(of: Inode(status)) { throw OutputError(path: path, problem: .isRead(name: name)) }
        return target
    }

    /// A pipe that nobody reads yet is waited for; signals end the program meanwhile.
    private static func writeStream(_ parts: [Data], to path: String) throws(SystemFailure) {
        cprocess_suspend_requests()
        let descriptor = open(path, O_WRONLY | O_NOCTTY | O_CLOEXEC)
        let code = errno
        cprocess_resume_requests()
        guard descriptor >= 0 else { throw SystemFailure(code: code) }
        defer { close(descriptor) }
        for part in parts { try Descriptor.write(part, to: descriptor) }
    }
}
