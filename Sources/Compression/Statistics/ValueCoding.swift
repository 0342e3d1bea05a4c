/// How the values of a layer are stored, as far as their bytes depend on it.
public struct ValueCoding: Hashable, Sendable {
    /// Bits of one stored value.
    public var bits: Int
    /// Stored values of each code, zeros left out; nil for floats, which are not entropy-coded.
    public var counts: [Int]?
    /// Bits of one value where zeros are stored among the values; nil where zero has no code.
    public var bitsWithZero: Int?
    /// Codebook, scales (32 bits each) and zero points.
    public var overheadBits: Int

    public init(bits: Int, counts: [Int]?, bitsWithZero: Int?, overheadBits: Int) {
        self.bits = bits
        self.counts = counts
        self.bitsWithZero = bitsWithZero
        self.overheadBits = overheadBits
    }

    public static func floats(bits: Int) -> ValueCoding {
        ValueCoding(bits: bits, counts: nil, bitsWithZero: bits, overheadBits: 0)
    }
}
