import Tensors

/// Reads the directory of a zip archive from its end.
struct ZipDirectory {
    private let file: MappedFile

    /// Entries that are read at most.
    private static let largestCount = 1 << 16
    /// Bytes of an entry in the directory without name, extra field and comment.
    private static let entrySize = 46

    init(_ file: MappedFile) { self.file = file }

    /// All entries but folders. Throws for what is encrypted, compressed otherwise, listed twice or beyond the file's end.
    func entries() throws(FormatError) -> [ZipEntry] {
        let (place, count) = try directory()
        guard count <= min(Self.largestCount, place.count / Self.entrySize) else {
            throw refusal(.limit, place.lowerBound, "at most \(min(Self.largestCount, place.count / Self.entrySize)) entries", "\(count)")
        }
        var position = place.lowerBound
        var entries: [ZipEntry] = []
        var names: Set<String> = []
        for _ in 0..<count {
            let entry = try entry(at: &position, before: place.upperBound)
            guard !entry.name.hasSuffix("/") else { continue }
            guard names.insert(entry.name).inserted else {
                throw refusal(.duplicate, position, "each name once", "\(quoted(entry.name)) twice")
            }
            entries.append(entry)
        }
        return entries
    }

    /// Where the directory lies and how many entries it has: the record at the end of the file, or the 64-bit one before it.
    private func directory() throws(FormatError) -> (Range<Int>, Int) {
        let bytes = file.bytes
        let first = max(0, file.count - 22 - 0xFFFF)
        let candidates = stride(from: file.count - 22, through: first, by: -1)
        let found = candidates.first { signature(at: $0, [5, 6]) && $0 + 22 + bytes.number(at: $0 + 20, digits: 2) == file.count }
        guard let end = found else {
            throw refusal(.truncated, file.count, "the directory of a zip archive at the end", "none")
        }
        var count = bytes.number(at: end + 10, digits: 2)
        var size = bytes.number(at: end + 12, digits: 4)
        var start = bytes.number(at: end + 16, digits: 4)
        if end >= 20, signature(at: end - 20, [6, 7]) {
            let record = bytes.number(at: end - 20 + 8, digits: 8)
            guard record <= end - 76, signature(at: record, [6, 6]) else {
                throw refusal(.malformed, end - 20, "the place of the 64-bit directory record", "\(record)")
            }
            count = bytes.number(at: record + 32, digits: 8)
            size = bytes.number(at: record + 40, digits: 8)
            start = bytes.number(at: record + 48, digits: 8)
        }
        guard start <= end, size <= end - start else {
            throw refusal(.truncated, end, "a directory inside the file", "\(size) bytes from byte \(start) on")
        }
        return (start..<start + size, count)
    }

    private func signature(at offset: Int, _ kind: [UInt8]) -> Bool {
        offset >= 0 && offset <= file.count - 4 && file.bytes[offset..<offset + 4].elementsEqual([0x50, 0x4B] + kind)
    }

    private func entry(at position: inout Int, before end: Int) throws(FormatError) -> ZipEntry {
        let (start, bytes) = (position, file.bytes)
        guard start <= end - Self.entrySize, signature(at: start, [1, 2]) else {
            throw refusal(.malformed, start, "an entry of the directory", "other bytes")
        }
        let lengths = [28, 30, 32].map { bytes.number(at: start + $0, digits: 2) }
        let name = start + Self.entrySize..<start + Self.entrySize + lengths[0]
        position = name.upperBound + lengths[1] + lengths[2]
        guard position <= end else { throw refusal(.truncated, start, "an entry inside the directory", "one beyond its end") }
        let method = bytes.number(at: start + 10, digits: 2)
        guard method == 0 || method == 8, bytes[start + 8] & 1 == 0 else {
            throw refusal(.unsupported, start, "entries stored or deflated, not encrypted", "method \(method)")
        }
        var entry = ZipEntry(
            name: String(decoding: file.slice(name), as: UTF8.self), isStored: method == 0,
            compressedSize: bytes.number(at: start + 20, digits: 4), size: bytes.number(at: start + 24, digits: 4),
            checksum: UInt32(bytes.number(at: start + 16, digits: 4)), headerOffset: bytes.number(at: start + 42, digits: 4))
        widen(&entry, by: name.upperBound..<name.upperBound + lengths[1])
        guard !entry.isStored || entry.size == entry.compressedSize else {
            throw refusal(.malformed, start, "equal sizes of a stored entry", "\(entry.compressedSize) and \(entry.size)")
        }
        return entry
    }

    /// Sizes and place of 64 bits stand in an extra field of kind 1, in this order, for those that are all ones in the entry.
    private func widen(_ entry: inout ZipEntry, by extra: Range<Int>) {
        var position = extra.lowerBound
        while position <= extra.upperBound - 4 {
            let length = file.bytes.number(at: position + 2, digits: 2)
            let field = position + 4..<min(extra.upperBound, position + 4 + length)
            if file.bytes.number(at: position, digits: 2) == 1 { widen(&entry, field: field) }
            position += 4 + length
        }
    }

    private func widen(_ entry: inout ZipEntry, field: Range<Int>) {
        var position = field.lowerBound
        for number in [\ZipEntry.size, \ZipEntry.compressedSize, \ZipEntry.headerOffset]
        where entry[keyPath: number] == 0xFFFF_FFFF && position <= field.upperBound - 8 {
            entry[keyPath: number] = file.bytes.number(at: position, digits: 8)
            position += 8
        }
    }

    private func refusal(_ kind: FormatError.Kind, _ offset: Int, _ expected: String, _ actual: String) -> FormatError {
        FormatError(kind, file: file.path, offset: offset, reading: "zip directory", expected: expected, actual: actual)
    }
}
