import CZlib
import Tensors

extension ZipArchive {
    /// The content of an entry: a view of the file where it is stored, else inflated memory.
    ///
    /// Throws where the entry leaves the file, claims more than DEFLATE can make of its bytes, or has another checksum. Of large mapped files
    /// stored entries are not read for their checksum.
    func content(of entry: Entry) throws(FormatError) -> (storage: TensorStorage, range: Range<Int>) {
        let range = try dataRange(of: entry)
        guard !entry.isEncrypted else { throw refusal(entry, .unsupported, "an entry that is not encrypted", "an encrypted one") }
        switch entry.method {
        case 0:
            guard entry.count == entry.packedCount else { throw refusal(entry, .mismatch, "\(range.count) stored bytes", "\(entry.count)") }
            if file.count < MappedFile.mappingThreshold { try check(file.slice(range), entry) }
            return (file.storage, range)
        case 8: return (try inflated(entry, range), 0..<entry.count)
        default:
            throw refusal(
                entry, .unsupported, "stored or deflated bytes", "method \(entry.method)",
                cure: "Write it with numpy.savez or savez_compressed.")
        }
    }

    /// Throws where two entries share bytes, by which a small file could claim to be a large one.
    func checkOverlaps() throws(FormatError) {
        var ranges: [(range: Range<Int>, entry: Entry)] = []
        for entry in entries { ranges.append((try dataRange(of: entry), entry)) }
        ranges.sort { $0.range.lowerBound < $1.range.lowerBound }
        for (first, second) in zip(ranges, ranges.dropFirst()) where first.range.upperBound > second.range.lowerBound {
            throw refusal(second.entry, .malformed, "bytes of its own", "bytes of \(quoted(first.entry.name))")
        }
    }

    /// The packed bytes behind an entry's own header.
    private func dataRange(of entry: Entry) throws(FormatError) -> Range<Int> {
        var cursor = ByteCursor(file, reading: "ZIP entry \(quoted(entry.name))", at: min(entry.header, file.count))
        guard try cursor.number(UInt32.self) == 0x0403_4B50 else {
            throw cursor.error(.malformed, at: entry.header, "the header of an entry", "other bytes")
        }
        try cursor.skip(22)
        let name = Int(try cursor.number(UInt16.self))
        let extra = Int(try cursor.number(UInt16.self))
        try cursor.skip(name + extra)
        let start = cursor.offset
        try cursor.skip(entry.packedCount)
        return start..<cursor.offset
    }

    private func inflated(_ entry: Entry, _ range: Range<Int>) throws(FormatError) -> TensorStorage {
        guard entry.count <= Inflater.largestOutput(of: range.count) else {
            throw refusal(
                entry, .limit, "at most \(Inflater.largestOutput(of: range.count)) bytes of \(range.count)", "\(entry.count) declared")
        }
        var isWhole = false
        let storage = TensorStorage(byteCount: entry.count) { memory in isWhole = Self.inflate(file.slice(range), into: memory) }
        guard isWhole else { throw refusal(entry, .malformed, "\(entry.count) bytes by DEFLATE", "others") }
        try check(storage.bytes, entry)
        return storage
    }

    private func check(_ bytes: UnsafeRawBufferPointer, _ entry: Entry) throws(FormatError) {
        var sum = crc32(0, nil, 0)
        for start in stride(from: 0, to: bytes.count, by: 1 << 30) {
            let part = UnsafeRawBufferPointer(rebasing: bytes[start..<min(start + 1 << 30, bytes.count)])
            sum = crc32(sum, part.bindMemory(to: UInt8.self).baseAddress, uInt(part.count))
        }
        guard UInt32(truncatingIfNeeded: sum) == entry.checksum else {
            throw refusal(entry, .malformed, "checksum \(String(entry.checksum, radix: 16))", String(sum, radix: 16))
        }
    }

    /// Whether exactly the memory is filled when the stream ends.
    private static func inflate(_ packed: UnsafeRawBufferPointer, into memory: UnsafeMutableRawBufferPointer) -> Bool {
        // zlib compares the address of its stream with the one it was started with, so it must not move.
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        defer { stream.deallocate() }
        guard czlib_start_inflate(stream) == Z_OK else { return false }
        defer { inflateEnd(stream) }
        var spare: UInt8 = 0
        return withUnsafeMutablePointer(to: &spare) { spare in
            var (read, written) = (0, 0)
            while true {
                let room = memory.count - written
                stream.pointee.next_in = UnsafeMutablePointer(mutating: packed.bindMemory(to: UInt8.self).baseAddress?.advanced(by: read))
                stream.pointee.avail_in = uInt(min(packed.count - read, 1 << 30))
                let (offered, space) = (stream.pointee.avail_in, uInt(max(1, min(room, 1 << 30))))
                stream.pointee.next_out = room > 0 ? memory.bindMemory(to: UInt8.self).baseAddress?.advanced(by: written) : spare
                stream.pointee.avail_out = space
                let status = CZlib.inflate(stream, Z_NO_FLUSH)
                let (consumed, made) = (Int(offered - stream.pointee.avail_in), Int(space - stream.pointee.avail_out))
                read += consumed
                written += made
                if status == Z_STREAM_END { return written == memory.count }
                guard status == Z_OK, consumed + made > 0, written <= memory.count else { return false }
            }
        }
    }

    func refusal(
        _ entry: Entry, _ kind: FormatError.Kind, _ expected: String, _ actual: String, cure: String = "The file is damaged: get it again."
    ) -> FormatError {
        FormatError(
            kind, file: file.path, offset: entry.place, reading: "ZIP entry \(quoted(entry.name))", expected: expected, actual: actual,
            cure: cure)
    }
}
