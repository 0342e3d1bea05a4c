extension LayerPlan {
    /// Centroids of a state from which a few steps give a first answer to this plan; nil where that gains nothing.
    public func warmStart(from summary: LayerSummary) -> [Double]? { weights.codedForm.warmStart(from: summary) }
}

extension LayerSummary {
    /// Whether it is asked how far the layer's values, or those of its factors, are from the optimum, and not known yet.
    public var isDistanceOpen: Bool {
        if plan.partsInForce != nil, let parts { return parts.contains(where: \.isDistanceOpen) }
        let isKnown = distanceFromOptimum != nil || distanceBound != nil
        // Values that are fitted to outputs are not those of the least error in the weights.
        if plan.readsInputs { return false }
        return !plan.bypass && plan.weights.codedForm.seeksDistance && !isKnown && !codebook.isEmpty
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

extension CompressedLayer {
    /// The summary with the distances of its factors' values; nil when cancelled, and where one is not found.
    ///
    /// Cost: that of ``LayerCompressor/measuringDistance(_:distribution:rule:isCancelled:)`` for each factor of shared values.
    public func measuringDistancesOfParts(isCancelled: () -> Bool) -> LayerSummary? {
        var summary = summary
        for (place, part) in parts.enumerated() where part.summary.isDistanceOpen && partDistributions.indices.contains(place) {
            let distribution = part.survivors ?? partDistributions[place]
            let rule = part.survivors == nil ? PruningRule(part.summary.plan, distribution) : .none
            let found = LayerCompressor.measuringDistance(
                part.summary, distribution: distribution, rule: rule, isCancelled: isCancelled)
            guard let found else { return nil }
            summary.parts?[place] = found
        }
        return summary
    }
}
