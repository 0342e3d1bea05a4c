/// Reads little-endian numbers and names of a mapped file one after the other, never beyond a limit.
struct ByteCursor {
    let file: MappedFile
    /// What is being read, for refusals: `GGUF header`.
    let reading: String
    /// The next byte.
    var offset: Int
    /// Where reading must stop.
    let end: Int

    init(_ file: MappedFile, reading: String, at offset: Int = 0, end: Int? = nil) {
        self.file = file
        self.reading = reading
        self.offset = offset
        self.end = end ?? file.count
    }

    /// The next number of a fixed width. Throws where fewer bytes are left.
    mutating func number<Number: FixedWidthInteger>(_: Number.Type = Number.self) throws(FormatError) -> Number {
        let size = MemoryLayout<Number>.size
        try need(size)
        defer { offset += size }
        return Number(littleEndian: file.bytes.loadUnaligned(fromByteOffset: offset, as: Number.self))
    }

    /// A 64-bit number that counts or places something in this file, so that it fits `Int`.
    mutating func size() throws(FormatError) -> Int {
        let place = offset
        let value = try number(UInt64.self)
        guard let size = Int(exactly: value) else {
            throw error(.malformed, at: place, "a number below 2^63", "\(value)")
        }
        return size
    }

    /// The next `count` bytes as UTF-8; what is none is replaced.
    mutating func text(_ count: Int) throws(FormatError) -> String {
        try skip(count)
        return String(decoding: file.slice(offset - count..<offset), as: UTF8.self)
    }

    /// Goes on by `count` bytes. Throws where fewer are left.
    mutating func skip(_ count: Int) throws(FormatError) {
        try need(count)
        offset += count
    }

    private func need(_ count: Int) throws(FormatError) {
        guard count >= 0, count <= end - offset else {
            throw error(.truncated, at: offset, "\(count) more bytes", "\(max(0, end - offset))")
        }
    }

    func error(
        _ kind: FormatError.Kind, at place: Int? = nil, _ expected: String, _ actual: String, cure: String? = nil
    ) -> FormatError {
        FormatError(
            kind, file: file.path, offset: place ?? offset, reading: reading, expected: expected, actual: actual,
            cure: cure ?? (kind == .truncated ? "The file is incomplete: get it again." : nil))
    }
}
