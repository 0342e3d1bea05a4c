/// Where the data of a tensor lies in its file: 24 bytes that stand in for it while the rest is decoded.
struct TensorPlace: Hashable {
    var range: Range<Int>
    /// The field of TensorProto that held it: 4 float_data, 9 raw_data, 10 double_data.
    var field: UInt64

    static let byteCount = 24
    /// Key of `raw_data` on the wire: field 9, length-delimited.
    static let key: UInt64 = 9 << 3 | 2

    init(range: Range<Int>, field: UInt64) {
        self.range = range
        self.field = field
    }

    /// Reads what ``withBytes(_:)`` lent; nil for other lengths.
    init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        let numbers = Array(bytes).withUnsafeBytes { memory in
            (0..<3).map { UInt64(littleEndian: memory.loadUnaligned(fromByteOffset: $0 * 8, as: UInt64.self)) }
        }
        self.init(range: Int(numbers[0])..<Int(numbers[0] + numbers[1]), field: numbers[2])
    }

    func withBytes(_ body: (UnsafeRawBufferPointer) -> Void) {
        [UInt64(range.lowerBound).littleEndian, UInt64(range.count).littleEndian, field.littleEndian].withUnsafeBytes(body)
    }
}
