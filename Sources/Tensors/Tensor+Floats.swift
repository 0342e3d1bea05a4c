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
        self.init(shape: shape) { $0.baseAddress?.update(from: floats, count: floats.count) }
    }

    /// Lends the elements as float32, without a copy where they are float32 and aligned; other types are converted once.
    public func withFloats<Result>(_ body: (UnsafeBufferPointer<Float>) throws -> Result) rethrows -> Result {
        let bytes = bytes
        if elementType == .float32, Int(bitPattern: bytes.baseAddress) % 4 == 0 {
            return try body(bytes.bindMemory(to: Float.self))
        }
        return try converted().withUnsafeBufferPointer(body)
    }

    /// A copy of the elements as float32.
    public var floats: [Float] { withFloats { Array($0) } }

    private func converted() -> [Float] {
        let bytes = bytes
        func load<Number: FixedWidthInteger>(as _: Number.Type, _ make: (Number) -> Float)
            -> [Float]
        {
            (0..<count).map { index in
                let size = MemoryLayout<Number>.size
                return make(Number(littleEndian: bytes.loadUnaligned(fromByteOffset: index * size, as: Number.self)))
            }
        }
        return switch elementType {
        case .float32: load(as: UInt32.self) { Float(bitPattern: $0) }
        case .float64: load(as: UInt64.self) { Float(Double(bitPattern: $0)) }
        case .float16: load(as: UInt16.self) { Float(half: $0) }
        case .bfloat16: load(as: UInt16.self) { Float(bitPattern: UInt32($0) << 16) }
        case .int8: load(as: Int8.self) { Float($0) }
        case .uint8: load(as: UInt8.self) { Float($0) }
        case .int16: load(as: Int16.self) { Float($0) }
        case .uint16: load(as: UInt16.self) { Float($0) }
        case .int32: load(as: Int32.self) { Float($0) }
        case .uint32: load(as: UInt32.self) { Float($0) }
        case .int64: load(as: Int64.self) { Float($0) }
        case .uint64: load(as: UInt64.self) { Float($0) }
        case .bool: load(as: UInt8.self) { $0 == 0 ? 0 : 1 }
        }
    }
}
