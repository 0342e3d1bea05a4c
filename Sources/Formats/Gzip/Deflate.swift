import CZlib

/// The zlib format (RFC 1950) of small pieces of memory.
public enum Deflate {
    /// The bytes at level 9; nil where there is no memory for it.
    public static func compressed(_ bytes: [UInt8]) -> [UInt8]? {
        var count = compressBound(uLong(bytes.count))
        var result = [UInt8](repeating: 0, count: Int(count))
        guard compress2(&result, &count, bytes, uLong(bytes.count), 9) == Z_OK else { return nil }
        return Array(result.prefix(Int(count)))
    }

    /// Exactly `count` bytes; nil where it are others, or the bytes are no zlib stream. Allocates `count` bytes.
    public static func expanded(_ bytes: [UInt8], count: Int) -> [UInt8]? {
        var size = uLong(count)
        var result = [UInt8](repeating: 0, count: count)
        guard uncompress(&result, &size, bytes, uLong(bytes.count)) == Z_OK, Int(size) == count else { return nil }
        return result
    }
}
