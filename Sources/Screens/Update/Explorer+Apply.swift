import Compression

extension Explorer {
    /// Puts plans into force without history: a new generation, the rules that follow, and the engine's order.
    mutating func apply(_ new: [String: LayerPlan], temperature newTemperature: Double? = nil, lossWeights newWeights: LossWeights? = nil) {
        let oldRules = rules
        generation += 1
        for (weight, plan) in new where plans[weight] != nil && plans[weight] != plan {
            plans[weight] = plan
            changed[weight] = generation
        }
        temperature = newTemperature ?? temperature
        lossWeights = newWeights ?? lossWeights
        refreshRules()
        for (weight, rule) in rules where oldRules[weight] != rule { changed[weight] = generation }
        centroid = 0
        restoreKeptLayers()
        emitPlan()
    }

    /// Finds the threshold of one layer anew, and all others where they are ranked with it.
    mutating func refreshRules(after weight: String) {
        let pruning = (plans[weight] ?? .unchanged).pruning
        guard pruning.scope == .layer, deviations[weight] == nil, let distribution = distributions[weight] else { return refreshRules() }
        rules[weight] = PruningRule(pruning, distribution)
    }

    /// Finds every layer's threshold anew: searches, O(32 · layers · log n) where layers are ranked together.
    mutating func refreshRules() {
        let resolved = ResolvedPlan(
            temperature: temperature, lossWeights: lossWeights,
            layers: .init(layers.map { ($0.weight, plan(of: $0)) }) { first, _ in first })
        rules = resolved.pruningRules(distributions: distributions, deviations: deviations)
    }
}
