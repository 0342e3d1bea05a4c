/// Bytes of a file, mapped or in memory, that are lent and never copied; indices of a slice are offsets from the start of the file.
public struct ContainerBytes: RandomAccessCollection, Hashable, @unchecked Sendable {
    // because nothing writes the bytes and `owner` only keeps them where they are.

    private let start: UnsafeRawPointer?
    private let owner: AnyObject
    public let startIndex: Int
    public let endIndex: Int

    /// All of `memory`, which stays as it is as long as `owner` lives.
    public init(viewing memory: UnsafeRawBufferPointer, owner: AnyObject) {
        (start, self.owner, startIndex, endIndex) = (memory.baseAddress, owner, 0, memory.count)
    }

    /// Bytes in memory.
    public init(_ bytes: [UInt8]) {
        let held = HeldBytes(bytes)
        self.init(viewing: UnsafeRawBufferPointer(held.memory), owner: held)
    }

    private init(_ whole: ContainerBytes, _ bounds: Range<Int>) {
        (start, owner, startIndex, endIndex) = (whole.start, whole.owner, bounds.lowerBound, bounds.upperBound)
    }

    @inline(__always)
    public subscript(position: Int) -> UInt8 {
        precondition(position >= startIndex && position < endIndex, "A byte beyond the slice.")
        return start.unsafelyUnwrapped.load(fromByteOffset: position, as: UInt8.self)
    }

    public subscript(bounds: Range<Int>) -> ContainerBytes {
        precondition(bounds.lowerBound >= startIndex && bounds.upperBound <= endIndex, "A slice beyond the slice.")
        return ContainerBytes(self, bounds)
    }

    public func withContiguousStorageIfAvailable<Result>(_ body: (UnsafeBufferPointer<UInt8>) throws -> Result) rethrows -> Result? {
        try withUnsafeBufferPointer(body)
    }

    public func withUnsafeBufferPointer<Result, Failure: Error>(
        _ body: (UnsafeBufferPointer<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        defer { withExtendedLifetime(owner) {} }
        let bytes = UnsafeRawBufferPointer(start: start.map { $0 + startIndex }, count: count)
        return try body(bytes.assumingMemoryBound(to: UInt8.self))
    }

    public static func == (left: ContainerBytes, right: ContainerBytes) -> Bool { left.elementsEqual(right) }

    public func hash(into hasher: inout Hasher) { withUnsafeBufferPointer { hasher.combine(bytes: UnsafeRawBufferPointer($0)) } }
}

/// A copy of an array in memory of its own.
private final class HeldBytes {
    let memory: UnsafeMutableRawBufferPointer

    init(_ bytes: [UInt8]) {
        memory = .allocate(byteCount: bytes.count, alignment: 16)
        memory.copyBytes(from: bytes)
    }

    deinit { memory.deallocate() }
}
