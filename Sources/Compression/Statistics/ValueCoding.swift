/// How the values of a layer are stored, as far as their bytes depend on it.
public struct ValueCoding: Hashable, Sendable {
    /// Bits of one stored value.
    public var bits: Int
    /// Stored values of each code, zeros left out; nil for floats, which are not entropy-coded.
    public var counts: [Int]?
    /// Bits of one value where zeros are stored among the values, which may need a code more; nil where they can't be.
    public var bitsWithZero: Int?
    /// Codebook, scales (32 bits each) and zero points.
    public var overheadBits: Int

    public init(bits: Int, counts: [Int]?, bitsWithZero: Int?, overheadBits: Int) {
        self.bits = bits
        self.counts = counts
        self.bitsWithZero = bitsWithZero
        self.overheadBits = overheadBits
    }

    /// Codes of `bits` bits of which none is zero, so that zeros are one code more where they are stored among the values.
    ///
    /// - Parameter codes: How many there are; nil counts those in use.
    static func codes(bits: Int, counts: [Int], codes: Int? = nil, overheadBits: Int) -> ValueCoding {
        let used = codes ?? counts.count { $0 > 0 }
        return ValueCoding(
            bits: bits, counts: counts, bitsWithZero: max(bits, GivenStructure.bits(codes: used + 1)), overheadBits: overheadBits)
    }

    public static func floats(bits: Int) -> ValueCoding {
        ValueCoding(bits: bits, counts: nil, bitsWithZero: bits, overheadBits: 0)
    }
}
