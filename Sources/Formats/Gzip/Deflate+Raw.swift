import CZlib

extension Deflate {
    /// Fills `memory` with the start of a DEFLATE stream without header (RFC 1951); returns how many bytes there were, fewer where it ends or is damaged.
    static func expand(_ source: UnsafeRawBufferPointer, into memory: UnsafeMutableRawBufferPointer) -> Int {
        // zlib compares the address of its stream with the one it was started with, so it must not move.
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        defer { stream.deallocate() }
        guard czlib_start_inflate(stream) == Z_OK else { return 0 }
        defer { inflateEnd(stream) }
        var (read, written) = (0, 0)
        while written < memory.count {
            let offered = min(source.count - read, 1 << 30)
            let room = min(memory.count - written, 1 << 30)
            stream.pointee.next_in = source.baseAddress.map {
                UnsafeMutablePointer(mutating: ($0 + read).assumingMemoryBound(to: UInt8.self))
            }
            stream.pointee.avail_in = UInt32(offered)
            stream.pointee.next_out = memory.baseAddress.map { ($0 + written).assumingMemoryBound(to: UInt8.self) }
            stream.pointee.avail_out = UInt32(room)
            let status = inflate(stream, Z_NO_FLUSH)
            read += offered - Int(stream.pointee.avail_in)
            written += room - Int(stream.pointee.avail_out)
            if status != Z_OK { break }
        }
        return written
    }

    /// CRC-32 as zip and gzip have it. Cost: O(bytes).
    static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        let start = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
        return bytes.isEmpty ? 0 : UInt32(crc32_z(0, start, bytes.count))
    }
}
