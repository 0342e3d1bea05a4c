import Networks

/// −s, 0, s.
struct TernaryForm: CodedForm {
    var settings: FormSettings { .ternary }
    var bits: Int { 2 }
    var table: ValueTable { .values }
    var makesZeros: Bool { true }

    func facts(of summary: LayerSummary) -> [CodeFact] { [.words("ternary: a zero and one scale with both signs")] }

    func coder(_ search: CodeSearch) -> any SurvivorCoder { TernaryCoder() }
    func trained(_ context: TrainedContext, _ options: TrainedOptions) -> any TrainedRepresentation { ScaledWeights(.ternary) }
    func readings(_ layer: Layer, scales: [Float]) -> [StoredForm.Reading] { [.table(.grid(scales: scales, largest: 1)), .codebook] }
}

extension BinaryScale: CodedForm {
    public var settings: FormSettings { .binary }
    public var bits: Int { 1 }
    public var table: ValueTable { .values }
    public var lacksZero: Bool { true }

    public func facts(of summary: LayerSummary) -> [CodeFact] {
        [.words(summary.zeros > 0 ? "binary + mask" : "binary"), .scales("mean |w| ", summary.scales, over: "channels")]
    }

    func coder(_ search: CodeSearch) -> any SurvivorCoder { BinaryCoder(scale: self) }
    func trained(_ context: TrainedContext, _ options: TrainedOptions) -> any TrainedRepresentation { ScaledWeights(.binary(self)) }
    func readings(_ layer: Layer, scales: [Float]) -> [StoredForm.Reading] { [.table(.grid(scales: scales, largest: 1)), .codebook] }
}

/// Even steps of tanh.
struct DorefaForm: CodedForm {
    let bits: Int

    var settings: FormSettings { .dorefa }
    var table: ValueTable { .values }
    var lacksZero: Bool { true }

    func facts(of summary: LayerSummary) -> [CodeFact] { [.share(summary.codebook.count, of: 1 << bits, " steps of tanh")] }

    func coder(_ search: CodeSearch) -> any SurvivorCoder { bits > 1 ? DorefaCoder(bits: bits) : BinaryCoder(scale: .layer) }
    func trained(_ context: TrainedContext, _ options: TrainedOptions) -> any TrainedRepresentation { ScaledWeights(.dorefa(bits: bits)) }
    func readings(_ layer: Layer, scales: [Float]) -> [StoredForm.Reading] {
        bits > 1 ? [.codebook] : [.table(.grid(scales: scales, largest: 1)), .codebook]
    }
}

/// 16 values even in the quantiles of a normal distribution, times a scale for each group.
struct NormalFloatForm: CodedForm {
    let group: Int

    var settings: FormSettings { .normalFloat }
    var bits: Int { 4 }
    var table: ValueTable { .values }

    func facts(of summary: LayerSummary) -> [CodeFact] { [.scales("NF4, scale ", summary.scales, over: "groups of \(group)")] }

    func coder(_ search: CodeSearch) -> any SurvivorCoder { NormalFloatCoder(group: group) }
    func trained(_ context: TrainedContext, _ options: TrainedOptions) -> any TrainedRepresentation { NormalFloatWeights(group: group) }
    func readings(_ layer: Layer, scales: [Float]) -> [StoredForm.Reading] { [.table(NormalFloatCoder.table(scales)), .codebook] }
}
