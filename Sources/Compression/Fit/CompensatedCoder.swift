import Tensors

/// Represents the survivors of a layer by what it hands on: least squares for the mask, the representation's table on these, GPTQ and coordinate descent with
/// the mask held, and, of a codebook, its values fitted anew.
///
/// What is 0 stays 0. Numbers without a table of values are only fitted to the mask. Cost: out · d² + d³ / 3, with a mask Σ |S|³ / 3 over the rows.
struct CompensatedCoder: SurvivorCoder {
    /// What finds the table: the coder of the representation.
    let base: any SurvivorCoder
    let representation: WeightRepresentation
    let moments: InputMoments
    /// The weights as they came.
    let original: Tensor

    func hasLevels(_ given: GivenStructure) -> Bool { representation.form.table != .none }

    func encode(_ buffers: CodeBuffers, of input: CoderInput) -> CodedValues? {
        let isCancelled = input.blocks.isCancelled
        guard let rows = FitRows(moments, input.layout, original: original, isCancelled: isCancelled),
            let plain = plainError(buffers, of: input), rows.solve(buffers.values)
        else { return nil }
        rows.write(into: buffers.values)
        guard var coded = fitted(rows, buffers, input) else { return nil }
        coded.fit = FitFigures(rows, before: plain, after: outputError(of: buffers.values, input.layout))
        return coded
    }

    /// ½ Σ δ H δᵀ of what the representation makes without looking at the inputs; nil when cancelled.
    private func plainError(_ buffers: CodeBuffers, of input: CoderInput) -> Double? {
        if representation == .float32 { return outputError(of: buffers.values, input.layout) }
        var (values, levels) = (Array(buffers.values), [Int32](repeating: 0, count: buffers.levels.count))
        let isMade = values.withUnsafeMutableBufferPointer { values in
            levels.withUnsafeMutableBufferPointer { base.encode(CodeBuffers(values: values, levels: $0), of: input) != nil }
        }
        return isMade ? values.withUnsafeMutableBufferPointer { outputError(of: $0, input.layout) } : nil
    }

    private func outputError(of values: UnsafeMutableBufferPointer<Float>, _ layout: ChannelLayout) -> Double {
        let (now, then) = (layout.rows(of: UnsafeBufferPointer(values)), original.withFloats { layout.rows(of: $0) })
        return moments.outputError(of: zip(now, then).map { $0 - $1 }, outputs: layout.channels)
    }

    private func fitted(_ rows: FitRows, _ buffers: CodeBuffers, _ input: CoderInput) -> CodedValues? {
        guard representation.form.table != .none else { return numbers(buffers, input) }
        if case .lattice(let lattice) = representation { return LatticeFit(lattice, rows).encode(buffers, of: input, original: original) }
        guard let start = table(rows, buffers, input) else { return nil }
        if case .floats = start.coded.table { return start.coded }
        let rounding = FitRounding(rows, start.table, isCancelled: input.blocks.isCancelled)
        guard rounding.round(), rounding.descend() else { return nil }
        guard !representation.refits || rounding.refit() else { return nil }
        return FitOutcome(rounding, start.coded, representation, original).write(buffers, input.layout)
    }

    /// Numbers of their own: the least squares, rounded to their format.
    private func numbers(_ buffers: CodeBuffers, _ input: CoderInput) -> CodedValues? {
        var coded: CodedValues?
        if representation == .float32 {
            coded = CodedValues(coding: .floats(bits: 32))
        } else {
            coded = base.encode(buffers, of: input)
        }
        coded?.squaredError = FitOutcome.squaredError(buffers.values, original, input.blocks)
        return coded
    }

    /// The table that the representation finds for the least squares of the mask; nil when cancelled.
    private func table(_ rows: FitRows, _ buffers: CodeBuffers, _ input: CoderInput) -> (table: FitTable, coded: CodedValues)? {
        guard let distribution = try? WeightDistribution(UnsafeBufferPointer(buffers.values)) else { return nil }
        let own = CoderInput(
            layout: input.layout, survivors: Survivors(distribution, threshold: 0), given: input.given, isPruned: input.isPruned,
            deviation: input.deviation, outputs: nil, whole: input.whole, blocks: input.blocks)
        guard let coded = base.encode(buffers, of: own) else { return nil }
        let kind: FitTable.Kind
        if case .shared(let sharing) = representation, sharing.span == nil, case .codebook(let negatives, let positives) = coded.table {
            kind = .codebook(rows.weighted(from: negatives.reversed() + positives))
        } else {
            kind = .fixed(coded.table)
        }
        let table = FitTable(kind: kind, hasZero: representation.hasZero, ranges: coded.levelRanges, layout: input.layout)
        return (table, coded)
    }
}

extension WeightRepresentation {
    /// Whether a weight that pruning keeps may become 0.
    fileprivate var hasZero: Bool {
        switch form.table {
        case .grid, .levels: true
        case .values: !form.lacksZero
        case .none, .centroids, .cells: false
        }
    }

    /// Whether its values are found from the weights that have them.
    fileprivate var refits: Bool {
        switch self {
        case .shared(let sharing): sharing.span == nil
        case .ternary, .binary: true
        case .float32, .float16, .bfloat16, .linear, .dorefa, .normalFloat, .lattice, .factors: false
        }
    }
}

extension FitRows {
    /// Centroids of the targets by k-means with H_jj as weights, from these on; the same where no input says anything.
    func weighted(from start: [Float]) -> [Float] {
        var points: [(value: Float, weight: Double)] = []
        for row in rows {
            let matrix = damped[group(of: row)]?.matrix
            for (place, target) in zip(places[row], targets[row]) {
                points.append((Float(target), matrix.map { $0[Int(place) * size + Int(place)] } ?? 0))
            }
        }
        let values = WeightedCentroids.lloyd(points, from: start)
        return values.isEmpty ? start : values
    }
}
