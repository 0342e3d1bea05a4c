import Networks

/// What a layer already is when it is opened: pruned, shared or quantized by somebody else.
public struct GivenStructure: Hashable, Sendable {
    /// Values on a uniform grid: offset + code · step.
    public struct Grid: Hashable, Sendable {
        public var step: Double
        /// The value of code 0; 0 where the values are multiples of the step.
        public var offset: Double
        /// 2…8.
        public var bits: Int

        public init(step: Double, offset: Double, bits: Int) {
            self.step = step
            self.offset = offset
            self.bits = bits
        }
    }

    public static let maximumValues = 256
    /// The share of exact zeros from which a layer counts as one that came pruned.
    public static let prunedShare = 0.1

    /// Exact zeros.
    public var zeros: Int
    /// The number of weights.
    public var count: Int
    /// The distinct values other than zero, ascending; empty where there are more than 256, or so many that a codebook saves nothing.
    public var values: [Float]
    /// Nil where the values lie on no grid of at most 8 bits.
    public var grid: Grid?
    /// What the floats of the file are numbers of.
    public var format = StoredWeights.FloatFormat.float32
    /// The integers that the file had, where its graph made floats of them.
    public var codes: IntegerOrigin?

    public init(zeros: Int, count: Int, values: [Float], grid: Grid?) {
        self.zeros = zeros
        self.count = count
        self.values = values
        self.grid = grid
    }

    /// Whether at least a tenth of the weights are exact zeros, so that they are a mask rather than chance.
    public var isPruned: Bool { count > 0 && Double(zeros) >= GivenStructure.prunedShare * Double(count) }

    /// What the user should know of it.
    public var remarks: [LayerRemark] {
        var remarks = format.remarks
        if zeros > 0 { remarks.append(.givenZeros(zeros)) }
        if let grid {
            remarks.append(.givenGrid(step: grid.step, bits: grid.bits))
        } else if !values.isEmpty {
            remarks.append(.givenCodebook(distinct: values.count))
        }
        return remarks
    }

    /// How values of their own are counted, and held while they still are numbers of the format.
    var floats: CodedValues { CodedValues(coding: .floats(bits: format.bits), table: .floats(format)) }

    /// How the given values are stored, `counts` being those still in use: as codes of the grid or of a codebook, whichever takes fewer bits.
    func coding(counts: [Int]) -> ValueCoding {
        let book = ValueCoding(
            bits: GivenStructure.bits(codes: counts.count), counts: counts,
            bitsWithZero: GivenStructure.bits(codes: counts.count + 1), overheadBits: 32 * counts.count)
        guard let grid else { return book }
        let onGrid = ValueCoding(
            bits: grid.bits, counts: counts, bitsWithZero: grid.bits, overheadBits: grid.offset == 0 ? 32 : 64)
        return bits(book) < bits(onGrid) ? book : onGrid
    }

    /// Of all values without an index.
    private func bits(_ coding: ValueCoding) -> Int {
        count * (zeros > 0 ? coding.bitsWithZero ?? coding.bits : coding.bits) + coding.overheadBits
    }

    /// ⌈log₂ codes⌉, at least 1.
    static func bits(codes: Int) -> Int {
        max(1, Int.bitWidth - max(codes - 1, 0).leadingZeroBitCount)
    }
}

extension StoredWeights.FloatFormat {
    /// What should be known of a layer that came in it.
    var remarks: [LayerRemark] { self == .float32 ? [] : [.givenFloats(type: "\(self)")] }
}
