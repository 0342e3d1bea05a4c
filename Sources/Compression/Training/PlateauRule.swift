/// Lowers the learning rate when a measurement of validation has not become better for some epochs (torch's ReduceLROnPlateau).
public struct PlateauRule: Codable, Hashable, Sendable {
    /// What is watched after each epoch.
    public enum Measure: String, Codable, Hashable, Sendable, CaseIterable {
        /// Cross-entropy; lower is better.
        case loss
        /// Top-1 accuracy; higher is better.
        case accuracy
    }

    public var measure: Measure
    /// What the rate is multiplied by.
    public var factor: Double
    /// So many epochs in a row without an improvement are borne; the next one lowers the rate.
    public var patience: Int
    /// An improvement exceeds it: as a share of the best value, or as a difference from it, for accuracies in points of per cent.
    public var threshold: Double
    public var isRelative: Bool
    /// Epochs after a lowering that do not count.
    public var cooldown: Int
    /// The rate is not lowered below it.
    public var minimum: Double
    /// A change of the rate that is not larger is not made.
    public var leastChange: Double

    public init(
        measure: Measure = .loss, factor: Double = 0.1, patience: Int = 10, threshold: Double = 1e-4, isRelative: Bool = true,
        cooldown: Int = 0, minimum: Double = 0, leastChange: Double = 1e-8
    ) {
        self.measure = measure
        self.factor = factor
        self.patience = patience
        self.threshold = threshold
        self.isRelative = isRelative
        self.cooldown = cooldown
        self.minimum = minimum
        self.leastChange = leastChange
    }

    /// What `rate` is multiplied by after epochs with these values, oldest first; accuracies as shares. A value that is not finite is no improvement.
    ///
    /// Cost: linear in the epochs.
    public func factor(after values: [Double], rate: Double) -> Double {
        var course = Course(rate: rate)
        for value in values { course.take(value, self) }
        return rate > 0 ? course.rate / rate : 1
    }

    /// Whether `value` is better than the best one by more than the threshold.
    private func isImprovement(_ value: Double, over best: Double?) -> Bool {
        guard value.isFinite else { return false }
        guard let best else { return true }
        switch (measure, isRelative) {
        case (.loss, true): return value < best * (1 - threshold)
        case (.loss, false): return value < best - threshold
        case (.accuracy, true): return value > best * (1 + threshold)
        case (.accuracy, false): return value > best + threshold / 100
        }
    }

    /// Where the rule stands after some epochs.
    private struct Course {
        var rate: Double
        var best: Double?
        var waiting = 0
        var cooling = 0

        init(rate: Double) { self.rate = rate }

        mutating func take(_ value: Double, _ rule: PlateauRule) {
            if rule.isImprovement(value, over: best) { (best, waiting) = (value, 0) } else { waiting += 1 }
            if cooling > 0 { (cooling, waiting) = (cooling - 1, 0) }
            guard waiting > rule.patience else { return }
            let lower = max(rate * rule.factor, rule.minimum)
            if rate - lower > rule.leastChange { rate = lower }
            (cooling, waiting) = (rule.cooldown, 0)
        }
    }
}
