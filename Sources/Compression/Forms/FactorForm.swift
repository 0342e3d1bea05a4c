import Networks
import Tensors

extension LowRank: CodedForm {
    public var settings: FormSettings { .factors }
    public var bits: Int { 32 }
    public var table: ValueTable { .none }
    public var makesZeros: Bool { true }

    public func facts(of summary: LayerSummary) -> [CodeFact] {
        let (shape, rank) = (summary.shape, rank(of: summary.shape))
        let ones = Array(repeating: 1, count: max(0, shape.rank - 2))
        let factors = [("left", Shape([shape[0], rank] + ones)), ("right", Shape([rank] + shape.dimensions.dropFirst()))]
        let paying = LowRank.paying(of: shape)
        return [.share(rank, of: LowRank.largest(of: shape), " ranks")] + (summary.keptEnergy.map { [.fraction("energy kept ", $0)] } ?? [])
            + factors.map { .bytes("\($0) \($1) ", 4 * $1.count) }
            + [
                .bytes("both ", factors.reduce(0) { $0 + 4 * $1.1.count }), .bytes("dense weights ", 4 * shape.count),
                .words(paying > 0 ? "pays up to rank \(paying)" : "no rank pays"),
            ]
    }

    func remarks(on shape: Shape) -> [LayerRemark] {
        var remarks: [LayerRemark] = []
        let (largest, paying, rank) = (LowRank.largest(of: shape), LowRank.paying(of: shape), rank(of: shape))
        if case .number(let number) = self, number > largest { remarks.append(.rankAboveLargest(number, largest: largest)) }
        if rank > paying, shape.count > 0 {
            let numbers = rank * (shape.count / max(1, shape.rowCount) + shape.rowCount)
            remarks.append(.factorsAboveWeights(byteCount: 4 * numbers, weights: 4 * shape.count, paying: paying))
        }
        return remarks
    }

    public func obstacle(in layer: Layer) -> String? {
        layer.isFactorable ? nil : "only a Gemm, MatMul or convolution without groups becomes two layers, whose weights nothing else reads"
    }

    func coder(_ search: CodeSearch) -> any SurvivorCoder { FactorCoder(lowRank: self) }

    func trained(_ context: TrainedContext, _ options: TrainedOptions) -> any TrainedRepresentation { FactorWeights(self, context) }

    func restored(
        _ kept: KeptBuffers, _ context: TrainedContext, _ options: TrainedOptions
    ) throws(BufferError) -> (any TrainedRepresentation)? {
        try FactorWeights(kept, context)
    }

    func continued(_ state: CompressedLayer, _ context: TrainedContext, _ options: TrainedOptions) -> (any TrainedRepresentation)? {
        if case .factors(let factors) = state.form { FactorWeights(factors, context) } else { nil }
    }

    func readings(_ layer: Layer, scales: [Float]) -> [StoredForm.Reading] { [] }
}
