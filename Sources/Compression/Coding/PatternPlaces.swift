/// Which weights a pattern leaves of levels, and the bits that say so.
struct PatternPlaces {
    let stored: StoredPattern
    /// 1 for each weight whose level is written.
    private(set) var mask: [UInt8]
    /// Weights whose level is written.
    private(set) var kept = 0
    /// Bits that say which, and the bytes that they fill.
    private(set) var markBits = 0
    private(set) var marks: [UInt8]

    /// Nil where the weights have no pattern, or levels that it does not allow. Cost: O(n).
    init?(_ weights: StoredWeights) {
        guard let stored = weights.pattern, let lines = stored.lines(weights.shape), lines.count == weights.count else { return nil }
        (self.stored, mask, marks) = (stored, [UInt8](repeating: 0, count: weights.count), [])
        var writer = BitRowWriter()
        guard stored.pattern.setsAmount ? markPlaces(weights.levels, lines, &writer) : markBlocks(weights.levels, lines, &writer) else {
            return nil
        }
        marks = writer.finished()
        markBits = writer.count
    }

    /// Of each piece the places that are not 0, and the first others where these are fewer than the pattern leaves.
    private mutating func markPlaces(_ levels: [Int32], _ lines: PatternLines, _ writer: inout BitRowWriter) -> Bool {
        let codes = PatternMarks.codes(stored.pattern, lines)
        var pieces = PatternPieces(lines, size: stored.pattern.span)
        while let (first, count) = pieces.next() {
            var (set, left) = (UInt32(0), stored.pattern.kept(of: count))
            for place in 0..<count where levels[first + place * lines.step] != 0 {
                set |= 1 << UInt32(place)
                left -= 1
            }
            guard left >= 0 else { return false }
            for place in 0..<count where left > 0 && set >> UInt32(place) & 1 == 0 {
                set |= 1 << UInt32(place)
                left -= 1
            }
            for place in 0..<count where set >> UInt32(place) & 1 == 1 { mask[first + place * lines.step] = 1 }
            kept += stored.pattern.kept(of: count)
            guard let code = codes[count] else { return false }
            writer.append(code.number(of: set), bits: code.bits)
        }
        return true
    }

    private mutating func markBlocks(_ levels: [Int32], _ lines: PatternLines, _ writer: inout BitRowWriter) -> Bool {
        var pieces = PatternPieces(lines, size: stored.pattern.span)
        while let (first, count) = pieces.next() {
            let stays = (0..<count).contains { levels[first + $0 * lines.step] != 0 }
            writer.append(stays ? 1 : 0, bits: 1)
            guard stays else { continue }
            kept += count
            for place in 0..<count { mask[first + place * lines.step] = 1 }
        }
        return true
    }
}

/// The pieces of lines in the order of their first weights.
struct PatternPieces: IteratorProtocol {
    private let lines: PatternLines
    private let spans: [Range<Int>]
    private var (outer, span, offset) = (0, 0, 0)

    init(_ lines: PatternLines, size: Int) {
        self.lines = lines
        spans = lines.spans(of: size)
    }

    mutating func next() -> (first: Int, count: Int)? {
        guard outer < lines.outer, !spans.isEmpty, lines.step > 0 else { return nil }
        let piece = (first: (outer * lines.length + spans[span].lowerBound) * lines.step + offset, count: spans[span].count)
        offset += 1
        if offset == lines.step { (offset, span) = (0, span + 1) }
        if span == spans.count { (span, outer) = (0, outer + 1) }
        return piece
    }
}

/// Bits one after another, each byte from its lowest bit on.
struct BitRowWriter {
    private var bytes: [UInt8] = []
    private var (pending, pendingCount) = (UInt64(0), 0)
    /// Bits that were written.
    private(set) var count = 0

    /// At most 32 bits of `value`.
    mutating func append(_ value: Int, bits: Int) {
        pending |= UInt64(value) << UInt64(pendingCount)
        (pendingCount, count) = (pendingCount + bits, count + bits)
        while pendingCount >= 8 {
            bytes.append(UInt8(truncatingIfNeeded: pending))
            (pending, pendingCount) = (pending >> 8, pendingCount - 8)
        }
    }

    /// All bytes, the last one filled up with 0.
    func finished() -> [UInt8] { pendingCount > 0 ? bytes + [UInt8(truncatingIfNeeded: pending)] : bytes }
}
