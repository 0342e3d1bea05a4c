extension AccuracyReport {
    /// Whether the figures are agreement with the original, because there are no labels.
    public var isAgreement: Bool { kind != nil && kind != .labelled }

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
    /// With k classes chance is 1/k; the upper end of the original's interval lies below 1/k + min(0.05, 2/k), measured on 100 examples or more.
    public var isNearChance: Bool {
        guard !isAgreement, originalEvaluated >= 100, confusion.classCount > 1 else { return false }
        let chance = 1 / Double(confusion.classCount)
        return originalInterval.high < chance + min(0.05, 2 * chance)
    }

    /// What to look at where ``isNearChance`` is so.
    public var chanceWarning: String? {
        guard isNearChance else { return nil }
        return
            "the original is right in \(percent(original)) of the examples and guessing in \(percent(1 / Double(confusion.classCount))): "
            + "check data, layout and normalization (--layout, --scale, --mean, --std)"
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
        guard originalEvaluated < count, !isAgreement else { return self }
        var report = self
        (report.original, report.originalInterval, report.originalEvaluated) = (accuracy, Interval(accuracy), count)
        report.current = min(1, max(0, accuracy + difference))
        let paired = differenceInterval
        report.interval = Interval(low: max(0, accuracy + paired.low), high: min(1, accuracy + paired.high))
        return report
    }

    /// Accuracy under the plan minus the original's, over the examples measured with both: (gains − losses) / n.
    public var difference: Double { evaluated == 0 ? 0 : Double(gains - losses) / Double(evaluated) }

    /// 95 % interval of the difference over the whole split.
    public var differenceInterval: Interval {
        .pairedDifference(gains: gains, losses: losses, of: evaluated, population: count)
    }

    /// Share of right answers of the plan for each label, nil where a class has no measured example.
    public var perClass: [Double?] { confusion.diagonalShares }

    /// The same of the original over the same examples.
    public var originalPerClass: [Double?] { originalConfusion.diagonalShares }
}
