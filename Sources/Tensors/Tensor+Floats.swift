import CKernels

extension Tensor {
    /// A float32 tensor whose elements `body` writes; they start as zeros.
    public init(
        shape: Shape, initializingFloats body: (UnsafeMutableBufferPointer<Float>) throws -> Void
    ) rethrows {
        let storage = try TensorStorage(byteCount: shape.count * 4) { memory in
            try body(memory.bindMemory(to: Float.self))
        }
        self.init(shape: shape, elementType: .float32, storage: storage)
    }

    /// A float32 tensor with a copy of `floats`, row-major.
    public init(shape: Shape, floats: [Float]) {
        precondition(floats.count == shape.count, "\(floats.count) values do not fill [\(shape)]")
        self.init(shape: shape, elementType: .float32, storage: floats.withUnsafeBytes(TensorStorage.init(copying:)))
    }

    /// Lends the elements as float32, without a copy where they are float32 and aligned; other types are converted once.
    public func withFloats<Result>(_ body: (UnsafeBufferPointer<Float>) throws -> Result) rethrows -> Result {
        try withFloats(in: 0..<count, body)
    }

    /// The same for a range of elements that begins and ends at blocks.
    public func withFloats<Result>(in range: Range<Int>, _ body: (UnsafeBufferPointer<Float>) throws -> Result) rethrows -> Result {
        let bytes = bytes(of: range)
        if elementType == .float32, Int(bitPattern: bytes.baseAddress) % 4 == 0 {
            return try body(bytes.bindMemory(to: Float.self))
        }
        let memory = UnsafeMutableBufferPointer<Float>.allocate(capacity: range.count)
        defer { memory.deallocate() }
        if let source = bytes.baseAddress, let target = memory.baseAddress { pare_widen(elementType.kernel, source, range.count, target) }
        return try body(UnsafeBufferPointer(memory))
    }

    /// Lends the elements as float32 in pieces of at most `size`, a multiple of 256, in order.
    public func forEachFloats(ofAtMost size: Int, _ body: (Range<Int>, UnsafeBufferPointer<Float>) throws -> Void) rethrows {
        for start in stride(from: 0, to: count, by: max(256, size)) {
            let range = start..<min(start + max(256, size), count)
            try withFloats(in: range) { try body(range, $0) }
        }
    }

    /// A copy of the elements as float32.
    public var floats: [Float] { withFloats { Array($0) } }

    private func bytes(of range: Range<Int>) -> UnsafeRawBufferPointer {
        let (begin, end) = (range.lowerBound / elementType.blockCount, range.upperBound / elementType.blockCount)
        return UnsafeRawBufferPointer(rebasing: bytes[begin * elementType.byteCount..<end * elementType.byteCount])
    }
}
