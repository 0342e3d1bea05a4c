import Networks
import Reports

/// A figure of the plan beside the original's over the examples measured with both.
struct PairedFigure {
    private(set) var original: FigureTally
    private(set) var current: FigureTally
    private(set) var gains = 0
    private(set) var losses = 0
    private(set) var agreements = 0
    private(set) var flipped: [Int] = []

    init(_ scorer: FigureScorer) {
        original = FigureTally(scorer)
        current = original
    }

    /// Cost: O(values).
    mutating func add(_ example: Int, original before: ArraySlice<Float>, current after: ArraySlice<Float>) {
        let scorer = current.scorer
        let known = scorer.known(example)
        let (old, new) = (scorer.score(before, known: known), scorer.score(after, known: known))
        // A value that is not finite in one leaves the example out of both.
        guard scorer.reading.decision != .values || (old.errors == nil) == (new.errors == nil) else {
            original.add(FigureScore(), known: known)
            return current.add(FigureScore(), known: known)
        }
        original.add(old, known: known)
        current.add(new, known: known)
        var isSame = true
        for ((was, answer), label) in zip(zip(old.answers, new.answers), known) {
            if was == answer, answer >= 0 { agreements += 1 } else { isSame = false }
            if Float(was) != label, Float(answer) == label { gains += 1 }
            if Float(was) == label, Float(answer) != label { losses += 1 }
        }
        if !isSame { flipped.append(example) }
    }

    /// Puts the figure in the place of an accuracy.
    ///
    /// - Parameter whole: The original over all that was measured of it, which may be more.
    func describe(_ whole: FigureTally, examples: Int, in report: inout AccuracyReport) {
        let population = max(0, report.count - current.leftOut)
        // Without anything that counts, as values that are all the same, there is no figure, and how near the output is stands alone.
        guard let now = current.value, let before = original.value else { return }
        let pairs = zip(current.influences, original.influences).map { $0 - $1 }
        let difference = now - before
        let spread = Interval.linearized(difference, pairs, step: current.step, population: population) ?? Interval(low: -1, high: 1)
        let isKnown = report.originalEvaluated == report.count
        let all = whole.value ?? before
        report.original = all
        report.originalInterval =
            isKnown
            ? Interval(all) : .linearized(all, whole.influences, step: whole.step, population: population) ?? Interval(low: 0, high: 1)
        report.current = isKnown && !report.isExact ? all + difference : now
        report.interval =
            report.isExact
            ? Interval(now)
            : isKnown
                ? Interval(low: all + spread.low, high: all + spread.high)
                : .linearized(now, current.influences, step: current.step, population: population) ?? Interval(low: 0, high: 1)
        (report.gains, report.losses, report.flipped) = (gains, losses, flipped)
        report.agreement = Double(agreements) / Double(max(1, report.evaluated * current.scorer.reading.answers))
        (report.confusion, report.originalConfusion) = (current.confusion, original.confusion)
        report.figure = OutputFigure(
            current.scorer.reading, counted: current.counted, ignored: current.ignored, leftOut: current.leftOut, examples: examples,
            rows: zip(original.figures, current.figures).map { OutputFigure.Row($0.0, original: $0.1, current: $1.1) },
            difference: difference, differenceInterval: report.isExact ? Interval(difference) : spread,
            beyond: pairs.count < OutputFigure.fewExamples
                ? nil : .linearized(difference, pairs, step: current.step, population: .max))
    }
}
