extension LayerPlan {
    /// Centroids of a state from which a few steps give a first answer to this plan; nil where that gains nothing.
    public func warmStart(from summary: LayerSummary) -> [Double]? { weights.codedForm.warmStart(from: summary) }
}

extension LayerSummary {
    /// Whether it is asked how far the layer's values are from the optimum, and not known yet.
    public var isDistanceOpen: Bool {
        !plan.bypass && plan.weights.codedForm.seeksDistance && distanceFromOptimum == nil && distanceBound == nil && !codebook.isEmpty
    }
}

extension LayerCompressor {
    /// The summary with the distance of its values from the optimum, as ``compress(layer:weights:bias:distribution:plan:rule:given:deviation:warmStart:findsOptimum:isCancelled:)``
    /// finds it; nil when cancelled, and where none is asked for.
    ///
    /// - Parameters:
    ///   - distribution: Of the weights that the summary was made of, and `rule` what pruned them; where that was a pattern,
    ///     ``CompressedLayer/survivors`` and no rule.
    ///   - isCancelled: Asked every few milliseconds.
    /// Cost: that of ``Centroids/optimal(_:k:exactValues:)``.
    public static func measuringDistance(
        _ summary: LayerSummary, distribution: WeightDistribution, rule: PruningRule, isCancelled: () -> Bool
    ) -> LayerSummary? {
        guard summary.isDistanceOpen, let survivors = rule.survivors(of: distribution),
            let distance = summary.plan.weights.codedForm.distance(of: summary, survivors, isCancelled: isCancelled)
        else { return nil }
        var summary = summary
        (summary.distanceFromOptimum, summary.distanceBound) = (distance.ratio, distance.bound)
        return summary
    }
}
