/// The type of one element as it is stored.
public enum ElementType: String, Codable, Sendable, CaseIterable {
    case float32, float64, float16, bfloat16
    case int8, uint8, int16, uint16, int32, uint32, int64, uint64
    case bool
    /// Eight bits with four of exponent and no infinity, and with five of exponent (Micikevicius 2022, FP8).
    case float8e4m3, float8e5m2
    /// The same with an exponent one lower, without infinity and −0, so that the pattern of −0 is the only NaN.
    case float8e4m3fnuz, float8e5m2fnuz
    /// Blocks of 32 weights with a scale (`0`), and with a minimum (`1`), as GGUF has them.
    case block40 = "q4_0"
    case block41 = "q4_1"
    case block50 = "q5_0"
    case block51 = "q5_1"
    case block80 = "q8_0"
    /// Blocks of 256 weights in groups with scales of their own.
    case block4K = "q4_k"
    case block5K = "q5_k"
    case block6K = "q6_k"

    /// Elements that are stored together: 1, or those of a block.
    public var blockCount: Int {
        switch self {
        case .block40, .block41, .block50, .block51, .block80: 32
        case .block4K, .block5K, .block6K: 256
        default: 1
        }
    }

    /// Bytes of one element, or of one block.
    public var byteCount: Int {
        switch self {
        case .int8, .uint8, .bool, .float8e4m3, .float8e5m2, .float8e4m3fnuz, .float8e5m2fnuz: 1
        case .float16, .bfloat16, .int16, .uint16: 2
        case .float32, .int32, .uint32: 4
        case .float64, .int64, .uint64: 8
        case .block40: 18
        case .block41: 20
        case .block50: 22
        case .block51: 24
        case .block80: 34
        case .block4K: 144
        case .block5K: 176
        case .block6K: 210
        }
    }

    /// Bytes of `count` elements, a multiple of the block; nil where that exceeds `Int`.
    public func byteCount(of count: Int) -> Int? {
        let (bytes, overflow) = (count / blockCount).multipliedReportingOverflow(by: byteCount)
        return overflow ? nil : bytes
    }

    /// Whether it is a float of 16 bits.
    public var isHalf: Bool { self == .float16 || self == .bfloat16 }

    /// Whether it is a float of 8 bits.
    public var isFloat8: Bool { [.float8e4m3, .float8e5m2, .float8e4m3fnuz, .float8e5m2fnuz].contains(self) }

    /// Whether it holds fractions: what trained weights are stored as.
    public var isFraction: Bool {
        switch self {
        case .int8, .uint8, .int16, .uint16, .int32, .uint32, .int64, .uint64, .bool: false
        default: true
        }
    }
}
