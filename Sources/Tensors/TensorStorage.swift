/// Bytes that are written once, while they are made, and only read after that: memory of our own or a view of a mapped file.
public final class TensorStorage: @unchecked Sendable {
    // because the bytes are never written after `init` and the owner outlives every reader.

    /// All bytes; little-endian elements.
    public let bytes: UnsafeRawBufferPointer
    /// The mapped file that the bytes lie in; nil for memory.
    public let map: FileMap?
    private let release: () -> Void

    /// Takes memory that somebody else owns, for example a mapped file; `release` is called once nobody reads it any more.
    public init(viewing bytes: UnsafeRawBufferPointer, release: @escaping @Sendable () -> Void) {
        self.bytes = bytes
        self.release = release
        map = nil
    }

    /// A view of a mapped file.
    public init(_ map: FileMap) {
        bytes = map.bytes
        self.map = map
        release = {}
    }

    /// Allocates `byteCount` bytes, aligned to 64, and lets `body` fill them: zeroed ones, unless it fills all of them.
    public init(
        byteCount: Int, isZeroed: Bool = true, initializedBy body: (UnsafeMutableRawBufferPointer) throws -> Void
    ) rethrows {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: byteCount, alignment: 64)
        if isZeroed { memory.initializeMemory(as: UInt8.self, repeating: 0) }
        bytes = UnsafeRawBufferPointer(memory)
        release = { memory.deallocate() }
        map = nil
        try body(memory)
    }

    /// A copy of bytes, aligned to 64.
    public convenience init(copying bytes: UnsafeRawBufferPointer) {
        self.init(byteCount: bytes.count, isZeroed: false) { $0.copyMemory(from: bytes) }
    }

    deinit { release() }
}
