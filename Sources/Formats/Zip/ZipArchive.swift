/// The entries of a ZIP archive by its central directory, ZIP64 included
/// (https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT).
struct ZipArchive {
    /// One file of the archive.
    struct Entry {
        var name: String
        /// 0 is stored, 8 is DEFLATE.
        var method: Int
        var isEncrypted: Bool
        var checksum: UInt32
        var packedCount: Int
        var count: Int
        /// Where its own header begins.
        var header: Int
        /// Where its entry of the directory begins.
        var place: Int
    }

    let file: MappedFile
    let entries: [Entry]

    private static let endSize = 22
    private static let largestComment = 0xFFFF

    static func isZip(_ bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.count >= endSize && bytes[0] == 0x50 && bytes[1] == 0x4B && [3, 5].contains(bytes[2])
    }

    init(_ file: MappedFile) throws(FormatError) {
        self.file = file
        let directory = try Self.directory(file)
        var cursor = ByteCursor(file, reading: "ZIP directory", at: directory.start, end: directory.end)
        var entries: [Entry] = []
        var names = Set<String>()
        while cursor.offset < directory.end {
            let entry = try Self.entry(&cursor)
            guard names.insert(entry.name).inserted else {
                throw cursor.error(.duplicate, at: entry.place, "different names", "\(quoted(entry.name)) twice")
            }
            entries.append(entry)
        }
        guard entries.count == directory.count else {
            throw cursor.error(.mismatch, at: directory.start, "\(directory.count) entries", "\(entries.count)")
        }
        self.entries = entries
    }

    /// Where the directory lies and how many entries it has, from the record at the file's end.
    private static func directory(_ file: MappedFile) throws(FormatError) -> (start: Int, end: Int, count: Int) {
        let last = file.count - endSize
        let marks = stride(from: last, through: max(0, last - largestComment), by: -1)
        guard let end = marks.first(where: { file.bytes.loadUnaligned(fromByteOffset: $0, as: UInt32.self) == 0x0605_4B50 }) else {
            throw FormatError(
                .truncated, file: file.path, offset: file.count, reading: "ZIP archive", expected: "the record that ends it",
                actual: "none",
                cure: "The file is incomplete: get it again.")
        }
        var cursor = ByteCursor(file, reading: "ZIP end record", at: end + 8)
        try cursor.skip(2)
        var count = Int(try cursor.number(UInt16.self))
        var size = Int(try cursor.number(UInt32.self))
        var start = Int(try cursor.number(UInt32.self))
        if count == 0xFFFF || size == 0xFFFF_FFFF || start == 0xFFFF_FFFF { (count, size, start) = try large(file, before: end) }
        guard start <= end, size <= end - start else {
            throw cursor.error(
                .malformed, at: end, "a directory of \(size) bytes at \(start) before the end record", "bytes that are not there")
        }
        return (start, start + size, count)
    }

    /// The same from the record of ZIP64, which a locator before the end record names.
    private static func large(_ file: MappedFile, before end: Int) throws(FormatError) -> (count: Int, size: Int, start: Int) {
        var cursor = ByteCursor(file, reading: "ZIP64 end record", at: max(0, end - 20), end: end)
        guard end >= 20, try cursor.number(UInt32.self) == 0x0706_4B50 else { throw cursor.error(.missing, "the locator of ZIP64", "none") }
        try cursor.skip(4)
        let place = try cursor.size()
        guard place <= end - 20 else { throw cursor.error(.malformed, at: end - 12, "a record before its locator", "byte \(place)") }
        cursor = ByteCursor(file, reading: "ZIP64 end record", at: place, end: end)
        guard try cursor.number(UInt32.self) == 0x0606_4B50 else {
            throw cursor.error(.malformed, at: place, "a record of ZIP64", "other bytes")
        }
        try cursor.skip(28)
        let count = try cursor.size()
        let size = try cursor.size()
        return (count, size, try cursor.size())
    }

    private static func entry(_ cursor: inout ByteCursor) throws(FormatError) -> Entry {
        let place = cursor.offset
        guard try cursor.number(UInt32.self) == 0x0201_4B50 else { throw cursor.error(.malformed, at: place, "an entry", "other bytes") }
        try cursor.skip(4)
        let flags = try cursor.number(UInt16.self)
        let method = Int(try cursor.number(UInt16.self))
        try cursor.skip(4)
        let checksum = try cursor.number(UInt32.self)
        let packed = Int(try cursor.number(UInt32.self))
        let count = Int(try cursor.number(UInt32.self))
        let nameLength = Int(try cursor.number(UInt16.self))
        let extraLength = Int(try cursor.number(UInt16.self))
        let commentLength = Int(try cursor.number(UInt16.self))
        try cursor.skip(8)
        let header = Int(try cursor.number(UInt32.self))
        let name = try cursor.text(nameLength)
        var entry = Entry(
            name: name, method: method, isEncrypted: flags & 1 == 1, checksum: checksum, packedCount: packed, count: count,
            header: header, place: place)
        let extraEnd = cursor.offset + extraLength
        guard extraEnd <= cursor.end else { throw cursor.error(.truncated, "\(extraLength) more bytes", "fewer") }
        try readLargeSizes(&entry, &cursor, until: extraEnd)
        cursor.offset = extraEnd
        try cursor.skip(commentLength)
        return entry
    }

    /// Sizes of 64 bits, each where the one of 32 bits is full, in this order.
    private static func readLargeSizes(_ entry: inout Entry, _ cursor: inout ByteCursor, until end: Int) throws(FormatError) {
        while cursor.offset + 4 <= end {
            let kind = try cursor.number(UInt16.self)
            let next = Int(try cursor.number(UInt16.self)) + cursor.offset
            guard next <= end else { throw cursor.error(.malformed, "an extra field inside its entry", "a longer one") }
            if kind == 1 {
                if entry.count == 0xFFFF_FFFF, cursor.offset + 8 <= next { entry.count = try cursor.size() }
                if entry.packedCount == 0xFFFF_FFFF, cursor.offset + 8 <= next { entry.packedCount = try cursor.size() }
                if entry.header == 0xFFFF_FFFF, cursor.offset + 8 <= next { entry.header = try cursor.size() }
            }
            cursor.offset = next
        }
    }
}
