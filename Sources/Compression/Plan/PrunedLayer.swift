/// A layer while its rule is sought: how many zeros a threshold makes of it, and what rule a threshold or a number of zeros is.
///
/// Whoever finds a threshold or a number, for one layer or for those that are ranked together, asks here for the rule.
struct PrunedLayer {
    let plan: LayerPlan
    let distribution: WeightDistribution

    init(_ plan: LayerPlan, _ distribution: WeightDistribution) { (self.plan, self.distribution) = (plan, distribution) }

    /// Weights that a threshold prunes. Cost: O(log n).
    func zeros(threshold: Double) -> Int { mostZeros(at: threshold) ?? distribution.zeros(threshold: threshold) }

    /// |w| ≤ threshold becomes zero, as far as the plan's floor allows.
    func rule(threshold: Double) -> PruningRule {
        if let rule = plan.patternRule(.mean(threshold)) { return rule }
        return mostZeros(at: threshold).map { rule(zeros: $0, threshold: threshold) } ?? .threshold(threshold)
    }

    /// Exactly so many zeros, none of them above the threshold, as far as the plan's floor allows.
    func rule(zeros: Int, threshold: Double) -> PruningRule {
        let zeros = mostZeros(at: threshold).map { min($0, zeros) } ?? zeros
        let limit = mostZeros(at: threshold) == nil ? threshold : Double(distribution.magnitude(zeros: zeros))
        return zeros == 0 ? .none : .zeros(zeros, threshold: limit)
    }

    /// The rule of a layer that is ranked alone; a ratio is of `dense`, or of the weights themselves.
    func rule(dense: DenseStatistics?) -> PruningRule {
        let pruning = plan.pruning
        guard plan.prunes, distribution.count > 0 else { return .none }
        if pruning.criterion == .level || !plan.hasAmount, let rule = plan.patternRule(.level(pruning.amount)) { return rule }
        switch pruning.criterion {
        case .ratio:
            let deviation = (dense ?? DenseStatistics(distribution)).deviation(pruning.deviation)
            return rule(threshold: pruning.amount * deviation)
        case .level:
            let (zeros, threshold) = distribution.threshold(level: pruning.amount)
            return rule(zeros: zeros, threshold: threshold)
        }
    }
}

extension PruningRule {
    /// The rule of a layer that is ranked alone; a ratio is of the weights themselves.
    public init(_ plan: LayerPlan, _ distribution: WeightDistribution) { self = PrunedLayer(plan, distribution).rule(dense: nil) }

    /// The rule in these weights where other layers have settled it, among weights that were known less closely.
    public func settled(_ plan: LayerPlan, in distribution: WeightDistribution) -> PruningRule {
        self == .none ? .none : PrunedLayer(plan, distribution).rule(threshold: threshold)
    }
}

extension LayerPlan {
    /// The plan without all but what decides which weights are pruned.
    public var ofPruning: LayerPlan {
        var plan = LayerPlan.unchanged
        (plan.pruning, plan.keep, plan.pattern, plan.bypass) = (pruning, keep, pattern, bypass)
        return plan
    }

    /// Whether its rule counts the weights as they are, so that their spread does not do.
    public var countsWeights: Bool { pattern == nil && pruning.amount > 0 && (pruning.criterion == .level || keep != nil) }
}
