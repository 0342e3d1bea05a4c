import Networks

/// What is done with the factors of a layer, each as with a layer of its own. One that is missing stays as it was found, as float32.
public struct PartPlans: Codable, Hashable, Sendable {
    private struct Entry: Codable, Hashable {
        var side: FactorPart.Side
        var plan: LayerPlan
    }

    /// From left to right, none of them unchanged.
    private var entries: [Entry] = []

    init() {}

    var isEmpty: Bool { entries.isEmpty }

    /// Those that are there, from left to right.
    public var all: [(side: FactorPart.Side, plan: LayerPlan)] { entries.map { ($0.side, $0.plan) } }

    /// Nil for one that stays as it was found; setting that, or a plan that changes nothing, takes it away.
    public subscript(side: FactorPart.Side) -> LayerPlan? {
        get { entries.first { $0.side == side }?.plan }
        set {
            let others = entries.filter { $0.side != side }
            let own = newValue.flatMap { $0 == .unchanged ? nil : Entry(side: side, plan: $0) }
            entries = FactorPart.Side.allCases.compactMap { place in place == side ? own : others.first { $0.side == place } }
        }
    }
}

extension LayerPlan {
    /// The plan of a factor; unchanged for one that stays as it was found.
    public subscript(side: FactorPart.Side) -> LayerPlan {
        get { parts?[side] ?? .unchanged }
        set {
            var plans = parts ?? PartPlans()
            plans[side] = newValue
            parts = plans.isEmpty ? nil : plans
        }
    }

    /// What should not be overlooked of it in a layer of a shape; sizes of factors as float32 say nothing where these have plans.
    func remarks(on weights: WeightGeometry) -> [LayerRemark] {
        self.weights.codedForm.remarks(on: weights).filter { remark in
            if case .factorsAboveWeights = remark { partsInForce == nil } else { true }
        }
    }

    /// The plans of factors, while the layer has any.
    public var partsInForce: PartPlans? { !bypass && weights.isProduct ? parts : nil }

    /// What becomes of a factor: bits of an index that its own plan does not say are those of the layer.
    func plan(of side: FactorPart.Side) -> LayerPlan {
        guard var plan = parts?[side] else { return .unchanged }
        plan.indexBits = plan.indexBits ?? indexBits
        return plan
    }

    /// Checks whether the factors that a layer has can have these plans.
    func validateParts(of layer: Layer) throws(PlanError) {
        guard let parts = partsInForce, let made = factorization(of: layer.geometry) else { return }
        for part in made.parts(of: layer.geometry) { try parts[part.side]?.validate(for: layer.layer(of: part)) }
    }

    /// Checks the numbers of its factors' plans, and that these are plans of factors.
    func validateParts(entry: String) throws(PlanError) {
        for (side, plan) in parts?.all ?? [] {
            let entry = "\(entry).\(side.rawValue)"
            try plan.validate(entry: entry)
            try plan.validatePart(entry: entry)
        }
    }

    /// Checks that it is the plan of a factor.
    func validatePart(entry: String) throws(PlanError) {
        if let setting = settingOfWholeLayers { throw .settingOfLayers(entry: entry, setting: setting) }
    }

    /// A setting that a factor can't have; nil where it has none of them.
    private var settingOfWholeLayers: String? {
        if weights.isProduct { return "factors" }
        if pruning.scope != .layer { return "scope" }
        if fit != nil { return "fit" }
        if mask != nil { return "mask" }
        if biases != .float32 { return "biases" }
        if activations != nil { return "activations" }
        return parts == nil ? nil : "parts"
    }
}

extension ResolvedPlan {
    /// The plan of a layer, or of a factor of one.
    public subscript(layer: Layer) -> LayerPlan {
        get { layer.part.map { self[$0.whole][$0.side] } ?? self[layer.weight] }
        set { if let part = layer.part { self[part.whole][part.side] = newValue } else { self[layer.weight] = newValue } }
    }
}
