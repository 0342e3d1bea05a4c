import Formats

/// Zip archives made by hand (APPNOTE 4.3), so that tests can lie in them.
struct Zip {
    struct Entry {
        var name: String
        var content: [UInt8]
        /// The content as a DEFLATE stream; else it is stored.
        var isDeflated = false
        /// Overrides of what the directory says.
        var size: Int?
        var compressedSize: Int?
        var checksum: UInt32?
        var method: Int?
        var flags = 0
        var offset: Int?
    }

    var entries: [Entry]
    var count: Int?
    var start: Int?

    var bytes: [UInt8] {
        var (archive, directory): ([UInt8], [UInt8]) = ([], [])
        for entry in entries {
            // Without header and checksum of the zlib format the stream is raw.
            let packed = entry.isDeflated ? Array((Deflate.compressed(entry.content) ?? []).dropFirst(2).dropLast(4)) : entry.content
            let facts =
                Self.number(entry.flags, 2) + Self.number(entry.method ?? (entry.isDeflated ? 8 : 0), 2) + Self.number(0, 4)
                + Self.number(Int(entry.checksum ?? Self.checksum(entry.content)), 4) + Self.number(entry.compressedSize ?? packed.count, 4)
                + Self.number(entry.size ?? entry.content.count, 4) + Self.number(entry.name.utf8.count, 2) + Self.number(0, 2)
            let offset = entry.offset ?? archive.count
            archive += [0x50, 0x4B, 3, 4, 20, 0] + facts + Array(entry.name.utf8) + packed
            directory +=
                [0x50, 0x4B, 1, 2, 20, 0, 20, 0] + facts + Self.number(0, 10) + Self.number(offset, 4) + Array(entry.name.utf8)
        }
        let end =
            Self.number(0, 4) + Self.number(count ?? entries.count, 2) + Self.number(count ?? entries.count, 2)
            + Self.number(directory.count, 4) + Self.number(start ?? archive.count, 4) + Self.number(0, 2)
        return archive + directory + [0x50, 0x4B, 5, 6] + end
    }

    private static func number(_ value: Int, _ digits: Int) -> [UInt8] {
        (0..<digits).map { UInt8(truncatingIfNeeded: $0 < 8 ? value >> (8 * $0) : 0) }
    }

    static func checksum(_ content: [UInt8]) -> UInt32 {
        var checksum = UInt32.max
        for byte in content {
            checksum ^= UInt32(byte)
            for _ in 0..<8 { checksum = checksum >> 1 ^ (checksum & 1 == 1 ? 0xEDB8_8320 : 0) }
        }
        return ~checksum
    }

    /// An NPY file of these bytes.
    static func npy(_ descr: String, _ shape: String, _ content: [UInt8]) -> [UInt8] {
        let header = "{'descr': '\(descr)', 'fortran_order': False, 'shape': \(shape), }\n"
        return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count & 255), UInt8(header.utf8.count >> 8)] + Array(header.utf8)
            + content
    }
}
