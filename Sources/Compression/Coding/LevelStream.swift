/// How a row of levels is written: numbers as they are, with equal bits, or by a Huffman code.
enum LevelStream {
    /// Bit patterns of 16 or 32 bits.
    case raw(bits: Int)
    /// ``PackedLevels`` with its head.
    case packed
    /// ``PackedLevels`` that the reader knows.
    case known(PackedLevels)
    /// The least level, the number of symbols, the table of lengths, the codes; a single symbol takes none.
    case huffman

    /// Bits of the levels and bytes of the whole stream; nil where the levels have no such code. None take no bytes.
    func size(_ counts: LevelCounts) -> (bits: Int, bytes: Int)? {
        guard counts.total > 0 else { return (0, 0) }
        switch self {
        case .raw(let bits): return (counts.total * bits, counts.total * bits / 8)
        case .packed:
            let packed = PackedLevels(counts)
            return (counts.total * packed.bits, packed.headByteCount + (counts.total * packed.bits + 7) / 8)
        case .known(let packed): return (counts.total * packed.bits, (counts.total * packed.bits + 7) / 8)
        case .huffman:
            guard !counts.counts.isEmpty else { return nil }
            let head = [UInt8].byteCount(signed: counts.range.lowerBound) + [UInt8].byteCount(number: counts.counts.count)
            guard counts.counts.count > 1 else { return (0, head) }
            let code = HuffmanCode(counts: counts.counts)
            let bits = zip(counts.counts, code.lengths).reduce(0) { $0 + $1.0 * Int($1.1) }
            return (bits, head + code.table.count + (bits + 7) / 8)
        }
    }

    /// Precondition: `counts` are those of the levels, and ``size(_:)`` is not nil.
    func append(_ levels: [Int32], counts: LevelCounts, to bytes: inout [UInt8]) {
        guard !levels.isEmpty else { return }
        switch self {
        case .raw(let bits): PackedLevels.raw(bits: bits).append(levels, to: &bytes)
        case .packed:
            let packed = PackedLevels(counts)
            packed.appendHead(to: &bytes)
            packed.append(levels, to: &bytes)
        case .known(let packed): packed.append(levels, to: &bytes)
        case .huffman:
            bytes.appendSigned(counts.range.lowerBound)
            bytes.appendNumber(counts.counts.count)
            guard counts.counts.count > 1 else { return }
            let code = HuffmanCode(counts: counts.counts)
            bytes.append(contentsOf: code.table)
            code.append(levels, low: counts.range.lowerBound, to: &bytes)
        }
    }
}

extension PackedLevels {
    /// Bit patterns as they are.
    static func raw(bits: Int) -> PackedLevels { PackedLevels(low: 0, codes: 1 << bits) }
}
