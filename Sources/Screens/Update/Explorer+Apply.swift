import Compression

extension Explorer {
    /// Puts a plan into force without history: a new generation, the rules that follow, and the engine's order.
    mutating func apply(_ new: ResolvedPlan) {
        let oldRules = rules
        generation += 1
        for layer in layers where plan(of: layer) != new[layer.weight] { changed[layer.weight] = generation }
        resolvedPlan = new
        refreshRules()
        for (weight, rule) in rules where oldRules[weight] != rule { changed[weight] = generation }
        stack[CentroidsView.self].selection = 0
        restoreKeptLayers()
        emitPlan()
    }

    /// Finds the threshold of one layer anew, and all others where they are ranked with it.
    ///
    /// While layers are being read those that are ranked together wait for an eighth more of them, so that all refreshes take O(layers · log layers).
    mutating func refreshRules(after weight: String) {
        let pruning = resolvedPlan[weight].pruning
        guard pruning.scope == .layer, base?.layers[weight] == nil, let distribution = distributions[weight] else {
            guard distributions.count >= rankedCount + rankedCount / 8 || distributions.count == layers.count else { return }
            return refreshRules()
        }
        rules[weight] = PruningRule(pruning, distribution)
    }

    /// Finds every layer's threshold anew: searches, O(32 · layers · log n) where layers are ranked together.
    mutating func refreshRules() {
        rankedCount = distributions.count
        rules = resolvedPlan.pruningRules(distributions: distributions, bases: ratioBases)
    }
}
