import CKernels

/// Levels with the fewest bits that hold all of them: the level less the least one.
///
/// Head: the least level, then twice the number of codes, plus 1 where 0 has none. A single code takes no bits.
struct PackedLevels: Hashable {
    var low: Int
    /// How many levels have a code.
    var codes: Int
    /// Whether levels above 0 have codes smaller by one, as 0 does not occur.
    var skipsZero: Bool

    init(low: Int, codes: Int, skipsZero: Bool = false) {
        self.low = low
        self.codes = codes
        self.skipsZero = skipsZero
    }

    init(_ counts: LevelCounts) {
        low = counts.range.lowerBound
        skipsZero = low < 0 && counts.range.upperBound > 0 && !counts.counts.isEmpty && counts.count(of: 0) == 0
        codes = counts.total == 0 ? 0 : counts.range.count - (skipsZero ? 1 : 0)
    }

    /// ⌈log₂ codes⌉.
    var bits: Int { codes < 2 ? 0 : Int.bitWidth - (codes - 1).leadingZeroBitCount }

    var headByteCount: Int { [UInt8].byteCount(signed: low) + [UInt8].byteCount(number: 2 * codes + (skipsZero ? 1 : 0)) }

    func appendHead(to bytes: inout [UInt8]) {
        bytes.appendSigned(low)
        bytes.appendNumber(2 * codes + (skipsZero ? 1 : 0))
    }

    func append(_ levels: [Int32], to bytes: inout [UInt8]) {
        bytes.appendWritten(atMost: (levels.count * bits + 7) / 8 + 8) { target in
            pare_pack(levels, levels.count, Int32(truncatingIfNeeded: low), skipsZero ? 1 : 0, Int32(bits), target)
        }
    }

    /// Reads a head; codes of levels outside `range` are refused.
    init(_ stream: inout StreamReader, range: ClosedRange<Int>) throws(CodingError) {
        let start = stream.offset
        low = try stream.signed()
        let number = try stream.number()
        (codes, skipsZero) = (number >> 1, number & 1 == 1)
        let high = low + codes - (skipsZero ? 0 : 1)
        guard codes > 0 else { throw CodingError(.unsuitable, offset: start) }
        for end in [low, high] where !range.contains(end) { throw CodingError(.levelOutOfRange(end), offset: start) }
    }
}

extension [UInt8] {
    /// Room for `count` bytes, of which `body` writes as many as it says.
    mutating func appendWritten(atMost count: Int, _ body: (UnsafeMutablePointer<UInt8>) -> Int) {
        let written = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            filled = buffer.baseAddress.map(body) ?? 0
        }
        append(contentsOf: written)
    }
}
