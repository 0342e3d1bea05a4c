import Networks

extension CompressionPlan {
    /// The parts of the plan that change nothing in a network of these layers, in the order of the entries: keys that another one has made idle, plans
    /// of factors that no layer has, entries whose layers all follow others.
    ///
    /// - Throws: a `PlanError` where the plan can't be applied at all.
    ///
    /// Cost: O(entries · layers · settings).
    public func idleParts(for layers: [Layer]) throws(PlanError) -> [IdlePart] {
        let reach = PlanReach(try PlanEntries(self, for: layers), layers)
        return self.layers.flatMap { reach.idleParts(of: $0) }
    }
}

/// Which layers and factors each entry of a plan reaches.
private struct PlanReach {
    private struct Factor {
        var layer: Layer
        var side: FactorPart.Side
    }

    private let entries: PlanEntries
    private var layers: [String: [Layer]] = [:]
    private var factors: [String: [Factor]] = [:]
    private let plans: [String: LayerPlan]
    /// How many layers are ranked with this pruning.
    private let ranked: [Pruning: Int]

    init(_ entries: PlanEntries, _ all: [Layer]) {
        self.entries = entries
        for layer in all {
            if let entry = entries.entry(of: layer) { layers[entry.pattern, default: []].append(layer) }
            for side in FactorPart.Side.allCases {
                guard let entry = entries.parts.entry(of: side, layer) else { continue }
                factors[entry.pattern, default: []].append(Factor(layer: layer, side: side))
            }
        }
        plans = Dictionary(all.map { ($0.weight, entries.plan(of: $0)) }) { first, _ in first }
        ranked = plans.values.reduce(into: [:]) { counts, plan in
            if plan.isRankedWithOthers, !plan.bypass { counts[plan.pruning.ranking, default: 0] += 1 }
        }
    }

    func idleParts(of entry: CompressionPlan.Entry) -> [IdlePart] {
        let (layers, factors) = (layers[entry.pattern] ?? [], factors[entry.pattern] ?? [])
        if layers.isEmpty, factors.isEmpty {
            return [IdlePart(entry.pattern, IdleReason("all that it matches follows other entries"))]
        }
        return (ofLayers(entry, layers) + ofFactors(entry, factors)).map { part in
            IdlePart(part.key.isEmpty ? entry.pattern : "\(entry.pattern).\(part.key)", part.reason)
        }
    }

    private func ofLayers(_ entry: CompressionPlan.Entry, _ layers: [Layer]) -> [IdlePart] {
        var found = entry.plan.idleKeys(in: layers)
        if let first = layers.first, entry.plan.prunes, plans[first.weight]?.isRankedWithOthers == true, !entry.plan.bypass,
            ranked[entry.plan.pruning.ranking] == 1
        {
            found.append(
                IdlePart(
                    "scope", IdleReason("no other layer has this scope with the same amount", cure: "give it to others, or leave it out")))
        }
        for (side, plan) in entry.plan.parts?.all ?? [] where !layers.isEmpty {
            let own = layers.filter { entries.parts.entry(of: side, $0) == nil }
            if own.isEmpty, let other = layers.first.flatMap({ entries.parts.entry(of: side, $0) }) {
                found.append(
                    IdlePart(side.rawValue, IdleReason("the entry '\(other.pattern)' takes its place", cure: "keep one of both")))
            } else {
                found += idle(plan, own.map { Factor(layer: $0, side: side) }, named: side.rawValue)
            }
        }
        return found
    }

    private func ofFactors(_ entry: CompressionPlan.Entry, _ factors: [Factor]) -> [IdlePart] {
        factors.isEmpty ? [] : idle(entry.plan, factors, named: "")
    }

    /// What of a factor's plan changes nothing; all of it where no layer has the factor.
    private func idle(_ plan: LayerPlan, _ factors: [Factor], named name: String) -> [IdlePart] {
        let reasons = factors.map { self.plan(of: $0.layer).idleness(of: $0.side, in: $0.layer) }
        if let first = reasons.first, let reason = first, reasons.allSatisfy({ $0 != nil }) {
            guard factors.count > 1 else { return [IdlePart(name, reason)] }
            return [IdlePart(name, IdleReason("none of its \(factors.count) layers has this factor", cure: reason.cure))]
        }
        let made = factors.compactMap { self.plan(of: $0.layer).part($0.side, of: $0.layer) }
        return plan.idleKeys(in: made).map { IdlePart(name.isEmpty ? $0.key : "\(name).\($0.key)", $0.reason) }
    }

    private func plan(of layer: Layer) -> LayerPlan { plans[layer.weight] ?? .unchanged }
}
