extension AccuracyReport {
    /// Whether the figures are held against the original's, because there are no labels or no classes.
    public var isAgreement: Bool { figure == nil && (fidelity != nil || kind != nil && kind != .labelled) }

    /// What ``current`` is: `accuracy`, `agreement`, `cosine`, or another measure.
    public var figureName: String { figure?.reading.measure.name ?? plainName }
    private var plainName: String { fidelity != nil ? "cosine" : isAgreement ? "agreement" : "accuracy" }

    /// What was measured: `generated input`, `unlabelled example`, `example`.
    public var exampleName: String {
        switch kind {
        case .generated: "generated input"
        case .unlabelled: "unlabelled example"
        case .labelled, nil: "example"
        }
    }

    /// Whether the original is hardly better than guessing, so that something about data, layout or normalization is likely wrong.
    ///
    /// With k classes chance is 1/k; the upper end of the original's interval lies below 1/k + min(0.05, 2/k), measured on 100 examples or more,
    /// or on all of fewer: then it is Wilson's, for others like them, so that a few examples that are wrong by chance say nothing.
    public var isNearChance: Bool {
        guard !isAgreement, figure == nil, originalEvaluated >= min(Self.manyExamples, max(1, count)), confusion.classCount > 1 else {
            return false
        }
        let chance = 1 / Double(confusion.classCount)
        return originalUpperEnd < chance + min(0.05, 2 * chance)
    }

    /// From here on what is measured stands for itself.
    private static let manyExamples = 100

    private var originalUpperEnd: Double {
        guard originalEvaluated < Self.manyExamples else { return originalInterval.high }
        let right = Int((original * Double(originalEvaluated)).rounded())
        return Interval.wilson(successes: right, of: originalEvaluated).high
    }

    /// Whether labels are likely counted from 1, in a network with a class more than they name: the first class never comes, the last does.
    private var seemsCountedFromOne: Bool {
        let shares = confusion.diagonalShares
        return shares.first == .some(nil) && shares.last != .some(nil)
    }

    /// What to look at where ``isNearChance`` is so.
    public var chanceWarning: String? {
        guard isNearChance else { return nil }
        let examples = originalEvaluated < Self.manyExamples ? "\(originalEvaluated) examples" : "the examples"
        let chance = percent(1 / Double(confusion.classCount))
        let start = "the original is right in \(percent(original)) of \(examples) and guessing in \(chance): "
        if seemsCountedFromOne {
            return start
                + "no example has the label 0, so the labels may be counted from 1: then take 1 from each; else check data and normalization"
        }
        return start + "check data, layout and normalization (--layout, --scale, --mean, --std)"
    }

    private func percent(_ share: Double) -> String {
        let tenths = Int((share * 1000).rounded())
        return "\(tenths / 10).\(tenths % 10) %"
    }

    /// log₁₀ of McNemar's p-value, from the counts: of one that underflows too.
    public var mcNemarLog10: Double { McNemar.log10PValue(gains: gains, losses: losses) }

    /// The report with the exact accuracy of the original in the place of an estimate: what is known of the plan moves by as much.
    ///
    /// - Parameter accuracy: over all ``count`` examples, by the same kernels. A report that is exact, or of agreement, stays as it is.
    public func knowing(original accuracy: Double) -> AccuracyReport {
        guard originalEvaluated < count, !isAgreement, figure == nil else { return self }
        var report = self
        (report.original, report.originalInterval, report.originalEvaluated) = (accuracy, Interval(accuracy), count)
        report.current = min(1, max(0, accuracy + difference))
        let paired = differenceInterval
        report.interval = Interval(low: max(0, accuracy + paired.low), high: min(1, accuracy + paired.high))
        return report
    }

    /// Accuracy under the plan minus the original's, over the examples measured with both: (gains − losses) / n.
    public var difference: Double { figure?.difference ?? plainDifference }
    private var plainDifference: Double { evaluated == 0 ? 0 : Double(gains - losses) / Double(evaluated) }

    /// 95 % interval of the difference over the whole split.
    public var differenceInterval: Interval {
        figure?.differenceInterval ?? .pairedDifference(gains: gains, losses: losses, of: evaluated, population: count)
    }

    /// Share of right answers of the plan for each label, nil where a class has no measured example.
    public var perClass: [Double?] { confusion.diagonalShares }

    /// The same of the original over the same examples.
    public var originalPerClass: [Double?] { originalConfusion.diagonalShares }
}
