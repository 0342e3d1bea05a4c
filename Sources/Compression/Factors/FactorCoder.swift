import Networks

/// Replaces the weights by the product of a rank that is nearest to them, pruned ones as 0 (Eckart and Young 1936).
///
/// The product has hardly a zero, so that what was pruned is small and not 0; the error is against the pruned weights.
struct FactorCoder: SurvivorCoder {
    let lowRank: LowRank
    func hasLevels(_ given: GivenStructure) -> Bool { false }

    func encode(_ buffers: CodeBuffers, of input: CoderInput) -> CodedValues? {
        let (values, matrix) = (buffers.values, input.layout.matrix)
        let found = KeptDecompositions.decomposition(
            of: UnsafeBufferPointer(values), rows: matrix.rows, columns: matrix.columns, blocks: input.blocks)
        guard let found else { return nil }
        let factors = found.factors(rank: lowRank.rank(matrix))
        let product = FloatMemory(values)
        defer { withExtendedLifetime(product) {} }
        guard factors.multiply(into: product.floats, blocks: input.blocks) else { return nil }
        var squaredError = 0.0
        let isFinished = input.blocks.forEach(in: values.count) { range in
            for index in range {
                let error = Double(values[index]) - Double(product.floats[index])
                squaredError += error * error
                values[index] = product.floats[index]
            }
        }
        guard isFinished else { return nil }
        var coded = FactorCoder.coded(factors, squaredError: squaredError)
        coded.keptEnergy = found.energy(rank: factors.rank)
        return coded
    }

    /// Weights take no bits of their own beside the two factors.
    static func coded(_ factors: Factors, squaredError: Double) -> CodedValues {
        let coding = ValueCoding(bits: 0, counts: nil, bitsWithZero: 0, overheadBits: factors.bitCount)
        var coded = CodedValues(squaredError: squaredError, coding: coding)
        coded.factors = factors
        return coded
    }
}

extension LowRank {
    /// Of a matrix.
    func rank(_ matrix: (rows: Int, columns: Int)) -> Int { factorization(of: WeightGeometry([matrix.rows, matrix.columns])).first }
}

extension ChannelLayout {
    /// The weights as they are stored.
    var matrix: (rows: Int, columns: Int) { isTransposed ? (length, channels) : (channels, length) }
}
