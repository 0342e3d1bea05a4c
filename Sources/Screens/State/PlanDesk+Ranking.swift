import Compression
import Networks

/// Amounts of layers that are ranked together, and what one criterion's amount is by the other.
extension PlanDesk {
    /// A plan whose criterion changed keeps about the same weights: the amount is translated by search.
    func converted(_ plan: LayerPlan, from old: LayerPlan, of layer: Layer) throws(KnobRefusal) -> LayerPlan {
        guard plan.pruning.criterion != old.pruning.criterion else { return plan }
        var plan = plan
        guard plan.pruning.amount > 0 else { return plan }
        guard distributions[layer.weight] != nil else { throw .notSorted }
        let rule = rules[layer.weight] ?? .none
        switch plan.pruning.criterion {
        case .level: plan.pruning.amount = level(of: rule, layer, old.pruning)
        case .ratio: plan.pruning.amount = ratio(of: rule.threshold, layer, plan.pruning)
        }
        return plan
    }

    /// The share of zeros that a rule makes, in thousandths; over all layers where they are ranked together.
    func level(of rule: PruningRule, _ layer: Layer, _ pruning: Pruning) -> Double {
        let members = pruning.scope == .global ? group(of: pruning) : [layer]
        var (zeros, count) = (0, 0)
        for member in members {
            guard let distribution = distributions[member.weight] else { continue }
            zeros += distribution.zeros(threshold: rule.threshold)
            count += distribution.count
        }
        return count == 0 ? 0 : (1_000 * Double(zeros) / Double(count)).rounded() / 1_000
    }

    /// t / σ with two decimals, at least 0.01.
    private func ratio(of threshold: Double, _ layer: Layer, _ pruning: Pruning) -> Double {
        guard let sigma = deviation(for: layer, pruning), sigma > 0 else { return 0 }
        return min(Pruning.ratios.upperBound, max(0.01, (100 * threshold / sigma).rounded() / 100))
    }

    /// σ that a ratio of this pruning multiplies: the layer's, or that of all layers ranked with it; nil until sorted.
    func deviation(for layer: Layer, _ pruning: Pruning) -> Double? {
        guard distributions[layer.weight] != nil else { return nil }
        // The rule of a ratio is t = ratio · σ, so that σ can be read off the rule of ratio 1.
        var unit = pruning
        unit.criterion = .ratio
        unit.amount = 1
        let others = pruning.scope == .global ? group(of: self.plan[layer.weight].pruning) : []
        let members = Set(others.map(\.weight)).union([layer.weight])
        let plans = layers.filter { members.contains($0.weight) }.map { ($0.weight, LayerPlan(pruning: unit)) }
        let resolved = ResolvedPlan(layers: .init(plans) { first, _ in first })
        return resolved.pruningRules(distributions: distributions, bases: ratioBases)[layer.weight]?.threshold
    }

    /// The layers that are ranked together with this pruning.
    func group(of pruning: Pruning) -> [Layer] {
        layers.filter {
            let other = plan[$0.weight].pruning
            return other.scope == .global && other.criterion == pruning.criterion && other.amount == pruning.amount
                && (other.criterion == .level || other.deviation == pruning.deviation)
        }
    }

    /// The layer's new plan, and those of the layers that are ranked with it: a global amount is turned for all of them at once.
    func ranked(_ new: LayerPlan, from old: LayerPlan, of layer: Layer, _ knob: Knob) -> [String: LayerPlan] {
        var plans = [layer.weight: new]
        guard new.pruning.scope == .global, new.pruning != old.pruning else { return plans }
        if knob == .scope {
            // A layer that joins takes the amount of those that are there.
            if let first = layers.first(where: { $0 != layer && plan[$0.weight].pruning.scope == .global }) {
                plans[layer.weight]?.pruning = plan[first.weight].pruning
            }
            return plans
        }
        for member in group(of: old.pruning) where member != layer {
            var plan = plan[member.weight]
            plan.pruning = new.pruning
            plans[member.weight] = plan
        }
        return plans
    }
}
