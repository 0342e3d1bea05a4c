import CMapping
import Foundation
import Synchronization

/// A file that is mapped read-only, and whether it is still the file that was opened.
///
/// Where another program cuts it, what is gone reads as zeros and the program goes on; whoever read the map asks for ``change`` before the
/// result is shown.
public final class FileMap: Sendable {
    public let path: String
    /// Bytes of the map: the file's when it was opened.
    public let count: Int
    private let address: UInt
    private let descriptor: Int32
    /// When the file was last modified, nanoseconds since 1970.
    public let modified: Int64
    /// The entry in the table of CMapping.
    private let entry: Int32
    private let known = Mutex<FileChange?>(nil)

    /// Maps all of an open file, and owns its descriptor from then on; nil where the system can't map it, and the descriptor stays the caller's.
    public init?(descriptor: Int32, path: String) {
        cmapping_install()
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_size > 0 else { return nil }
        let size = Int(status.st_size)
        guard let start = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0), start != MAP_FAILED else { return nil }
        let entry = cmapping_add(start, size)
        guard entry >= 0 else {
            munmap(start, size)
            return nil
        }
        (self.path, self.descriptor, self.entry) = (path, descriptor, entry)
        (count, address, modified) = (size, UInt(bitPattern: start), status.modified)
    }

    deinit {
        cmapping_remove(entry)
        munmap(UnsafeMutableRawPointer(bitPattern: address), count)
        close(descriptor)
    }

    /// All bytes; the map must outlive their readers.
    public var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: UnsafeRawPointer(bitPattern: address), count: count) }

    /// How the file differs from the one that was opened, nil while it does not; what was once found stays. Cost: a system call.
    public var change: FileChange? {
        known.withLock { known in
            if known == nil { known = found }
            return known
        }
    }

    private var found: FileChange? {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return nil }
        let size = Int(status.st_size)
        if cmapping_is_cut(entry) != 0 || size < count { return FileChange(path: path, kind: .cut(from: count, to: min(size, count))) }
        return size != count || status.modified != modified ? FileChange(path: path, kind: .written) : nil
    }

    /// Says that the system refused to read at this address (EFAULT), as it does in a map that was cut.
    public static func markCut(at address: UnsafeRawPointer?) { _ = cmapping_mark(address) }
}

/// What happened to a file while it was open.
public struct FileChange: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Kind: Hashable, Sendable {
        /// It was made shorter: bytes before and now.
        case cut(from: Int, to: Int)
        /// It was written to.
        case written
    }

    public var path: String
    public var kind: Kind

    public init(path: String, kind: Kind) {
        self.path = path
        self.kind = kind
    }

    /// What was found, in a few words.
    public var fact: String {
        switch kind {
        case .cut(let from, let to): "it was cut from \(from) to \(to) bytes"
        case .written: "it was written to"
        }
    }

    /// One sentence, and the cure.
    public var description: String {
        "\(path) was changed by another program while it was open (\(fact)), so what was computed from it is not shown. Open it again."
    }
}

extension stat {
    fileprivate var modified: Int64 { Int64(st_mtim.tv_sec) * 1_000_000_000 + Int64(st_mtim.tv_nsec) }
}

extension Sequence<Tensor> {
    /// The mapped files that these tensors are views of, each once. Cost: O(tensors).
    public var maps: [FileMap] {
        var seen = Set<ObjectIdentifier>()
        return compactMap { $0.storage.map }.filter { seen.insert(ObjectIdentifier($0)).inserted }
    }
}

extension Sequence<FileMap> {
    /// The first change of these files; nil where all are as they were opened.
    public var firstChange: FileChange? { lazy.compactMap(\.change).first { _ in true } }
}
