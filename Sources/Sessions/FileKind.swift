import Foundation

/// What lies under a name, links not followed.
enum FileKind: Hashable {
    case regular, folder, link, pipe, device, socket

    /// Nil where there is nothing.
    init?(_ path: String) {
        var facts = stat()
        guard lstat(path, &facts) == 0 else { return nil }
        switch facts.st_mode & S_IFMT {
        case S_IFREG: self = .regular
        case S_IFDIR: self = .folder
        case S_IFLNK: self = .link
        case S_IFIFO: self = .pipe
        case S_IFSOCK: self = .socket
        default: self = .device
        }
    }

    var name: String {
        switch self {
        case .regular: "a regular file"
        case .folder: "a folder"
        case .link: "a symbolic link"
        case .pipe: "a FIFO"
        case .device: "a device"
        case .socket: "a socket"
        }
    }
}

extension FileKind {
    /// Whether a file or its folder may not be written: no log can be made beside it, and it is read as it lies there.
    static func isReadOnly(_ path: String) -> Bool {
        access((path as NSString).deletingLastPathComponent, W_OK) != 0 || access(path, W_OK) != 0
    }
}

/// What tells one content of a file from another: device, inode, size and time of the last change.
struct FileStamp: Hashable {
    private var device, inode: UInt64
    private(set) var size: Int
    private var seconds, nanoseconds: Int

    /// Nil where there is no such file.
    init?(_ path: String) {
        var facts = stat()
        guard lstat(path, &facts) == 0 else { return nil }
        (device, inode, size) = (UInt64(facts.st_dev), UInt64(facts.st_ino), Int(facts.st_size))
        (seconds, nanoseconds) = (facts.st_mtim.tv_sec, facts.st_mtim.tv_nsec)
    }

    /// Of the last change, since 1970.
    var milliseconds: Int64 { Int64(seconds) * 1000 + Int64(nanoseconds / 1_000_000) }

    /// Steps of the file system's clock: a file that changed within the last one may change again and keep its stamp.
    private static let tick: Int64 = 20

    /// Whether another change would change the stamp.
    var isSettled: Bool { !(0..<Self.tick).contains(Int64(Date().timeIntervalSince1970 * 1000) - milliseconds) }
}
