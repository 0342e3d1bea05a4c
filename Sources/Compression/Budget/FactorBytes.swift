import Networks

/// What the factors of one layer take under plans of their own, by their ranks: as layers made of them do, and between two made ones on the line between.
public struct FactorBytes: Hashable, Sendable {
    /// Bytes of the layer's factors, as ``LayerSummary/estimatedBytes`` of the layer has them.
    public private(set) var made: [Factorization: Int] = [:]

    public init() {}

    public subscript(factorization: Factorization) -> Int? {
        get { made[factorization] }
        set { made[factorization] = newValue }
    }

    /// Takes what a layer was made of, where it is factors with plans.
    public mutating func take(_ summary: LayerSummary) {
        guard summary.plan.partsInForce != nil, let factorization = summary.factorization else { return }
        made[factorization] = summary.estimatedBytes
    }

    /// Nil where nothing of the method was made. Above and below what was made it goes with the number of parameters.
    func cost(_ factorization: Factorization, of weights: WeightGeometry) -> LayerCost? {
        if let known = made[factorization] { return LayerCost(Double(known)) }
        let known = made.filter { $0.key.method == factorization.method }.sorted { $0.key.first < $1.key.first }
        func count(_ factorization: Factorization) -> Double { Double(max(1, factorization.parameterCount(of: weights))) }
        let (below, above) = (known.last { $0.key.first < factorization.first }, known.first { $0.key.first > factorization.first })
        guard let nearest = below ?? above else { return nil }
        guard let below, let above else {
            return LayerCost(Double(nearest.value) * count(factorization) / count(nearest.key), isEstimate: true)
        }
        let share = (count(factorization) - count(below.key)) / max(1, count(above.key) - count(below.key))
        return LayerCost(Double(below.value) + share * Double(above.value - below.value), isEstimate: true)
    }
}

extension LayerPlan {
    /// The layer as factors of a rank, with what its plan says of these: its weights are factored as they are.
    public func ranked(_ rank: Int, weighting: LowRank.Weighting) -> LayerPlan {
        var plan = self
        plan.pruning = Pruning()
        plan.weights = .factors(LowRank(.number(rank), weighting: weighting))
        return plan
    }

    /// What of a plan the bytes of factors depend on beside their ranks; nil where factors stay as they are found.
    public var ofFactors: LayerPlan? {
        guard let parts, !bypass else { return nil }
        var plan = LayerPlan.unchanged
        (plan.parts, plan.indexBits) = (parts, indexBits)
        return plan
    }
}

extension RankChoices {
    /// The ranks whose factors are made before a budget in bytes is, nine at most.
    public static func made(largest: Int) -> [Int] {
        let all = ranks(largest: largest, in: .bytes)
        guard all.count > 9 else { return all }
        return (0...8).map { all[$0 * (all.count - 1) / 8] }
    }
}
