import Networks

/// Replaces the weights by the product of a rank that is nearest to them, pruned ones as 0, or to what they give: ``NearestFactors``.
///
/// The product has hardly a zero, so that what was pruned is small and not 0; the error is against the pruned weights.
struct FactorCoder: SurvivorCoder {
    let lowRank: LowRank
    func hasLevels(_ given: GivenStructure) -> Bool { false }

    func encode(_ buffers: CodeBuffers, of input: CoderInput) -> CodedValues? {
        let (values, weights) = (buffers.values, input.layout.geometry)
        let found = NearestFactors(
            UnsafeBufferPointer(values), lowRank.factorization(of: weights), of: weights, outputs: input.outputs,
            outputsAreColumns: input.layout.isTransposed, blocks: input.blocks)
        guard let found else { return nil }
        let product = FloatMemory(values)
        defer { withExtendedLifetime(product) {} }
        guard found.factors.multiply(into: product.floats, blocks: input.blocks) else { return nil }
        var squaredError = 0.0
        let isFinished = input.blocks.forEach(in: values.count) { range in
            for index in range {
                let error = Double(values[index]) - Double(product.floats[index])
                squaredError += error * error
                values[index] = product.floats[index]
            }
        }
        guard isFinished else { return nil }
        var coded = FactorCoder.coded(found.factors, squaredError: squaredError)
        coded.keptEnergy = found.keptEnergy
        coded.spectrum = found.spectrum
        return coded
    }

    /// Weights take no bits of their own beside the factors.
    static func coded(_ factors: Factors?, squaredError: Double) -> CodedValues {
        let coding = ValueCoding(bits: 0, counts: nil, bitsWithZero: 0, overheadBits: factors?.bitCount ?? 0)
        var coded = CodedValues(squaredError: squaredError, coding: coding)
        coded.factors = factors
        return coded
    }
}
