extension ResolvedPlan {
    /// The rule of each layer, by weight name.
    ///
    /// ratio: t = amount · σ of the layer, or of the concatenated weights of all layers with the same global pruning. level: exactly
    /// round(amount · n) zeros, over the layer or over all those layers together (ties by order of layers, then index). A bypassed layer
    /// keeps its place in a global ranking, so that bypassing moves no other layer. Layers without a distribution are left out. A layer with a
    /// pattern is in no ranking; its rule is that of the pattern.
    ///
    /// The ratio of a layer in `bases` is of the dense weights that are told there, whatever its weights are now.
    ///
    /// Cost: O(32 · layers · log n): thresholds are found by search, nothing is sorted.
    public func pruningRules(
        distributions: [String: WeightDistribution], bases: [String: RatioBasis] = [:]
    ) -> [String: PruningRule] {
        var rules: [String: PruningRule] = [:]
        var groups: [Pruning: [GlobalRanking.Member]] = [:]
        for (weight, plan) in layers {
            guard let distribution = distributions[weight] else { continue }
            let layer = PrunedLayer(plan, distribution)
            if plan.pruning.criterion == .ratio, plan.pruning.amount > 0, case .deviation(let deviation) = bases[weight] {
                rules[weight] = layer.rule(threshold: plan.pruning.amount * deviation)
                continue
            }
            let dense = if case .dense(let kept) = bases[weight] { kept } else { DenseStatistics(distribution) }
            if plan.isRankedWithOthers {
                groups[plan.pruning.ranking, default: []].append((weight, layer, dense))
            } else {
                rules[weight] = layer.rule(dense: dense)
            }
        }
        for (pruning, members) in groups {
            rules.merge(GlobalRanking(members: members).rules(pruning)) { _, new in new }
        }
        return rules
    }
}

extension Pruning {
    /// Which layers are ranked together: σ's kind matters to ratios only.
    var ranking: Pruning {
        var ranking = self
        if criterion == .level { ranking.deviation = .all }
        return ranking
    }
}

extension WeightDistribution {
    /// σ over all weights or over those that are not zero.
    public func deviation(_ deviation: Pruning.Deviation) -> Double { DenseStatistics(self).deviation(deviation) }
}
