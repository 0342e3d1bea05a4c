import CZlib

import struct Foundation.Data

/// What a general-purpose compressor makes of a file, to be set beside what Pare makes of it.
public enum GzipSize {
    /// Bytes of one gzip member with `data` at level 9; nil where there is no memory for it. Cost: O(bytes), some 20 MB/s.
    public static func byteCount(of data: Data) -> Int? {
        var count = compressBound(uLong(data.count))
        let buffer = UnsafeMutablePointer<UInt8>.allocate(capacity: Int(count))
        defer { buffer.deallocate() }
        let result = data.withUnsafeBytes { bytes in
            compress2(buffer, &count, bytes.bindMemory(to: UInt8.self).baseAddress, uLong(bytes.count), 9)
        }
        // The same DEFLATE stream: zlib adds 6 bytes to it, gzip 18.
        return result == Z_OK ? Int(count) + 12 : nil
    }
}
