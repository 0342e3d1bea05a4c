import CProcess
import Foundation
import Glibc

/// Opening what a user names. Nothing here waits for a pipe's other end, but for texts that may come from one.
public enum InputFile {
    /// Opens a regular file for reading and notes it; the caller closes it. A folder, device, pipe or socket is refused at once.
    public static func open(_ path: String) throws(InputError) -> (descriptor: Int32, status: stat) {
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else { throw InputError(path: path, code: errno) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            let code = errno
            close(descriptor)
            throw InputError(path: path, code: code)
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw InputError(path: path, problem: .notRegular(kind(of: status)))
        }
        guard !Descriptor.isStandardOutput(status) else {
            close(descriptor)
            throw InputError(path: path, problem: .isOutput)
        }
        ReadFiles.note(status, path: path)
        return (descriptor, status)
    }

    /// The first bytes of a regular file, at most `count`.
    public static func head(_ path: String, count: Int) throws(InputError) -> [UInt8] {
        let (descriptor, _) = try open(path)
        defer { close(descriptor) }
        do throws(SystemFailure) { return try bytes(of: descriptor, limit: count) } catch {
            throw InputError(path: path, code: error.code)
        }
    }

    /// A whole file, `-` for standard input. Where it is a pipe or a device its bytes are waited for; signals end the program meanwhile.
    ///
    /// - Parameter isStreamAllowed: False where nothing must be waited for: only a regular file is read then.
    /// - Throws: for more than `limit` bytes, a folder, and what the system refuses.
    public static func contents(_ path: String, limit: Int, isStreamAllowed: Bool = true) throws(InputError) -> [UInt8] {
        let opened = isStreamAllowed ? try openAny(path) : try open(path).descriptor
        defer { if opened != STDIN_FILENO { close(opened) } }
        cprocess_suspend_requests()
        defer { cprocess_resume_requests() }
        let bytes: [UInt8]
        do throws(SystemFailure) { bytes = try self.bytes(of: opened, limit: limit + 1) } catch {
            throw InputError(path: path, code: error.code)
        }
        guard bytes.count <= limit else { throw InputError(path: path, problem: .tooLarge(limit: limit)) }
        return bytes
    }

    private static func openAny(_ path: String) throws(InputError) -> Int32 {
        if path == "-" { return STDIN_FILENO }
        cprocess_suspend_requests()
        defer { cprocess_resume_requests() }
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else { throw InputError(path: path, code: errno) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return descriptor }
        guard !Descriptor.isStandardOutput(status) else {
            close(descriptor)
            throw InputError(path: path, problem: .isOutput)
        }
        ReadFiles.note(status, path: path)
        return descriptor
    }

    private static func bytes(of descriptor: Int32, limit: Int) throws(SystemFailure) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: min(limit, 1 << 16))
        while bytes.count < limit {
            let count = read(descriptor, &buffer, min(buffer.count, limit - bytes.count))
            if count < 0 && errno == EINTR { continue }
            if count < 0 { throw SystemFailure(code: errno) }
            if count == 0 { break }
            bytes += buffer.prefix(count)
        }
        return bytes
    }

    /// What a file is in words, where it is no regular one.
    private static func kind(of status: stat) -> String {
        switch status.st_mode & S_IFMT {
        case S_IFDIR: "a folder"
        case S_IFIFO: "a pipe"
        case S_IFSOCK: "a socket"
        default: "a device"
        }
    }
}
