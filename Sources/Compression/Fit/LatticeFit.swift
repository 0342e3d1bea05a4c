import Tensors

/// Levels of a lattice by error in the outputs and bits: GPTQ and coordinate descent with ½ δ H δᵀ + λ · bits in the place of the error alone.
///
/// A bit costs λ at Δ² times the mean curvature that is left when a weight is rounded, so that λ means what it means without inputs. Prices follow from
/// the levels and levels from the prices, as in ``LatticeCoder``.
struct LatticeFit {
    let lattice: LatticeQuantization
    let rows: FitRows

    /// Times that prices are found from fitted levels.
    private static let rounds = 2

    init(_ lattice: LatticeQuantization, _ rows: FitRows) { (self.lattice, self.rows) = (lattice, rows) }

    /// `buffers` hold the least squares of the mask; nil when cancelled.
    func encode(_ buffers: CodeBuffers, of input: CoderInput, original: Tensor) -> CodedValues? {
        let choice = LatticeChoice(lattice, layout: input.layout, deviation: input.deviation)
        for round in 0...(lattice.lambda > 0 ? LatticeCoder.rounds : 0) {
            guard input.blocks.forEach(in: buffers.values.count, { choice.choose(buffers.values, $0) }) else { return nil }
            if lattice.lambda > 0, round < LatticeCoder.rounds { choice.findPrices() }
        }
        let rounding = FitRounding(rows, table(choice, input.layout), isCancelled: input.blocks.isCancelled)
        let unit = Float(curvature / 2) * choice.step * choice.step
        for _ in 0..<Self.rounds {
            rounding.take(prices(choice, unit))
            guard rounding.round(), rounding.descend() else { return nil }
            choice.take(rounding.levels)
            if lattice.lambda > 0 { choice.findPrices() }
        }
        rounding.take(prices(choice, unit))
        guard rounding.descend() else { return nil }
        choice.take(rounding.levels)
        return coded(choice, buffers, original)
    }

    /// The levels that occur and one more.
    private func table(_ choice: LatticeChoice, _ layout: ChannelLayout) -> FitTable {
        let values: StoredWeights.Values
        switch choice.table {
        case .grid(let scales, let largest): values = .grid(scales: scales, largest: min(largest + 1, LatticeQuantization.largestLevel))
        case .dithered(let scale, let largest, let seed):
            values = .dithered(scale: scale, largest: min(largest + 1, LatticeQuantization.largestLevel), seed: seed)
        case let other: values = other
        }
        return FitTable(kind: .fixed(values), hasZero: true, ranges: [], layout: layout)
    }

    private func prices(_ choice: LatticeChoice, _ unit: Float) -> LevelPrices? {
        choice.levelPrices.map { LevelPrices($0, others: choice.otherPrices, unit: unit) }
    }

    /// Mean R_jj² over the columns of all groups.
    private var curvature: Double {
        let found = rows.damped.compactMap { damped -> Double? in
            guard let damped else { return nil }
            let system = RowSystem(damped.matrix, size: damped.size, places: damped.order, isFactored: true)
            return system.feedback().map { $0.curvature.reduce(0, +) / Double(max(1, damped.size)) }
        }
        return found.isEmpty ? 1 : found.reduce(0, +) / Double(found.count)
    }

    private func coded(_ choice: LatticeChoice, _ buffers: CodeBuffers, _ original: Tensor) -> CodedValues {
        let weights = original.floats
        var tally = CodeTally(codes: 2 * LatticeQuantization.largestLevel + 1)
        let kept = buffers.values.map { $0 != 0 }
        let stored = StoredWeights(
            shape: original.shape, isTransposed: rows.layout.isTransposed, values: choice.table, levels: choice.levels)
        for (index, value) in stored.floats().enumerated() {
            (buffers.values[index], buffers.levels[index]) = (value, choice.levels[index])
            guard kept[index] else { continue }
            tally.add(code: Int(choice.levels[index]) + LatticeQuantization.largestLevel, weight: weights[index], value: value)
        }
        return LatticeCoder.coded(tally, choice)
    }
}
