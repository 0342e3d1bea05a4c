/// All ways to write levels, and the choice of the smallest.
public enum LevelCoders {
    private static func tallyCoder(for coding: WeightCoding) -> (any TallyCoder)? {
        switch coding {
        case .dense: DenseCoder(isHuffman: false)
        case .denseHuffman: DenseCoder(isHuffman: true)
        case .bitmap: BitmapCoder(isHuffman: false)
        case .bitmapHuffman: BitmapCoder(isHuffman: true)
        case .relative5: RelativeCoder(bits: 5, isHuffman: false)
        case .relative5Huffman: RelativeCoder(bits: 5, isHuffman: true)
        case .relative8: RelativeCoder(bits: 8, isHuffman: false)
        case .relative8Huffman: RelativeCoder(bits: 8, isHuffman: true)
        case .arithmetic: nil
        case .pattern: PatternCoder(isHuffman: false)
        case .patternHuffman: PatternCoder(isHuffman: true)
        }
    }

    public static func coder(for coding: WeightCoding) -> any LevelCoder { tallyCoder(for: coding) ?? ArithmeticCoder() }

    /// The levels as bytes; nil where this way can't hold them.
    public static func encode(_ weights: StoredWeights, as coding: WeightCoding) -> CodedLevels? {
        coder(for: coding).encode(weights)
    }

    /// The levels of `count` weights; `form` is the parameter with its values, whose own levels do not count.
    ///
    /// - Throws: `CodingError` with the byte of the stream. Allocates at most 4 bytes a weight and 1 MiB.
    public static func decode(
        _ bytes: ContainerBytes, as coding: WeightCoding, count: Int, form: StoredWeights
    ) throws(CodingError) -> [Int32] {
        try coder(for: coding).decode(bytes, count: count, form: form)
    }

    /// The fewest bytes of all codings; of equal ones the one with the lower number.
    ///
    /// All are measured, the arithmetic one by writing it, and only the chosen one is written. Cost: O(n).
    public static func smallest(_ weights: StoredWeights) -> CodedLevels {
        let tally = LevelTally(weights)
        let arithmetic = ArithmeticCoder().encode(weights)
        var best: (bytes: Int, coder: (any TallyCoder)?) = (arithmetic?.bytes.count ?? .max, nil)
        for coding in WeightCoding.allCases.reversed() {
            guard let coder = tallyCoder(for: coding), let size = coder.size(tally), size.bytes <= best.bytes else { continue }
            best = (size.bytes, coder)
        }
        return best.coder?.encode(tally) ?? arithmetic ?? CodedLevels(coding: .dense, bytes: [], positionBits: 0, valueBits: 0)
    }

    /// Exact bytes of every coding that can hold the levels, as ``encode(_:as:)`` gives them; only the arithmetic one is written.
    ///
    /// `including` leaves others out: without the arithmetic one the cost is that of counting.
    public static func sizes(of weights: StoredWeights, including: Set<WeightCoding> = Set(WeightCoding.allCases)) -> [WeightCoding: Int] {
        let tally = LevelTally(weights)
        var sizes: [WeightCoding: Int] = [:]
        for coding in including {
            sizes[coding] =
                tallyCoder(for: coding).map { $0.size(tally)?.bytes } ?? ArithmeticCoder().encode(weights)?.bytes.count
        }
        return sizes
    }
}
