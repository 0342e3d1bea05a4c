import Compression

/// One way of numbering the values of a parameter, with a number for zero and without.
struct CodeBook {
    var kind: CWeights.Kind
    /// The level of code 0 on a grid.
    var lowest: Int32 = 0
    /// A table, or the scales of a grid.
    var values: [Float] = []
    var valuesWithZero: [Float] = []
    /// One a weight; of no meaning where it is 0.
    var codes: [UInt32]
    var codesWithZero: [UInt32]
    var bits: Int
    var bitsWithZero: Int

    /// Tables up to this size are tried.
    private static let largestTable = 4_096

    /// All ways that fit these weights; floats among them.
    static func all(of weights: StoredWeights) -> [CodeBook] {
        [CodeBook(tableOf: weights), CodeBook(gridOf: weights), CodeBook(floats: weights)].compactMap { $0 }
    }

    init?(tableOf weights: StoredWeights) {
        guard let all = weights.valueTable(limit: Self.largestTable),
            let some = weights.valueTable(limit: Self.largestTable, withZero: false)
        else { return nil }
        kind = .table
        (values, valuesWithZero) = (some.values, all.values)
        (codes, codesWithZero) = (some.codes.map { UInt32($0) }, all.codes.map { UInt32($0) })
        (bits, bitsWithZero) = (Self.bits(codes: values.count), Self.bits(codes: valuesWithZero.count))
    }

    init?(gridOf weights: StoredWeights) {
        guard case .grid(let scales, _) = weights.grid else { return nil }
        let range = weights.levels.reduce(into: (low: Int32(0), high: Int32(0))) { $0 = (min($0.low, $1), max($0.high, $1)) }
        guard range.high - range.low < 1 << 16, range.low >= -(1 << 15) else { return nil }
        kind = scales.count == 1 ? .grid : weights.isTransposed ? .columnGrid : .rowGrid
        lowest = range.low
        (values, valuesWithZero) = (scales, scales)
        codes = weights.levels.map { UInt32($0 - range.low) }
        codesWithZero = codes
        bits = Self.bits(codes: Int(range.high - range.low) + 1)
        bitsWithZero = bits
    }

    /// The numbers as they are; those of 16 bits as float32 where no 16-bit format is stored.
    init(floats weights: StoredWeights) {
        switch weights.values {
        case .floats(.float16): (kind, bits) = (.float16, 16)
        case .floats(.bfloat16): (kind, bits) = (.bfloat16, 16)
        default: (kind, bits) = (.float32, 32)
        }
        if case .floats = weights.values {
            let mask: UInt32 = bits == 16 ? 0xFFFF : .max
            codes = weights.levels.map { UInt32(bitPattern: $0) & mask }
        } else {
            codes = weights.floats().map(\.bitPattern)
        }
        codesWithZero = codes
        bitsWithZero = bits
    }

    /// ⌈log₂ codes⌉; 0 where there is only one.
    private static func bits(codes: Int) -> Int { codes < 2 ? 0 : Int.bitWidth - (codes - 1).leadingZeroBitCount }
}
