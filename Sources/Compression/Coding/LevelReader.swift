import CKernels

/// Reads a row of levels from a stream, a piece at a time.
struct LevelReader {
    private enum Kind {
        case constant(Int32)
        case packed(PackedLevels)
        case huffman([pare_huffman_entry], width: Int)
    }

    /// Levels of one piece: what callers keep between stream and weights.
    static let piece = 4_096

    private let kind: Kind
    private let bytes: ContainerBytes
    /// The next bit.
    private var position: Int

    /// Reads the head of a row of `count` levels that lie in `range`, and checks that the bytes may hold it.
    init(_ form: LevelStream, count: Int, range: ClosedRange<Int>, stream: inout StreamReader) throws(CodingError) {
        kind = count == 0 ? .constant(0) : try LevelReader.kind(form, range: range, stream: &stream)
        bytes = stream.bytes
        position = 8 * stream.offset
        let least =
            switch kind {
            case .constant: 0
            case .packed(let packed): packed.bits
            case .huffman: 1
            }
        guard count <= 8 * stream.left / max(1, least) || least == 0 else {
            throw CodingError(.endsEarly, offset: stream.bytes.count)
        }
    }

    private static func kind(_ form: LevelStream, range: ClosedRange<Int>, stream: inout StreamReader) throws(CodingError) -> Kind {
        switch form {
        case .raw(let bits): return .packed(.raw(bits: bits))
        case .known(let packed): return .packed(packed)
        case .packed:
            let packed = try PackedLevels(&stream, range: range)
            return packed.bits == 0 ? .constant(Int32(packed.low)) : .packed(packed)
        case .huffman:
            let start = stream.offset
            let low = try stream.signed()
            let symbols = try stream.number()
            guard 1...LevelCounts.widest ~= symbols else { throw CodingError(.noPrefixCode, offset: start) }
            for end in [low, low + symbols - 1] where !range.contains(end) {
                throw CodingError(.levelOutOfRange(end), offset: start)
            }
            guard symbols > 1 else { return .constant(Int32(low)) }
            let code = try HuffmanCode(&stream, symbols: symbols)
            return .huffman(code.table(low: low), width: code.width)
        }
    }

    /// The next levels, as many as `levels` holds.
    mutating func read(into levels: UnsafeMutableBufferPointer<Int32>) throws(CodingError) {
        guard let target = levels.baseAddress, !levels.isEmpty else { return }
        let (start, size) = (position, bytes.count)
        var done = levels.count
        switch kind {
        case .constant(let level): levels.update(repeating: level)
        case .packed(let packed):
            done = bytes.withUnsafeBufferPointer { source in
                pare_unpack(
                    source.baseAddress, size, start, levels.count, Int32(packed.low), packed.skipsZero ? 1 : 0, Int32(packed.bits),
                    UInt64(packed.codes), target)
            }
            position += done * packed.bits
            guard done == levels.count else { throw CodingError(.levelOutOfRange(packed.low + packed.codes), offset: position / 8) }
        case .huffman(let table, let width):
            var next = start
            done = bytes.withUnsafeBufferPointer { source in
                pare_huffman_decode(source.baseAddress, size, &next, table, Int32(width), levels.count, target)
            }
            position = next
            guard done == levels.count else { throw CodingError(.endsEarly, offset: size) }
        }
    }

    /// The byte that is read next.
    var offset: Int { position / 8 }

    /// The stream behind the last level.
    func end(of stream: inout StreamReader) throws(CodingError) { _ = try stream.skip((position + 7) / 8 - stream.offset) }
}
