/// The ways in which the levels of a parameter are written. The raw value is the byte in a file: it never changes its meaning.
public enum WeightCoding: UInt8, Codable, Hashable, Sendable, CaseIterable {
    /// Every level with the fewest bits that hold all of them; floats as they are.
    case dense = 0
    /// Every level by a canonical Huffman code (Huffman 1952), zeros too.
    case denseHuffman = 1
    /// One bit a weight says which are not 0, then their levels with the fewest bits.
    case bitmap = 2
    /// The same with the levels Huffman-coded.
    case bitmapHuffman = 3
    /// The distance to the next weight that is not 0 in 5 bits, with filler zeros (Han, Mao and Dally 2016), then the level.
    case relative5 = 4
    /// Both of these Huffman-coded.
    case relative5Huffman = 5
    case relative8 = 6
    case relative8Huffman = 7
    /// Adaptive binary arithmetic coding with contexts from neighbours and from how full row and column are (Wiedemann 2020, DeepCABAC).
    case arithmetic = 8
    /// Which places a pattern of pruning leaves, then their levels with the fewest bits. Since version 4 of the file.
    case pattern = 9
    /// The same with the levels, and the marks of blocks, Huffman-coded.
    case patternHuffman = 10
}

/// Levels as bytes, and what the bytes are for.
public struct CodedLevels: Hashable, Sendable {
    public var coding: WeightCoding
    /// The stream, without the table of values.
    public var bytes: [UInt8]
    /// Bits that say where weights are not 0. An arithmetic stream counts its ideal code length here and in `valueBits`.
    public var positionBits: Int
    /// Bits that say what they are.
    public var valueBits: Int
    /// Bits of tables and padding: all others of the stream.
    public var tableBits: Int { 8 * bytes.count - positionBits - valueBits }

    public init(coding: WeightCoding, bytes: [UInt8], positionBits: Int, valueBits: Int) {
        self.coding = coding
        self.bytes = bytes
        self.positionBits = positionBits
        self.valueBits = valueBits
    }
}

extension WeightCoding {
    /// The word used in plans and tables: `relative5-huffman`.
    public var name: String {
        switch self {
        case .dense: "dense"
        case .denseHuffman: "dense-huffman"
        case .bitmap: "bitmap"
        case .bitmapHuffman: "bitmap-huffman"
        case .relative5: "relative5"
        case .relative5Huffman: "relative5-huffman"
        case .relative8: "relative8"
        case .relative8Huffman: "relative8-huffman"
        case .arithmetic: "arithmetic"
        case .pattern: "pattern"
        case .patternHuffman: "pattern-huffman"
        }
    }

    /// The first version of the file that has it.
    var version: UInt8 { self == .pattern || self == .patternHuffman ? 4 : 1 }

    /// The way of that name.
    public init?(name: String) {
        guard let coding = WeightCoding.allCases.first(where: { $0.name == name }) else { return nil }
        self = coding
    }
}
