import Networks

extension LatticeQuantization: CodedForm {
    public var settings: FormSettings { dither == nil ? .entropy : .universal }
    public var table: ValueTable { .levels }

    public func facts(of summary: LayerSummary) -> [CodeFact] {
        let zeroed = summary.codebook.first { $0.value == 0 }?.count ?? 0
        return [
            .scales("step ", summary.scales, over: "channels"), .count(summary.codebook.count { $0.value != 0 }, of: "level"),
            .count(zeroed, of: "survivor", after: " became 0"),
        ] + (dither.map { [.words("dither \($0)")] } ?? [])
    }

    func coder(_ search: CodeSearch) -> any SurvivorCoder { LatticeCoder(lattice: self) }

    func trained(_ context: TrainedContext, _ options: TrainedOptions) -> any TrainedRepresentation {
        LatticeWeights(self, options, context: context)
    }

    func restored(
        _ kept: KeptBuffers, _ context: TrainedContext, _ options: TrainedOptions
    ) throws(BufferError) -> (any TrainedRepresentation)? {
        try LatticeWeights(self, options, context: context, kept: kept)
    }

    func continued(_ state: CompressedLayer, _ context: TrainedContext, _ options: TrainedOptions) -> (any TrainedRepresentation)? {
        state.form.levels.map { LatticeWeights(self, options, context: context, start: ($0.levels, state.summary.scales.first)) }
    }

    func readings(_ layer: Layer, scales: [Float]) -> [StoredForm.Reading] {
        scales.map { .lattice(step: $0, dither: dither) } + [.codebook]
    }
}
