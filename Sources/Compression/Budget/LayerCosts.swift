import Networks

/// What a layer costs, and whether that is an estimate.
struct LayerCost: Hashable, Sendable {
    var amount: Double
    var isEstimate = false

    init(_ amount: Double, isEstimate: Bool = false) { (self.amount, self.isEstimate) = (amount, isEstimate) }

    init(_ time: Latency) { self.init(time.milliseconds, isEstimate: time.isEstimate) }

    static func + (first: LayerCost, second: LayerCost) -> LayerCost {
        LayerCost(first.amount + second.amount, isEstimate: first.isEstimate || second.isEstimate)
    }
}

/// What layers cost in a unit.
struct LayerCosts: Sendable {
    private let unit: BudgetUnit
    /// What belongs to no layer.
    let others: Double
    private let bytes: [String: Int]
    /// Of layers whose factors have plans, by weight.
    private let factors: [String: FactorBytes]
    /// Multiply-adds for one weight, by weight: the pixels of the output.
    private let pixels: [String: Double]
    private let times: LayerTimes?

    init(
        _ unit: BudgetUnit, network: Network, bytes: [String: Int], factors: [String: FactorBytes], times: LayerTimes?
    ) throws(ShapeError) {
        (self.unit, self.bytes, self.factors, self.times) = (unit, bytes, factors, times)
        let layers = network.layers
        if unit == .milliseconds {
            (others, pixels) = (times?.others ?? 0, [:])
            return
        }
        guard unit == .multiplyAdds else {
            let count = network.parameters.values.reduce(0) { $0 + $1.values.count } - layers.reduce(0) { $0 + $1.count }
            (others, pixels) = (Double(unit == .bytes ? network.storedByteCountOfOthers : count), [:])
            return
        }
        let (work, index) = (try network.multiplyAdds(), network.index)
        var (pixels, others) = ([String: Double](), work.reduce(0, +))
        for layer in layers {
            let own = index.readers(of: layer.weight).reduce(0) { $0 + work[$1] }
            pixels[layer.weight] = Double(own) / Double(max(1, layer.count))
            others -= own
        }
        (self.pixels, self.others) = (pixels, Double(others))
    }

    /// Nil where it is not known.
    func dense(_ layer: Layer) -> LayerCost? {
        switch unit {
        case .parameters: LayerCost(Double(layer.count))
        case .multiplyAdds: LayerCost((pixels[layer.weight] ?? 0) * Double(layer.count))
        case .bytes: LayerCost(Double(bytes[layer.weight] ?? 4 * layer.count))
        case .milliseconds: times?.dense(layer.weight).map { LayerCost($0) }
        }
    }

    func cost(_ layer: Layer, _ plan: LayerPlan) -> LayerCost? {
        guard let factorization = plan.factorization(of: layer.geometry) else { return dense(layer) }
        return factored(layer, factorization)
    }

    func factored(_ layer: Layer, _ factorization: Factorization) -> LayerCost? {
        switch unit {
        case .parameters: LayerCost(Double(factorization.parameterCount(of: layer.geometry)))
        case .multiplyAdds: LayerCost((pixels[layer.weight] ?? 0) * Double(layer.multiplyAdds(factorization)))
        case .bytes:
            factors[layer.weight]?.cost(factorization, of: layer.geometry)
                ?? LayerCost(Double(4 * factorization.parameterCount(of: layer.geometry)))
        case .milliseconds: times?.factored(layer.weight, factorization).map { LayerCost($0) }
        }
    }
}
