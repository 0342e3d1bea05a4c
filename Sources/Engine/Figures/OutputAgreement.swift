import Networks

/// Counts how many answers of two networks are the same, where an output says how it becomes answers.
struct OutputAgreement {
    private let reading: OutputReading
    private let scorer: FigureScorer
    private var same = 0
    private var all = 0

    /// Nil of plain values.
    init?(_ decision: OutputDecision, shape: [Int]) {
        guard decision != .values else { return nil }
        reading = OutputReading(.accuracy, decision, shape: shape)
        scorer = FigureScorer(reading)
    }

    /// Cost: O(values).
    mutating func add(_ before: ArraySlice<Float>, _ after: ArraySlice<Float>) {
        let (old, new) = (scorer.score(before, known: []), scorer.score(after, known: []))
        all += old.answers.count
        for (was, answer) in zip(old.answers, new.answers) where was == answer && answer >= 0 { same += 1 }
    }

    /// Nil before the first example.
    var share: Double? { all == 0 ? nil : Double(same) / Double(all) }
}
