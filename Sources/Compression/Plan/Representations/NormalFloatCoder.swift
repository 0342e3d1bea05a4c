/// NF4: the largest magnitude of a group times the nearest of 16 values, which are even in the quantiles of a normal distribution
/// (Dettmers, Pagnoni, Holtzman and Zettlemoyer 2023, QLoRA, appendix E).
struct NormalFloatCoder: SurvivorCoder {
    /// Weights of a group; see ``ChannelLayout/grouped(by:)``.
    let group: Int

    /// Ascending; the eighth is 0.
    static let values: [Float] = [
        -1, -0.696_192_8, -0.525_073_05, -0.394_917_5, -0.284_441_38, -0.184_773_43, -0.091_050_036, 0, 0.079_580_3, 0.160_930_2,
        0.246_112_3, 0.337_915_24, 0.440_709_83, 0.562_617, 0.722_956_84, 1,
    ]
    private static let zero = 7
    private static let boundaries = zip(values, values.dropFirst()).map { ($0 + $1) / 2 }

    func encode(_ buffers: CodeBuffers, of input: CoderInput) -> CodedValues? {
        var tally = CodeTally(codes: Self.values.count)
        var scales: [Float] = []
        let isFinished = input.layout.grouped(by: group).forEachChannel(of: buffers, blocks: input.blocks) { cell in
            let scale = cell.values.reduce(Float(0)) { max($0, $1.magnitude) }
            scales.append(scale)
            Self.quantize(cell, scale: scale) { code, weight, value in tally.add(code: code, weight: weight, value: value) }
        }
        return isFinished ? Self.coded(tally, scales: scales) : nil
    }

    /// Replaces the weights other than 0, and writes their levels; a weight whose nearest value is 0 becomes +0.
    static func quantize(
        _ buffers: CodeBuffers, scale: Float, _ body: (_ code: Int, _ weight: Float, _ value: Float) -> Void
    ) {
        let (cell, levels) = (buffers.values, buffers.levels)
        for index in cell.indices where cell[index] != 0 {
            let weight = cell[index]
            let code = code(of: weight / scale)
            let value = code == zero ? 0 : values[code] * scale
            body(code, weight, value)
            cell[index] = value
            if !levels.isEmpty { levels[index] = value == 0 ? 0 : Int32(code - zero) }
        }
    }

    /// The nearest of the values, the lower one in the middle of two.
    private static func code(of share: Float) -> Int {
        var (low, high) = (0, boundaries.count)
        while low < high {
            let middle = (low + high) / 2
            if boundaries[middle] < share { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The values with the scales of the groups.
    static func table(_ scales: [Float]) -> StoredWeights.Values {
        .scaled(negatives: values[..<zero].reversed(), positives: Array(values[(zero + 1)...]), scales: scales)
    }

    /// The outcome: a scale of 32 bits for each group.
    static func coded(_ tally: CodeTally, scales: [Float]) -> CodedValues {
        var counts = tally.counts
        counts[zero] = 0
        let coding = ValueCoding(bits: 4, counts: counts, bitsWithZero: 4, overheadBits: 32 * scales.count)
        var coded = CodedValues(codebook: tally.centroids, squaredError: tally.squaredError, coding: coding)
        coded.scales = scales.map(Double.init)
        coded.table = table(scales)
        return coded
    }
}
