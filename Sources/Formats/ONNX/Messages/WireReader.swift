/// What makes bytes no message.
enum WireError: Error, Hashable {
    case truncated
    /// A number of more than ten bytes.
    case number
    /// A field without a number, or groups, which ONNX does not have.
    case field
}

/// Reads the fields of a protobuf message one after another; the bytes must outlive it.
struct WireReader {
    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    var isAtEnd: Bool { position == bytes.count }

    /// The next field; nil at the end.
    mutating func next() throws(WireError) -> WireField? {
        guard !isAtEnd else { return nil }
        let key = try varint()
        guard key >> 3 > 0, key >> 3 < 1 << 29 else { throw .field }
        return WireField(number: Int(key >> 3), value: try value(type: key & 7))
    }

    private mutating func value(type: UInt64) throws(WireError) -> WireField.Value {
        switch type {
        case 0: return .number(try varint())
        case 1: return .fixed64(try fixed(UInt64.self))
        case 2: return .bytes(try block())
        case 5: return .fixed32(try fixed(UInt32.self))
        default: throw .field
        }
    }

    /// A number of seven bits a byte, the lowest first.
    mutating func varint() throws(WireError) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            guard position < bytes.count else { throw .truncated }
            let byte = bytes[position]
            position += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        throw .number
    }

    /// A number of fixed width, little-endian.
    mutating func fixed<Number: FixedWidthInteger>(_: Number.Type) throws(WireError) -> Number {
        let size = MemoryLayout<Number>.size
        guard size <= bytes.count - position else { throw .truncated }
        defer { position += size }
        return Number(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: Number.self))
    }

    private mutating func block() throws(WireError) -> UnsafeRawBufferPointer {
        let length = try varint()
        guard length <= UInt64(bytes.count - position) else { throw .truncated }
        defer { position += Int(length) }
        return UnsafeRawBufferPointer(rebasing: bytes[position..<position + Int(length)])
    }
}
