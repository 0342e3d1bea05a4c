import CKernels

/// A canonical prefix code (Huffman 1952): lengths say it all; codes go up with length, then with the symbol.
///
/// A code word is written from its highest bit on, so that `words` hold them reversed, lowest bit first.
struct HuffmanCode {
    /// Bits of each symbol, 0 for those that do not occur.
    let lengths: [UInt8]
    let words: [UInt16]
    /// The longest code: bits of a window that is sure to hold one.
    let width: Int

    /// The longest code of up to 512 symbols, and of more.
    static func limit(symbols: Int) -> Int { symbols <= 512 ? 12 : 15 }

    /// An optimal code of limited length for these counts; at least two are not 0.
    init(counts: [Int]) {
        let lengths = HuffmanLengths.lengths(counts: counts, limit: HuffmanCode.limit(symbols: counts.count)).map { UInt8($0) }
        self.lengths = lengths
        words = HuffmanCode.words(lengths) ?? []
        width = Int(lengths.max() ?? 0)
    }

    /// Nil where the lengths, at most 15, are not those of a complete prefix code.
    init?(lengths: [UInt8]) {
        guard let words = HuffmanCode.words(lengths) else { return nil }
        self.lengths = lengths
        self.words = words
        width = Int(lengths.max() ?? 0)
    }

    /// Nil where Σ 2^−length is not 1.
    private static func words(_ lengths: [UInt8]) -> [UInt16]? {
        var starts = [Int](repeating: 0, count: 17)
        for length in lengths where length > 0 { starts[Int(length)] += 1 }
        var next = 0
        for length in 1...16 {
            let count = starts[length]
            starts[length] = next
            next = (next + count) * 2
        }
        guard next == 1 << 17 else { return nil }
        return lengths.map { length in
            guard length > 0 else { return 0 }
            defer { starts[Int(length)] += 1 }
            return UInt16(truncatingIfNeeded: starts[Int(length)]).reversedBits >> (16 - UInt16(length))
        }
    }

    /// What every window of ``width`` bits decodes to.
    func table(low: Int) -> [pare_huffman_entry] {
        var table = [pare_huffman_entry](repeating: pare_huffman_entry(), count: 1 << width)
        pare_huffman_table(words, lengths, lengths.count, Int32(low), Int32(width), &table)
        return table
    }
}

extension UInt16 {
    /// The bits in the opposite order.
    var reversedBits: UInt16 {
        var bits = self
        bits = bits >> 1 & 0x5555 | (bits & 0x5555) << 1
        bits = bits >> 2 & 0x3333 | (bits & 0x3333) << 2
        bits = bits >> 4 & 0x0F0F | (bits & 0x0F0F) << 4
        return bits.byteSwapped
    }
}
