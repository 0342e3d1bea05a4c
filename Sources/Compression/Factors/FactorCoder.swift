import Networks

/// Replaces the weights by the product of a rank that is nearest to them, pruned ones as 0, or to what they give: ``NearestFactors``.
///
/// The product has hardly a zero, so that what was pruned is small and not 0; the error is against the pruned weights.
///
/// What the plan says of the factors is done before they are multiplied, so that the product is that of the factors as they are stored.
struct FactorCoder: SurvivorCoder {
    let lowRank: LowRank
    let search: CodeSearch
    func hasLevels(_ given: GivenStructure) -> Bool { false }

    func encode(_ buffers: CodeBuffers, of input: CoderInput) -> CodedValues? {
        let (values, weights) = (buffers.values, input.layout.geometry)
        let found = NearestFactors(
            UnsafeBufferPointer(values), lowRank.factorization(of: weights), of: weights, outputs: input.outputs,
            outputsAreColumns: input.layout.isTransposed, blocks: input.blocks)
        guard let found, let parts = parts(of: found.factors, input) else { return nil }
        let stored = parts.isEmpty ? found.factors : Factors(found.factors.factorization, of: weights, parts: parts.map(\.layer))
        let product = FloatMemory(values)
        defer { withExtendedLifetime(product) {} }
        guard let stored, stored.multiply(into: product.floats, blocks: input.blocks) else { return nil }
        var squaredError = 0.0
        let isFinished = input.blocks.forEach(in: values.count) { range in
            for index in range {
                let error = Double(values[index]) - Double(product.floats[index])
                squaredError += error * error
                values[index] = product.floats[index]
            }
        }
        guard isFinished else { return nil }
        var coded = FactorCoder.coded(stored, squaredError: squaredError)
        coded.keptEnergy = found.keptEnergy
        coded.spectrum = found.spectrum
        coded.parts = parts
        return coded
    }

    /// What the plan makes of each factor; none where nothing is known of the layer, nil when cancelled.
    private func parts(of factors: Factors, _ input: CoderInput) -> [CompressedPart]? {
        guard let whole = input.whole else { return [] }
        var parts: [CompressedPart] = []
        for (part, values) in zip(factors.factorization.parts(of: factors.weights), factors.parts) {
            guard let made = CompressedPart(part, of: whole, values: values, search: search, blocks: input.blocks) else { return nil }
            parts.append(made)
        }
        return parts
    }

    /// Weights take no bits of their own beside the factors.
    static func coded(_ factors: Factors?, squaredError: Double) -> CodedValues {
        let coding = ValueCoding(bits: 0, counts: nil, bitsWithZero: 0, overheadBits: factors?.bitCount ?? 0)
        var coded = CodedValues(squaredError: squaredError, coding: coding)
        coded.factors = factors
        return coded
    }
}
