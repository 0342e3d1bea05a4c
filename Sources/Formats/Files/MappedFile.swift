import Files
import Foundation
import Tensors

/// The bytes of a file, read-only: memory for small files, a private map for large ones.
///
/// A small file is read, because a map is worth nothing any more once another program writes to the file; of a large one ``change`` tells that.
public struct MappedFile: Sendable {
    public let path: String
    public let storage: TensorStorage
    /// When the file was last modified, nanoseconds since 1970.
    public let modified: Int64

    public var bytes: UnsafeRawBufferPointer { storage.bytes }
    public var count: Int { storage.bytes.count }

    /// Files of this size and more are mapped: 64 MiB.
    public static let mappingThreshold = 64 << 20

    /// Opens a regular file. Throws for what does not exist, is a folder or can't be read.
    ///
    /// - Parameter isNoted: Whether it becomes one of ``Files/ReadFiles``; false for the files of a folder that is.
    public init(path: String, mappingFrom threshold: Int = mappingThreshold, isNoted: Bool = true) throws(FormatError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw Self.refusal(path, errno) }
        var isOwned = true
        defer { if isOwned { close(descriptor) } }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw Self.refusal(path, errno) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            let kind = status.st_mode & S_IFMT == S_IFDIR ? "a folder" : "a device, pipe or socket"
            throw FormatError(.unreadable, file: path, reading: "file", expected: "a regular file", actual: kind)
        }
        guard !Descriptor.isStandardOutput(status) else { throw FormatError(outputAt: path) }
        if isNoted { ReadFiles.note(status, path: path) }
        self.path = path
        modified = Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
        let size = Int(status.st_size)
        if size >= max(threshold, 1), let map = FileMap(descriptor: descriptor, path: path) {
            isOwned = false
            storage = TensorStorage(map)
        } else {
            storage = try Self.read(descriptor, size, path)
        }
    }

    /// Throws where the file is mapped and was written to since it was opened: what was read of it is worth nothing.
    func checkUnchanged() throws(FormatError) {
        if let change = storage.map?.change { throw FormatError(change) }
    }

    /// Bytes that are in memory already; `path` is the name that errors carry.
    init(data: Data, path: String) {
        self.path = path
        modified = 0
        storage = data.withUnsafeBytes(TensorStorage.init(copying:))
    }

    /// A view of `range`, which must lie inside the file.
    func slice(_ range: Range<Int>) -> UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: bytes[range]) }

    private static func read(_ descriptor: Int32, _ size: Int, _ path: String) throws(FormatError) -> TensorStorage {
        var failure: FormatError?
        let storage = TensorStorage(byteCount: size, isZeroed: false) { failure = fill($0, from: descriptor, path) }
        if let failure { throw failure }
        return storage
    }

    private static func fill(_ memory: UnsafeMutableRawBufferPointer, from descriptor: Int32, _ path: String) -> FormatError? {
        var filled = 0
        while filled < memory.count {
            let got = Foundation.read(descriptor, memory.baseAddress?.advanced(by: filled), memory.count - filled)
            if got < 0 && errno == EINTR { continue }
            if got < 0 { return refusal(path, errno) }
            if got == 0 {
                return FormatError(
                    .truncated, file: path, offset: filled, reading: "file", expected: "\(memory.count) bytes",
                    actual: "its end", cure: "Another program may be writing it; try again.")
            }
            filled += got
        }
        return nil
    }

    private static func refusal(_ path: String, _ code: Int32) -> FormatError {
        let isMissing = code == ENOENT || code == ENOTDIR
        return FormatError(
            isMissing ? .notFound : .unreadable, file: path, reading: "file", expected: "a file that can be read",
            actual: String(cString: strerror(code)),
            cure: isMissing ? "Check the path." : nil)
    }
}

extension Tensor {
    /// Throws where the values lie in a mapped file that was written to since it was opened: copies of them are worth nothing.
    func checkUnchanged() throws(FormatError) {
        if let change = storage.map?.change { throw FormatError(change) }
    }
}

extension FormatError {
    /// A file that another program wrote to while it was read.
    package init(_ change: FileChange) {
        self.init(
            .mismatch, file: change.path, reading: "file", expected: "the file as it was opened", actual: change.fact,
            cure: "Another program may be writing it; try again.")
    }
}
