import CZlib
import Tensors

/// Reads the content of gzip members one after the other, as much as the caller asks for.
///
/// zlib checks CRC and length of each member at its end.
final class Inflater {
    private let file: MappedFile
    // zlib compares the address of its stream with the one it was started with, so it must not move.
    private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    private var isStarted = false
    private var isInsideMember = true
    /// Bytes of content delivered so far.
    private(set) var delivered = 0

    init(_ file: MappedFile) throws(FormatError) {
        self.file = file
        guard czlib_start_gunzip(stream) == Z_OK else {
            throw FormatError(.unreadable, file: file.path, reading: "gzip", expected: "memory for zlib", actual: "none")
        }
        isStarted = true
        stream.pointee.next_in = UnsafeMutablePointer(mutating: file.bytes.bindMemory(to: UInt8.self).baseAddress)
        stream.pointee.avail_in = 0
    }

    deinit {
        if isStarted { inflateEnd(stream) }
        stream.deallocate()
    }

    static func isGzip(_ bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.count >= 18 && bytes[0] == 0x1F && bytes[1] == 0x8B
    }

    /// Bytes of compressed examples or weights that are kept in memory at most: 1 GiB.
    static let largestKept = 1 << 30

    /// The most that DEFLATE can make of `byteCount` bytes: 1,032 for each.
    static func largestOutput(of byteCount: Int) -> Int {
        let (product, overflow) = byteCount.multipliedReportingOverflow(by: 1032)
        return overflow ? Int.max : product
    }

    /// Fills `memory` as far as there is content; returns the number of bytes written, fewer only at the end.
    func read(into memory: UnsafeMutableRawBufferPointer) throws(FormatError) -> Int {
        var filled = 0
        while filled < memory.count {
            let chunk = min(memory.count - filled, 1 << 30)
            let written = try step(memory.baseAddress?.advanced(by: filled), chunk)
            guard let written else { break }
            filled += written
        }
        return filled
    }

    /// Inflates `count` bytes and forgets them; returns how many there were.
    func skip(_ count: Int) throws(FormatError) -> Int {
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: min(max(count, 1), 1 << 16), alignment: 16)
        defer { block.deallocate() }
        var skipped = 0
        while skipped < count {
            let got = try read(into: UnsafeMutableRawBufferPointer(rebasing: block[..<min(block.count, count - skipped)]))
            skipped += got
            if got == 0 { break }
        }
        return skipped
    }

    /// One call of zlib: the bytes written, or nil at the end of the last member.
    private func step(_ target: UnsafeMutableRawPointer?, _ count: Int) throws(FormatError) -> Int? {
        if !isInsideMember {
            guard startNextMember() else { return nil }
        }
        refill()
        stream.pointee.next_out = target?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = UInt32(count)
        let before = inputPosition
        let status = inflate(stream, Z_NO_FLUSH)
        let written = count - Int(stream.pointee.avail_out)
        delivered += written
        if status == Z_STREAM_END {
            isInsideMember = false
        } else if status != Z_OK || (written == 0 && inputPosition == before) {
            throw damage(status)
        }
        return written
    }

    /// How far into the file zlib has read.
    private var inputPosition: Int {
        guard let next = stream.pointee.next_in, let base = file.bytes.baseAddress else { return 0 }
        return UnsafeRawPointer(next) - base
    }

    // avail_in has 32 bits, so a large file is offered in parts.
    private func refill() {
        if stream.pointee.avail_in == 0 { stream.pointee.avail_in = UInt32(min(file.count - inputPosition, 1 << 30)) }
    }

    /// gzip files may be several members in a row; zeros after the last one are padding, anything else is refused by zlib.
    private func startNextMember() -> Bool {
        let rest = file.bytes[inputPosition...]
        guard rest.contains(where: { $0 != 0 }) else { return false }
        isInsideMember = inflateReset(stream) == Z_OK
        return isInsideMember
    }

    private func damage(_ status: Int32) -> FormatError {
        let isCut = inputPosition >= file.count
        let reason = stream.pointee.msg.map { String(cString: $0) } ?? "zlib error \(status)"
        return FormatError(
            isCut ? .truncated : .malformed, file: file.path, offset: inputPosition, reading: "gzip data",
            expected: isCut ? "more compressed data" : "compressed data with a matching checksum",
            actual: isCut ? "the end of the file" : reason, cure: "The file is damaged; get it again.")
    }
}
