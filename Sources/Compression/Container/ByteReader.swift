/// Reads numbers from a piece of a file, byte by byte, so that the machine's own byte order plays no part.
struct ByteReader {
    /// A slice of the file: its indices are offsets from the start of the file.
    let bytes: ContainerBytes
    private(set) var position: Int
    /// What errors say was being read.
    var part: ContainerError.Part

    init(_ bytes: ContainerBytes, part: ContainerError.Part) {
        self.bytes = bytes
        self.part = part
        position = bytes.startIndex
    }

    var remaining: Int { bytes.endIndex - position }

    /// Throws where bytes are left.
    func end() throws(ContainerError) {
        if remaining > 0 { throw error(.goesOn(bytes: remaining)) }
    }

    func error(_ reason: ContainerError.Reason, at offset: Int? = nil) -> ContainerError {
        ContainerError(reason, in: part, offset: offset ?? position)
    }

    mutating func byte() throws(ContainerError) -> UInt8 {
        guard remaining > 0 else { throw error(.endsEarly(missing: 1)) }
        defer { position += 1 }
        return bytes[position]
    }

    /// The next `count` bytes, not copied.
    mutating func take(_ count: Int) throws(ContainerError) -> ContainerBytes {
        guard count <= remaining else { throw error(.endsEarly(missing: count - remaining)) }
        defer { position += count }
        return bytes[position..<position + count]
    }

    /// 32 bits, the lowest byte first.
    mutating func word() throws(ContainerError) -> UInt32 {
        try take(4).reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// A number in LEB128: seven bits a byte, the lowest first, 0x80 on all bytes but the last; the shortest form and below 2^56.
    mutating func number() throws(ContainerError) -> Int {
        let start = position
        var value = 0
        for shift in stride(from: 0, to: 56, by: 7) {
            let byte = try byte()
            value |= Int(byte & 0x7F) << shift
            guard byte < 0x80 else { continue }
            if byte == 0, shift > 0 { throw error(.badNumber, at: start) }
            return value
        }
        throw error(.badNumber, at: start)
    }
}
