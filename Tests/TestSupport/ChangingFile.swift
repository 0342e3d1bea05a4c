import Foundation
import Tensors

/// A file of float32 that is mapped, and that another program writes to: this one by another descriptor.
package final class ChangingFile {
    package let path: String
    package let map: FileMap

    /// Writes the values to a new file and maps it.
    package init(_ values: [Float]) throws {
        path = (NSTemporaryDirectory() as NSString).appendingPathComponent("pare-changing-\(UUID().uuidString)")
        try values.withUnsafeBytes { Data($0) }.write(to: URL(fileURLWithPath: path))
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard let map = FileMap(descriptor: descriptor, path: path) else { throw CocoaError(.fileReadUnknown) }
        self.map = map
    }

    deinit { unlink(path) }

    /// The values from `start` on as a view of the map.
    package func tensor(_ shape: Shape, from start: Int = 0) -> Tensor {
        Tensor(shape: shape, elementType: .float32, storage: TensorStorage(map), byteOffset: 4 * start)
    }

    /// Makes the file shorter.
    package func cut(to byteCount: Int) { truncate(path, byteCount) }

    /// Writes other bytes over the first ones, as much later as a clock can tell.
    package func overwrite() throws {
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        try file.write(contentsOf: Data([1, 2, 3, 4]))
        try file.close()
        var times = [timespec(tv_sec: 1_000_000_000, tv_nsec: 0), timespec(tv_sec: 1_000_000_000, tv_nsec: 1)]
        utimensat(AT_FDCWD, path, &times, 0)
    }
}
