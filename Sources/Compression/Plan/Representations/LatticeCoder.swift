import CKernels

/// Replaces each survivor by the multiple of the step that error and bits choose; see ``LatticeQuantization``.
struct LatticeCoder: SurvivorCoder {
    let lattice: LatticeQuantization

    /// Times that prices are found from the levels and levels from the prices.
    static let rounds = 4

    func encode(_ buffers: CodeBuffers, of input: CoderInput) -> CodedValues? {
        let values = buffers.values
        let choice = LatticeChoice(lattice, layout: input.layout, deviation: input.deviation)
        for round in 0...(lattice.lambda > 0 ? LatticeCoder.rounds : 0) {
            let isFinished = input.blocks.forEach(in: values.count) { choice.choose(values, $0) }
            guard isFinished else { return nil }
            if lattice.lambda > 0, round < LatticeCoder.rounds { choice.findPrices() }
        }
        var tally = CodeTally(codes: 2 * LatticeQuantization.largestLevel + 1)
        let isFinished = input.blocks.forEach(in: values.count) { choice.replace(buffers, $0, into: &tally) }
        return isFinished ? LatticeCoder.coded(tally, choice) : nil
    }

    /// Level 0 holds survivors that became zeros.
    static func coded(_ tally: CodeTally, _ choice: LatticeChoice) -> CodedValues {
        let zero = LatticeQuantization.largestLevel
        var counts = tally.counts
        counts[zero] = 0
        let used = counts.indices.filter { counts[$0] > 0 }
        let span = max((used.last ?? zero) - (used.first ?? zero), 1)
        let bits = Int.bitWidth - span.leadingZeroBitCount
        let seedBits = choice.lattice.dither == nil ? 0 : 32
        let coding = ValueCoding(
            bits: bits, counts: used.map { counts[$0] }, bitsWithZero: bits, overheadBits: 32 + seedBits)
        var coded = CodedValues(squaredError: tally.squaredError, coding: coding)
        coded.scales = [Double(choice.step)]
        coded.table = choice.table
        coded.codebook =
            choice.lattice.dither == nil
            ? tally.centroids(values: tally.counts.indices.map { Float($0 - zero) * choice.step }) : tally.centroids
        return coded
    }
}
