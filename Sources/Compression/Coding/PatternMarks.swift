/// Reads which weights a pattern leaves: their levels become 1.
enum PatternMarks {
    /// The numbers of sets of places, by the length of a piece.
    static func codes(_ pattern: PruningPattern, _ lines: PatternLines) -> [Int: Combinations] {
        let lengths = Set(lines.spans(of: pattern.span).map(\.count))
        return Dictionary(uniqueKeysWithValues: lengths.map { ($0, Combinations(of: $0, choosing: pattern.kept(of: $0))) })
    }

    /// Marks of N:M; how many there are.
    static func ofEach(
        _ pattern: PruningPattern, _ lines: PatternLines, _ levels: UnsafeMutableBufferPointer<Int32>, _ stream: inout StreamReader
    ) throws(CodingError) -> Int {
        let codes = codes(pattern, lines)
        let spans = lines.spans(of: pattern.span)
        let bits = lines.outer * lines.step * spans.reduce(0) { $0 + (codes[$1.count]?.bits ?? 0) }
        var reader = try BitRowReader(&stream, count: bits)
        var pieces = PatternPieces(lines, size: pattern.span)
        var kept = 0
        while let (first, count) = pieces.next() {
            guard let code = codes[count] else { continue }
            let number = reader.next(code.bits)
            guard number < code.count else { throw CodingError(.positionOutOfRange(number), offset: reader.offset) }
            var set = code.set(of: number)
            kept += code.chosen
            while set != 0 {
                levels[first + set.trailingZeroBitCount * lines.step] = 1
                set &= set - 1
            }
        }
        return kept
    }

    /// Marks of blocks; how many weights they are of.
    static func blocks(
        _ pattern: PruningPattern, _ lines: PatternLines, _ levels: UnsafeMutableBufferPointer<Int32>, isHuffman: Bool,
        _ stream: inout StreamReader
    ) throws(CodingError) -> Int {
        let count = lines.outer * lines.step * lines.spans(of: pattern.span).count
        let form: LevelStream = isHuffman ? .huffman : .known(PackedLevels(low: 0, codes: 256))
        var reader = try LevelReader(form, count: (count + 7) / 8, range: 0...255, stream: &stream)
        var pieces = PatternPieces(lines, size: pattern.span)
        var kept = 0
        for start in stride(from: 0, to: (count + 7) / 8, by: LevelReader.piece) {
            let bytes = try [Int32](count: min(LevelReader.piece, (count + 7) / 8 - start)) { (bytes) throws(CodingError) in
                try reader.read(into: bytes)
            }
            for bit in 0..<8 * bytes.count {
                let isSet = bytes[bit / 8] >> Int32(bit % 8) & 1 == 1
                guard let (first, count) = pieces.next() else {
                    if isSet { throw CodingError(.positionOutOfRange(8 * start + bit), offset: reader.offset) }
                    continue
                }
                guard isSet else { continue }
                kept += count
                for place in 0..<count { levels[first + place * lines.step] = 1 }
            }
        }
        try reader.end(of: &stream)
        return kept
    }
}

/// Reads a row of bits of a stream, each byte from its lowest bit on.
struct BitRowReader {
    private let bytes: ContainerBytes
    private var position: Int

    /// The next `count` bits; those that fill up the last byte are 0.
    init(_ stream: inout StreamReader, count: Int) throws(CodingError) {
        let start = try stream.skip((count + 7) / 8)
        bytes = stream.bytes
        position = 8 * start
        if count % 8 != 0, bytes[bytes.startIndex + start + count / 8] >> UInt8(count % 8) != 0 {
            throw CodingError(.positionOutOfRange(count), offset: start + count / 8)
        }
    }

    /// The byte that is read next.
    var offset: Int { position / 8 }

    /// The number of the next bits, at most 32, which lie within the row.
    mutating func next(_ bits: Int) -> Int {
        var (number, done) = (0, 0)
        while done < bits {
            let taken = min(8 - position % 8, bits - done)
            let byte = Int(bytes[bytes.startIndex + position / 8]) >> (position % 8) & (1 << taken - 1)
            number |= byte << done
            (done, position) = (done + taken, position + taken)
        }
        return number
    }
}
