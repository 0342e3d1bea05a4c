import Networks

/// Each weight a number of its own.
struct FloatForm: CodedForm {
    let format: StoredWeights.FloatFormat

    var settings: FormSettings {
        switch format {
        case .float32: .float32
        case .float16: .float16
        case .bfloat16: .bfloat16
        }
    }
    var bits: Int { format.bits }
    var table: ValueTable { .none }

    func facts(of summary: LayerSummary) -> [CodeFact] { [.words("the layer came with these values")] }

    func coder(_ search: CodeSearch) -> any SurvivorCoder { format == .float32 ? GivenCoder() : FloatCoder(format: format) }

    func trained(_ context: TrainedContext, _ options: TrainedOptions) -> any TrainedRepresentation { RoundedWeights(format: format) }

    func readings(_ layer: Layer, scales: [Float]) -> [StoredForm.Reading] { format == .float32 ? [] : [.format(format)] }

    func estimate(_ survivors: Survivors, isCancelled: () -> Bool) -> CodedValues? {
        guard format != .float32 else { return CodedValues(coding: .floats(bits: 32)) }
        let round = format.round
        var error = 0.0
        survivors.forEachValue { value, count in
            let difference = Double(value) - Double(round(value))
            error += Double(count) * difference * difference
        }
        return CodedValues(squaredError: error, coding: .floats(bits: 16))
    }
}

extension Survivors {
    /// Calls `body` with each distinct value, ascending, and how many survivors have it. Cost: O(values · log n).
    func forEachValue(_ body: (Float, Int) -> Void) {
        var rank = 0
        while rank < count {
            let value = self[rank]
            let end = self.rank(notAbove: value)
            body(value, max(1, end - rank))
            rank = max(end, rank + 1)
        }
    }
}
