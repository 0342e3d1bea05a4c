/// Estimated bytes of a layer's weights as Deep Compression counts them (Han, Mao and Dally 2016): biases are not counted.
///
/// With an index: (values + fillers) · (value bits + index bits) + overhead. Without one: n · value bits + overhead, where zeros are one code
/// more unless the representation has one for them: ⌈log₂(codes + 1)⌉ bits for shared values. The index is left out where that takes no more
/// bits. Huffman-coded: both streams by code lengths from their counts, a filler or a stored zero being a symbol of its own among the
/// values; a stream that would grow stays as it is; floats of 16 and 32 bits stay as they are, their indexes are coded. Code lengths and the
/// header are not counted; bits are rounded up to bytes once a layer.
public enum HanAccounting {
    /// Index bits of a layer without a choice of its own.
    public static func defaultIndexBits(isConvolution: Bool) -> Int { isConvolution ? 8 : 5 }

    /// The bytes of a layer of `weights` weights whose values that are not zero lie at `gaps`.
    public static func bytes(weights: Int, gaps: IndexGaps, coding: ValueCoding) -> LayerBytes {
        let sparse = sparseBits(gaps, coding)
        let dense = denseBits(weights: weights, values: gaps.values, coding)
        let isDense = dense.map { $0.fixed <= sparse.fixed } ?? false
        let bits = isDense ? dense ?? sparse : sparse
        return LayerBytes(
            dense: 4 * weights, sparse: bytes(bits.fixed + coding.overheadBits),
            huffman: bytes(bits.huffman + coding.overheadBits), fillers: isDense ? 0 : gaps.fillers,
            indexBits: isDense ? 0 : gaps.bits, valueBits: bits.value)
    }

    private typealias Bits = (fixed: Int, huffman: Int, value: Int)

    private static func sparseBits(_ gaps: IndexGaps, _ coding: ValueCoding) -> Bits {
        let values = gaps.entries * coding.bits
        let indexes = gaps.entries * gaps.bits
        let symbols = coding.counts.map { $0 + [gaps.fillers] }
        let coded = huffmanBits(symbols, atMost: values) + huffmanBits(gaps.countsWithFillers, atMost: indexes)
        return (values + indexes, coded, coding.bits)
    }

    /// Nil where zeros can't be stored among the values.
    private static func denseBits(weights: Int, values: Int, _ coding: ValueCoding) -> Bits? {
        let zeros = weights - values
        guard let valueBits = zeros == 0 ? coding.bits : coding.bitsWithZero else { return nil }
        let fixed = weights * valueBits
        return (fixed, huffmanBits(coding.counts.map { $0 + [zeros] }, atMost: fixed), valueBits)
    }

    private static func huffmanBits(_ counts: [Int]?, atMost fixed: Int) -> Int {
        counts.map { min(HuffmanLengths.totalBits(counts: $0), fixed) } ?? fixed
    }

    private static func bytes(_ bits: Int) -> Int { (bits + 7) / 8 }
}
