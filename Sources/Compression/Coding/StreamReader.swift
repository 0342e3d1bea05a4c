/// Numbers of any size in few bytes: seven bits each, the lowest first, the top bit where more follow (LEB128).
extension [UInt8] {
    mutating func appendNumber(_ number: Int) {
        var rest = UInt(bitPattern: number)
        while rest > 0x7F {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(rest))
    }

    /// 0, −1, 1, −2, 2 … as 0, 1, 2, 3, 4 ….
    mutating func appendSigned(_ number: Int) { appendNumber(number << 1 ^ number >> (Int.bitWidth - 1)) }

    static func byteCount(number: Int) -> Int { Swift.max(1, (Int.bitWidth - number.leadingZeroBitCount + 6) / 7) }

    static func byteCount(signed number: Int) -> Int { byteCount(number: number << 1 ^ number >> (Int.bitWidth - 1)) }
}

/// Goes through the bytes of a stream; offsets are counted from its first byte.
struct StreamReader {
    let bytes: ContainerBytes
    private(set) var offset = 0

    init(_ bytes: ContainerBytes) { self.bytes = bytes }

    var left: Int { bytes.count - offset }

    func error(_ reason: CodingError.Reason) -> CodingError { CodingError(reason, offset: offset) }

    mutating func byte() throws(CodingError) -> UInt8 {
        guard offset < bytes.count else { throw error(.endsEarly) }
        defer { offset += 1 }
        return bytes[bytes.startIndex + offset]
    }

    /// Where the next `count` bytes begin.
    mutating func skip(_ count: Int) throws(CodingError) -> Int {
        guard count <= left else { throw CodingError(.endsEarly, offset: bytes.count) }
        defer { offset += count }
        return offset
    }

    /// A number of up to 35 bits.
    mutating func number() throws(CodingError) -> Int {
        var (number, shift) = (0, 0)
        while true {
            let next = try byte()
            number |= Int(next & 0x7F) << shift
            if next < 0x80 { return number }
            shift += 7
            guard shift < 35 else { throw error(.unsuitable) }
        }
    }

    mutating func signed() throws(CodingError) -> Int {
        let number = try number()
        return number >> 1 ^ -(number & 1)
    }

    func finish() throws(CodingError) {
        if left > 0 { throw error(.goesOn(bytes: left)) }
    }
}
