extension LayerSummary {
    /// Whether it is asked how far the layer's shared values are from the optimum: those that Lloyd's algorithm found.
    public var isDistanceOpen: Bool {
        guard !plan.bypass, case .shared(let sharing) = plan.weights, sharing.span == nil, sharing.method == .lloyd else { return false }
        return distanceFromOptimum == nil && distanceBound == nil && !codebook.isEmpty
    }
}

extension LayerCompressor {
    /// The summary of shared weights with their distance from the optimum, as ``compress(layer:weights:bias:distribution:plan:rule:given:deviation:warmStart:findsOptimum:isCancelled:)``
    /// finds it; nil when cancelled, and where none is asked for.
    ///
    /// - Parameters:
    ///   - distribution: Of the weights that the summary was made of, and `rule` what pruned them.
    ///   - isCancelled: Asked every few milliseconds.
    /// Cost: that of ``Centroids/optimal(_:k:exactValues:)``.
    public static func measuringDistance(
        _ summary: LayerSummary, distribution: WeightDistribution, rule: PruningRule, isCancelled: () -> Bool
    ) -> LayerSummary? {
        guard summary.isDistanceOpen, case .shared(let sharing) = summary.plan.weights else { return nil }
        let survivors = rule.survivors(of: distribution)
        let values = summary.codebook.map { Float($0.value) }
        let book = SharedCodebook(values: values, of: survivors, steps: summary.steps, isConverged: true, origin: .lloyd)
        let distance = try? sharing.distanceFromOptimum(of: book, survivors) { () throws(CancellationError) in
            if isCancelled() { throw CancellationError() }
        }
        guard let distance else { return nil }
        var summary = summary
        (summary.distanceFromOptimum, summary.distanceBound) = (distance.ratio, distance.bound)
        return summary
    }
}
