import Networks
import Tensors

extension LowRank: CodedForm {
    public var settings: FormSettings { .factors }
    public var bits: Int { 32 }
    public var table: ValueTable { .none }
    public var makesZeros: Bool { true }

    public func facts(of summary: LayerSummary) -> [CodeFact] {
        let weights = summary.geometry
        let (made, largest) = (factorization(of: weights), method.largestRanks(of: weights))
        let ranks = zip(made.ranks, largest).map { CodeFact.share($0, of: $1, " ranks") }
        // By the plans of the parts, where there are any.
        let parts = made.parts(of: weights).map { ($0, bytes: summary.part($0.side)?.estimatedBytes ?? 4 * $0.shape.count) }
        let energy = weighting == .outputs ? "energy of outputs kept " : "energy kept "
        return ranks + (summary.keptEnergy.map { [.fraction(energy, $0)] } ?? [])
            + parts.reversed().map { .bytes("\($0.0.side.rawValue) \($0.0.shape) ", $0.bytes) }
            + [
                .bytes(parts.count == 2 ? "both " : "all ", parts.reduce(0) { $0 + $1.bytes }),
                .bytes("dense weights ", 4 * weights.shape.count),
                .words(paying(of: weights).map { "pays up to rank \($0.text)" } ?? "no rank pays"),
            ]
    }

    func remarks(on weights: WeightGeometry) -> [LayerRemark] {
        var remarks: [LayerRemark] = []
        if case .number(let number) = amount, number > largestAmount(of: weights) {
            remarks.append(.rankAboveLargest(number, largest: largestAmount(of: weights)))
        }
        let (count, dense) = (factorization(of: weights).parameterCount(of: weights), weights.shape.count)
        if count >= dense, dense > 0 {
            remarks.append(.factorsAboveWeights(byteCount: 4 * count, weights: 4 * dense, paying: paying(of: weights)?.first ?? 0))
        }
        return remarks
    }

    public func obstacle(in layer: Layer) -> String? {
        if let reason = method.obstacle(in: layer.geometry) { return reason }
        guard layer.isFactorable else {
            return "only a Gemm, MatMul or convolution becomes several layers, whose weights nothing else reads"
        }
        guard weighting == .outputs else { return nil }
        // Projections of outputs are factors of this form only.
        if method != .channel { return "only factors of the method channel are weighted by outputs; take weighting plain" }
        return layer.groups == 1 ? nil : "factors of a convolution with groups are not weighted by outputs; take weighting plain"
    }

    func coder(_ search: CodeSearch) -> any SurvivorCoder { FactorCoder(lowRank: self, search: search) }

    func trained(_ context: TrainedContext, _ options: TrainedOptions) -> any TrainedRepresentation {
        FactorWeights(self, context, options)
    }

    func restored(
        _ kept: KeptBuffers, _ context: TrainedContext, _ options: TrainedOptions
    ) throws(BufferError) -> (any TrainedRepresentation)? {
        try FactorWeights(self, kept, context, options)
    }

    func continued(_ state: CompressedLayer, _ context: TrainedContext, _ options: TrainedOptions) -> (any TrainedRepresentation)? {
        if case .factors(let factors) = state.form { FactorWeights(state, factors, context, options) } else { nil }
    }

    func readings(_ layer: Layer, scales: [Float]) -> [StoredForm.Reading] { [] }
}
