import Networks
import Reports

/// Counts over the examples measured with both networks; grows batch by batch.
package struct PairedTally {
    package private(set) var evaluated = 0
    private var gains = 0
    private var losses = 0
    private var right = 0
    private var agreements = 0
    private var topFive = 0
    private var notANumber = 0
    private var flipped: [Int] = []
    private var confusion: ConfusionTable
    private var originalConfusion: ConfusionTable
    /// Sums over the examples where both cross-entropies are numbers.
    private var numbers = 0
    private var crossEntropySum = 0.0
    private var originalCrossEntropySum = 0.0
    /// Welford's running mean and sum of squared deviations of the paired difference.
    private var differenceMean = 0.0
    private var differenceDeviation = 0.0
    private var similarity: LogitsSimilarity
    /// What is compared where that is no list of classes.
    private let output: (name: String, before: String?, shape: [Int], examples: Int)?
    /// What is counted of it against labels; nil where there are none of its form.
    private var figure: PairedFigure?
    /// How it becomes answers, which agree or not.
    private var answers: OutputAgreement?

    /// The original's figure over the examples that were added, where there is one that is no share of examples.
    package var originalFigure: FigureTally? { figure?.original }

    package init(classCount: Int) {
        confusion = ConfusionTable(classCount: classCount)
        originalConfusion = confusion
        (similarity, output) = (LogitsSimilarity(), nil)
    }

    /// Of an output that is no list of classes.
    ///
    /// - Parameters:
    ///   - before: The operator that ends the output in the file and is left out, where there is one.
    ///   - examples: Those of the split.
    package init(
        output: String, before: String? = nil, shape: [Int], examples: Int, scorer: FigureScorer? = nil, decision: OutputDecision? = nil
    ) {
        confusion = ConfusionTable(classCount: 0)
        originalConfusion = confusion
        (similarity, self.output) = (LogitsSimilarity(isOfClasses: false), (output, before, shape, examples))
        figure = scorer.map(PairedFigure.init)
        answers = decision.flatMap { OutputAgreement($0, shape: shape) }
    }

    package mutating func add(
        _ examples: ArraySlice<Int>, original: borrowing ExampleScores, current: borrowing ExampleScores, labels: [Int32]
    ) {
        for example in examples {
            if output != nil {
                let (before, after) = (original.row(example), current.row(example))
                similarity.add(before, after)
                figure?.add(example, original: before, current: after)
                answers?.add(before, after)
            } else {
                add(example, label: labels[example], original: original, current: current)
            }
        }
        evaluated += examples.count
    }

    private mutating func add(
        _ example: Int, label: Int32, original: borrowing ExampleScores, current: borrowing ExampleScores
    ) {
        let before = original.predictions[example]
        let after = current.predictions[example]
        // A prediction is −1 where a logit is NaN, and so is a label that such an original gave.
        let (wasRight, isRight) = (label >= 0 && before == label, label >= 0 && after == label)
        if isRight { right += 1 }
        if !wasRight && isRight { gains += 1 }
        if wasRight && !isRight { losses += 1 }
        similarity.add(original.row(example), current.row(example))
        if before == after && after >= 0 { agreements += 1 } else { flipped.append(example) }
        if after < 0 { notANumber += 1 }
        if current.isInTopFive[example] { topFive += 1 }
        confusion.add(label: Int(label), prediction: Int(after))
        originalConfusion.add(label: Int(label), prediction: Int(before))
        addCrossEntropy(original.crossEntropies[example], current.crossEntropies[example])
    }

    private mutating func addCrossEntropy(_ before: Double, _ after: Double) {
        guard before.isFinite, after.isFinite else { return }
        numbers += 1
        crossEntropySum += after
        originalCrossEntropySum += before
        let delta = after - before - differenceMean
        differenceMean += delta / Double(numbers)
        differenceDeviation += delta * (after - before - differenceMean)
    }

    /// The report of what was counted so far, beside an original of which `originalRight` of `originalEvaluated` were right.
    package func report(
        kind: DatasetKind = .labelled, split: DatasetSplit, count: Int, originalEvaluated: Int, originalRight: Int,
        originalFigure: FigureTally? = nil, seed: UInt64
    ) -> AccuracyReport {
        let n = max(1, evaluated)
        let isOriginalKnown = originalEvaluated == count
        let original = Double(originalRight) / Double(max(1, originalEvaluated))
        let difference = Interval.pairedDifference(gains: gains, losses: losses, of: evaluated, population: count)
        let paired = Interval(low: max(0, original + difference.low), high: min(1, original + difference.high))
        let isExact = evaluated == count
        let share = Double(right) / Double(n)
        let entropyVariance = numbers > 1 ? differenceDeviation / Double(numbers - 1) : 0
        var report = AccuracyReport(
            split: split, count: count, evaluated: evaluated, originalEvaluated: originalEvaluated, original: original,
            originalInterval: isOriginalKnown ? Interval(original) : .wilson(successes: originalRight, of: originalEvaluated),
            current: isOriginalKnown && !isExact ? min(1, max(0, original + Double(gains - losses) / Double(n))) : share,
            interval: isExact ? Interval(share) : isOriginalKnown ? paired : .wilson(successes: right, of: evaluated),
            gains: gains, losses: losses, mcNemar: McNemar.exactPValue(gains: gains, losses: losses),
            crossEntropy: numbers == 0 ? nil : crossEntropySum / Double(numbers),
            originalCrossEntropy: numbers == 0 ? nil : originalCrossEntropySum / Double(numbers),
            crossEntropyDifference: Interval.mean(
                differenceMean, variance: entropyVariance, of: numbers, population: count - (evaluated - numbers)),
            agreement: Double(agreements) / Double(n), topFive: confusion.classCount > 20 ? Double(topFive) / Double(n) : nil,
            notANumber: notANumber, confusion: confusion, originalConfusion: originalConfusion, flipped: flipped, seed: seed)
        report.kind = kind == .labelled ? nil : kind
        (report.cosine, report.divergence) = (similarity.cosine, similarity.divergence)
        (report.crossEntropyLeftOut, report.logitsLeftOut) = (evaluated - numbers, similarity.leftOut)
        if let output { describe(output, in: &report) }
        if let figure, let originalFigure { figure.describe(originalFigure, examples: output?.examples ?? count, in: &report) }
        return report
    }

    /// The mean cosine in the place of answers, with its 95 % interval by the examples, which are the independent draws, not their values.
    private func describe(_ output: (name: String, before: String?, shape: [Int], examples: Int), in report: inout AccuracyReport) {
        let mean = similarity.cosine ?? 0
        let interval = Interval.mean(
            mean, variance: similarity.variance, of: similarity.count, population: report.count - similarity.leftOut)
        (report.original, report.originalInterval, report.current) = (1, Interval(1), mean)
        report.interval = report.isExact ? Interval(mean) : interval ?? Interval(low: -1, high: 1)
        (report.agreement, report.crossEntropyLeftOut, report.notANumber) = (0, 0, similarity.leftOut)
        report.fidelity = Fidelity(
            output: output.name, shape: output.shape, examples: output.examples, squaredError: similarity.squaredError,
            largest: similarity.largest)
        report.fidelity?.before = output.before
        report.fidelity?.agreement = answers?.share
    }
}
