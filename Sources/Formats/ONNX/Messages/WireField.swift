import Foundation

/// One field of a protobuf message: its number and what stands behind it (https://protobuf.dev/programming-guides/encoding/).
///
/// A value whose wire type is not the field's own is passed over, as protobuf asks. The bytes must outlive the field.
struct WireField {
    enum Value {
        case number(UInt64)
        case fixed32(UInt32)
        case fixed64(UInt64)
        case bytes(UnsafeRawBufferPointer)
    }

    let number: Int
    let value: Value

    func read(into target: inout String) {
        if case .bytes(let bytes) = value { target = String(decoding: bytes, as: UTF8.self) }
    }

    func read(into target: inout [String]) {
        if case .bytes(let bytes) = value { target.append(String(decoding: bytes, as: UTF8.self)) }
    }

    func read(into target: inout Data) {
        if case .bytes(let bytes) = value { target = Data(bytes) }
    }

    /// The low bits of a longer number.
    func read<Number: FixedWidthInteger>(into target: inout Number) {
        if case .number(let number) = value { target = Number(truncatingIfNeeded: number) }
    }

    func read(into target: inout Float) {
        if case .fixed32(let bits) = value { target = Float(bitPattern: bits) }
    }

    /// Numbers one by one or packed.
    func read<Number: FixedWidthInteger>(into target: inout [Number]) throws(WireError) {
        switch value {
        case .number(let number): target.append(Number(truncatingIfNeeded: number))
        case .bytes(let bytes):
            var reader = WireReader(bytes)
            while !reader.isAtEnd { target.append(Number(truncatingIfNeeded: try reader.varint())) }
        default: break
        }
    }

    /// The same for floats.
    func read(into target: inout [Float]) throws(WireError) {
        switch value {
        case .fixed32(let bits): target.append(Float(bitPattern: bits))
        case .bytes(let bytes):
            var reader = WireReader(bytes)
            while !reader.isAtEnd { target.append(Float(bitPattern: try reader.fixed(UInt32.self))) }
        default: break
        }
    }

    /// A message that stands several times is the sum of all.
    func read<Message: ONNXMessage>(into target: inout Message?) throws(WireError) {
        guard case .bytes(let bytes) = value else { return }
        var message = target ?? Message()
        try message.merge(bytes)
        target = message
    }

    func read<Message: ONNXMessage>(into target: inout [Message]) throws(WireError) {
        guard case .bytes(let bytes) = value else { return }
        var message = Message()
        try message.merge(bytes)
        target.append(message)
    }
}
