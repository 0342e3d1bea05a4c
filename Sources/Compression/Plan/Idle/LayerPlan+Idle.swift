import Networks

extension LayerPlan {
    /// The keys of the layer itself, as files have them, that change nothing in any of these layers; none of a plan that is bypassed, whose keys wait.
    ///
    /// Cost: O(settings · layers).
    func idleKeys(in layers: [Layer]) -> [IdlePart] {
        guard !bypass, !layers.isEmpty else { return [] }
        var plain = LayerPlan.unchanged
        weights.form.settings.mapping?.begin(&plain)
        return (Self.ownSettings + weights.form.settings.list).flatMap { idleKeys(of: $0, unlike: plain, in: layers) }
    }

    /// A setting that says what it says without it is no idle one.
    private func idleKeys(of setting: PlanSetting<LayerPlan>, unlike plain: LayerPlan, in layers: [Layer]) -> [IdlePart] {
        guard setting.key != nil, let value = setting.value(in: self), value != setting.value(in: plain) else { return [] }
        let reasons = layers.map { setting.idleness(in: self, of: $0) }
        guard let first = reasons.first, let reason = first, reasons.allSatisfy({ $0 != nil }) else {
            return setting.children.flatMap { idleKeys(of: $0, unlike: plain, in: layers) }
        }
        return [IdlePart(setting.name, reason)]
    }

    /// Why what it says of a factor changes nothing in a layer; nil where the layer has that factor.
    func idleness(of side: FactorPart.Side, in layer: Layer) -> IdleReason? {
        guard case .factors(let rank) = weights else {
            return IdleReason("\(layer.name) has no rank", cure: "give it one, as in 'factors: {rank: 16}', or leave it out")
        }
        let sides = rank.factorization(of: layer.geometry).parts(of: layer.geometry).reversed().map(\.side.rawValue)
        guard !sides.contains(side.rawValue) else { return nil }
        return IdleReason(
            "by the method \(rank.method.rawValue) \(layer.name) has the factors \(sides.joined(separator: " and "))",
            cure: "take 'method: tucker', or leave it out")
    }

    /// A factor of a layer, which has it.
    func part(_ side: FactorPart.Side, of layer: Layer) -> Layer? {
        guard case .factors(let rank) = weights else { return nil }
        let part = rank.factorization(of: layer.geometry).parts(of: layer.geometry).first { $0.side == side }
        return part.map { layer.layer(of: $0) }
    }
}
