import CZlib
import Tensors

/// The files of a zip archive (PKWARE's APPNOTE 6.3, with 64-bit sizes), stored or deflated, in one part and not encrypted.
struct ZipArchive: Sendable {
    let file: MappedFile
    /// In the order of the directory.
    let entries: [ZipEntry]

    /// Reads the directory at the end of the file. Throws where it contradicts itself or the file's size. Cost: O(entries).
    init(_ file: MappedFile) throws(FormatError) {
        self.file = file
        entries = try ZipDirectory(file).entries()
    }

    static func isZip(_ bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.count >= 22 && (bytes.starts(with: [0x50, 0x4B, 3, 4]) || bytes.starts(with: [0x50, 0x4B, 5, 6]))
    }

    /// The content of an entry: a view of the file where it is stored, else inflated; at most `limit` bytes of it, all when nil.
    ///
    /// The checksum is checked where all was inflated, or where the file is small enough to be in memory. Allocates no more than 1,032 bytes
    /// for each byte that the archive holds of the entry, which is what DEFLATE can make of it.
    func content(of entry: ZipEntry, limit: Int? = nil) throws(FormatError) -> (storage: TensorStorage, range: Range<Int>) {
        let data = try dataRange(of: entry)
        let wanted = min(limit ?? entry.size, entry.size)
        if entry.isStored {
            let range = data.lowerBound..<data.lowerBound + wanted
            if limit == nil, file.count < MappedFile.mappingThreshold { try check(file.slice(range), entry) }
            return (file.storage, range)
        }
        let storage = try inflated(entry, data, wanted)
        if wanted == entry.size { try check(storage.bytes, entry) }
        return (storage, 0..<wanted)
    }

    private func inflated(_ entry: ZipEntry, _ data: Range<Int>, _ count: Int) throws(FormatError) -> TensorStorage {
        try checkRatio(entry)
        guard count <= Inflater.largestKept else { throw tooLarge(entry, "\(count) bytes") }
        var written = 0
        let storage = TensorStorage(byteCount: count) { written = Deflate.expand(file.slice(data), into: $0) }
        guard written == count else { throw refusal(.malformed, entry, "\(count) bytes of content", "\(written) before its end") }
        return storage
    }

    /// Throws where an entry claims more than DEFLATE can make of its bytes.
    private func checkRatio(_ entry: ZipEntry) throws(FormatError) {
        guard entry.size <= Inflater.largestOutput(of: entry.compressedSize) else {
            throw refusal(.malformed, entry, "at most 1,032 bytes of content a byte", "\(entry.size) bytes of \(entry.compressedSize)")
        }
    }

    /// Throws where a deflated entry claims what can't be, and where all together would take more than ``Inflater/largestKept``.
    func checkInflatedSize() throws(FormatError) {
        var total = 0
        for entry in entries where !entry.isStored {
            try checkRatio(entry)
            let (sum, overflow) = total.addingReportingOverflow(entry.size)
            guard !overflow, sum <= Inflater.largestKept else {
                throw tooLarge(entry, "\(overflow ? .max : sum) bytes with those before it")
            }
            total = sum
        }
    }

    private func tooLarge(_ entry: ZipEntry, _ found: String) -> FormatError {
        var error = refusal(.limit, entry, "at most \(Inflater.largestKept) bytes of compressed arrays in memory", found)
        error.cure = "Write it with numpy.savez, uncompressed: then it is read in place."
        return error
    }

    private func check(_ bytes: UnsafeRawBufferPointer, _ entry: ZipEntry) throws(FormatError) {
        guard Deflate.checksum(bytes) == entry.checksum else {
            throw refusal(.malformed, entry, "content with the checksum of the directory", "another checksum")
        }
    }

    /// Where the bytes of an entry lie, which its own header tells: 30 bytes, name and extra field before them.
    func dataRange(of entry: ZipEntry) throws(FormatError) -> Range<Int> {
        let start = entry.headerOffset
        guard start >= 0, start <= file.count - 30, file.bytes[start...].starts(with: [0x50, 0x4B, 3, 4]) else {
            throw refusal(.malformed, entry, "a header at byte \(start)", "other bytes")
        }
        let data = start + 30 + file.bytes.number(at: start + 26, digits: 2) + file.bytes.number(at: start + 28, digits: 2)
        guard data <= file.count, entry.compressedSize <= file.count - data else {
            throw refusal(.truncated, entry, "\(entry.compressedSize) bytes from byte \(data) on", "a file of \(file.count) bytes")
        }
        return data..<data + entry.compressedSize
    }

    func refusal(_ kind: FormatError.Kind, _ entry: ZipEntry, _ expected: String, _ actual: String) -> FormatError {
        FormatError(
            kind, file: file.path, offset: entry.headerOffset, reading: "zip entry \(quoted(entry.name))", expected: expected,
            actual: actual)
    }
}

extension UnsafeRawBufferPointer {
    /// The little-endian number of `digits` bytes at `offset`, which must lie inside; beyond `Int.max` it is `Int.max`.
    func number(at offset: Int, digits: Int) -> Int {
        let value = (0..<digits).reduce(UInt64(0)) { $0 | UInt64(self[offset + $1]) << (8 * UInt64($1)) }
        return Int(clamping: value)
    }
}
