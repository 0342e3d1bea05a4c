import OrderedCollections

/// What an amount is by the other criterion, of a layer or of the layers that are ranked together.
extension ResolvedPlan {
    /// The weights of the layers that are ranked together with this pruning, in the order of the graph.
    public func ranked(with pruning: Pruning) -> [String] {
        var wanted = pruning
        wanted.scope = .global
        return layers.keys.filter { self[$0].pattern == nil && self[$0].pruning.ranking == wanted.ranking }
    }

    /// The share of zeros that a threshold makes, in thousandths; over all layers where they are ranked together.
    public func level(
        at threshold: Double, of weight: String, under pruning: Pruning, distributions: [String: WeightDistribution]
    ) -> Double {
        let members = (pruning.scope == .global ? ranked(with: pruning) : [weight]).compactMap { distributions[$0] }
        let count = members.reduce(0) { $0 + $1.count }
        let zeros = members.reduce(0) { $0 + $1.zeros(threshold: threshold) }
        return count == 0 ? 0 : (1_000 * Double(zeros) / Double(count)).rounded() / 1_000
    }

    /// σ that a ratio of this pruning multiplies: the layer's, or that of all layers ranked with it; nil until sorted.
    public func deviation(
        of weight: String, under pruning: Pruning, distributions: [String: WeightDistribution], bases: [String: RatioBasis]
    ) -> Double? {
        guard distributions[weight] != nil else { return nil }
        // The rule of a ratio is t = ratio · σ, so that σ can be read off the rule of ratio 1.
        var unit = LayerPlan(pruning: pruning)
        (unit.pruning.criterion, unit.pruning.amount) = (.ratio, 1)
        let members = Set(pruning.scope == .global ? ranked(with: self[weight].pruning) : []).union([weight])
        let plan = ResolvedPlan(layers: layers.filter { members.contains($0.key) }.mapValues { _ in unit })
        return plan.pruningRules(distributions: distributions, bases: bases)[weight]?.threshold
    }
}
