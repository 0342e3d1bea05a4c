import Foundation

/// Writes the fields of a protobuf message in the order in which they are given; what has its default, 0 or nothing, is left out.
struct WireWriter {
    private(set) var bytes = Data()

    mutating func write(_ field: Int, _ text: String) {
        if !text.isEmpty { write(block: text.utf8, field) }
    }

    mutating func write(_ field: Int, _ texts: [String]) {
        for text in texts { write(block: text.utf8, field) }
    }

    mutating func write(_ field: Int, _ data: Data) {
        if !data.isEmpty { write(block: data, field) }
    }

    /// A number that is negative takes ten bytes.
    mutating func write(_ field: Int, _ number: some FixedWidthInteger) {
        if number != 0 { write(chosen: field, number) }
    }

    /// One of several fields, whose number tells something though it is 0.
    mutating func write(chosen field: Int, _ number: some FixedWidthInteger) {
        key(field, type: 0)
        append(varint: UInt64(truncatingIfNeeded: number))
    }

    mutating func write(_ field: Int, _ number: Float) {
        guard number.bitPattern != 0 else { return }
        key(field, type: 5)
        append(number)
    }

    /// Packed.
    mutating func write(_ field: Int, _ numbers: [some FixedWidthInteger]) {
        guard !numbers.isEmpty else { return }
        var packed = WireWriter()
        for number in numbers { packed.append(varint: UInt64(truncatingIfNeeded: number)) }
        write(block: packed.bytes, field)
    }

    /// Packed.
    mutating func write(_ field: Int, _ numbers: [Float]) {
        guard !numbers.isEmpty else { return }
        var packed = WireWriter()
        for number in numbers { packed.append(number) }
        write(block: packed.bytes, field)
    }

    /// A message that is there is written, though it may be empty.
    mutating func write(_ field: Int, _ message: (some ONNXMessage)?) {
        if let message { write(block: message.serializedData(), field) }
    }

    mutating func write(_ field: Int, _ messages: [some ONNXMessage]) {
        for message in messages { write(block: message.serializedData(), field) }
    }

    private mutating func write(block: some Collection<UInt8>, _ field: Int) {
        head(field, length: block.count)
        bytes.append(contentsOf: block)
    }

    /// Number and length of a field of bytes, which follow.
    mutating func head(_ field: Int, length: Int) {
        key(field, type: 2)
        append(varint: UInt64(length))
    }

    private mutating func key(_ field: Int, type: UInt64) { append(varint: UInt64(field) << 3 | type) }

    private mutating func append(_ number: Float) {
        withUnsafeBytes(of: number.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
    }

    private mutating func append(varint number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}
