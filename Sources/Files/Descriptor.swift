import Foundation
import Glibc

/// A call that the system refused, by its number (errno).
public struct SystemFailure: Error, Hashable, Sendable {
    public var code: Int32

    /// In the system's words.
    public var reason: String { String(cString: strerror(code)) }
}

/// Writing to open descriptors.
public enum Descriptor {
    /// Whether a file is the regular one that stdout or stderr goes to: a shell has emptied it, or adds to it, and reading it makes no sense.
    public static func isStandardOutput(_ status: stat) -> Bool {
        guard status.st_mode & S_IFMT == S_IFREG else { return false }
        return [STDOUT_FILENO, STDERR_FILENO].contains { descriptor in
            var output = stat()
            return fstat(descriptor, &output) == 0 && Inode(output) == Inode(status)
        }
    }

    /// Writes all bytes. Throws where the system takes no more.
    public static func write(_ bytes: Data, to descriptor: Int32) throws(SystemFailure) {
        let code = bytes.withUnsafeBytes { (buffer: UnsafeRawBufferPointer) -> Int32 in
            var done = 0
            while done < buffer.count {
                let count = Glibc.write(descriptor, buffer.baseAddress?.advanced(by: done), buffer.count - done)
                if count > 0 {
                    done += count
                } else if count < 0, errno == EAGAIN {
                    var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    poll(&waiting, 1, -1)
                } else if count == 0 || errno != EINTR {
                    return count == 0 ? EIO : errno
                }
            }
            return 0
        }
        if code != 0 { throw SystemFailure(code: code) }
    }
}
