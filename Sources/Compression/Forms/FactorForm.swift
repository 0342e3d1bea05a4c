import Networks

extension LowRank: CodedForm {
    public var settings: FormSettings { .factors }
    public var bits: Int { 32 }
    public var table: ValueTable { .none }
    public var makesZeros: Bool { true }

    public func facts(of summary: LayerSummary) -> [CodeFact] {
        let rows = max(1, summary.shape.rank == 0 ? 1 : summary.shape[0])
        let columns = summary.weights / rows
        return [
            .words("two layers"), .share(rank(rows: rows, columns: columns), of: min(rows, columns), " ranks"),
        ]
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
