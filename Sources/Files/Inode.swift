import Glibc

/// A file itself, whatever its names are: its device and its number there.
public struct Inode: Hashable, Sendable {
    private let device: UInt64
    private let number: UInt64

    public init(_ status: stat) {
        device = UInt64(status.st_dev)
        number = UInt64(status.st_ino)
    }

    /// The file that a path leads to, links followed; nil where there is none.
    public init?(path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        self.init(status)
    }
}
