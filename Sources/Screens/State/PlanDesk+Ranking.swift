import Compression
import Networks

/// Amounts of layers that are ranked together, and what one criterion's amount is by the other.
extension PlanDesk {
    /// A plan whose criterion changed keeps about the same weights: the amount is translated by search. A rank that is said in another way stays.
    func converted(
        _ plan: LayerPlan, from old: LayerPlan, of layer: Layer, _ distribution: WeightDistribution?
    ) throws(KnobRefusal) -> LayerPlan {
        var plan = plan
        plan.weights = plan.weights.keepingRank(of: old.weights, in: layer.geometry)
        guard plan.pruning.criterion != old.pruning.criterion else { return plan }
        guard plan.pruning.amount > 0 else { return plan }
        guard let distribution else { throw .notSorted }
        // Of a pattern, that of the same amount of single weights; a factor is ranked alone.
        let isAlone = old.pattern != nil || layer.part != nil
        let threshold = (isAlone ? PruningRule(old.withoutPattern, distribution) : rules[layer.weight])?.threshold ?? 0
        switch plan.pruning.criterion {
        case .level: plan.pruning.amount = level(at: threshold, of: layer, old.pruning, distribution)
        case .ratio:
            // With two decimals.
            let sigma = deviation(of: layer, plan.pruning, distribution) ?? 0
            plan.pruning.amount = sigma > 0 ? min(Pruning.ratios.upperBound, max(0.01, (100 * threshold / sigma).rounded() / 100)) : 0
        }
        return plan
    }

    /// The share of zeros that a threshold makes of a layer, or of all that are ranked with it.
    func level(at threshold: Double, of layer: Layer, _ pruning: Pruning, _ distribution: WeightDistribution) -> Double {
        let known = layer.part == nil ? distributions : [layer.weight: distribution]
        return plan.level(at: threshold, of: layer.weight, under: pruning, distributions: known)
    }

    /// σ that a ratio of this pruning multiplies; nil until sorted.
    func deviation(of layer: Layer, _ pruning: Pruning, _ distribution: WeightDistribution?) -> Double? {
        if layer.part != nil { return distribution?.deviation(pruning.deviation) }
        return plan.deviation(of: layer.weight, under: pruning, distributions: distributions, bases: ratioBases)
    }

    /// The layer's new plan, and those of the layers that are ranked with it: a global amount is turned for all of them at once.
    func ranked(_ new: LayerPlan, from old: LayerPlan, of layer: Layer, _ knob: Knob) -> [String: LayerPlan] {
        var plans = [layer.weight: new]
        guard new.isRankedWithOthers, new.pruning != old.pruning else { return plans }
        if knob == .scope {
            // A layer that joins takes the amount of those that are there.
            if let first = layers.first(where: { $0 != layer && plan[$0.weight].isRankedWithOthers }) {
                plans[layer.weight]?.pruning = plan[first.weight].pruning
            }
            return plans
        }
        for member in plan.ranked(with: old.pruning) where member != layer.weight {
            plans[member] = plan[member]
            plans[member]?.pruning = new.pruning
        }
        return plans
    }
}
