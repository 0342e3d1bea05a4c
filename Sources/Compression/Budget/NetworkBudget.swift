import Networks
import Tensors

/// The ranks of a network's layers under one budget: what each may be, what everything costs, and the plans that follow.
///
/// Layers that may have a rank have a spectrum, are not pinned and not bypassed; all else stays as its plan has it and costs what it costs. A layer that
/// gets a rank is factored from its float weights, without pruning.
public struct NetworkBudget: Sendable {
    public let unit: BudgetUnit
    public let curve: RankBudget
    /// Everything as the plans have it without a rank.
    public let dense: Double
    /// What layers become that have no rank.
    private let plans: [String: LayerPlan]
    private let spectra: [String: LayerSpectrum]
    private let costs: LayerCosts
    private let layers: [Layer]

    /// - Parameters:
    ///   - network: With the graph that the plans are of.
    ///   - plans: Of the layers, by weight; a rank in them counts where a layer is pinned.
    ///   - spectra: By weight; a layer without one has no choice.
    ///   - bytes: What a layer without a rank takes under its plan, by weight; 4 · weights where it is missing.
    /// Throws where shapes don't fit, for then no multiply-adds are known. Cost: O(nodes + ranks · log ranks).
    public init(
        _ unit: BudgetUnit, network: Network, plans: [String: LayerPlan], spectra: [String: LayerSpectrum], pinned: Set<String> = [],
        bytes: [String: Int] = [:]
    ) throws(ShapeError) {
        let costs = try LayerCosts(unit, network: network, bytes: bytes)
        var (layers, fixed, dense) = ([BudgetedLayer](), costs.others, costs.others)
        for layer in network.layers {
            let plan = plans[layer.weight] ?? .unchanged
            let own = costs.dense(layer)
            dense += own
            guard layer.hasSpectrum, !plan.bypass, !pinned.contains(layer.weight), let spectrum = spectra[layer.weight] else {
                fixed += costs.cost(layer, plan)
                continue
            }
            let options = RankChoices.options(energies: spectrum.energies, dense: own) { rank in
                costs.factored(layer, Factorization(.channel, ranks: [rank], of: layer.geometry))
            }
            layers.append(BudgetedLayer(weight: layer.weight, options: options))
        }
        (self.unit, self.dense, self.plans, self.spectra) = (unit, dense, plans, spectra)
        (self.costs, self.layers) = (costs, network.layers)
        curve = RankBudget(layers, fixed: fixed)
    }

    /// The choice that costs at most a share of ``dense``; from 1 on everything, however the sums were rounded.
    public func allocation(share: Double) -> RankAllocation {
        share < 1 ? curve.allocation(atMost: share * dense) : curve.allocation(after: curve.curve.count)
    }

    /// What plans cost as a share of ``dense``.
    public func share(of plans: [String: LayerPlan]) -> Double {
        let cost = layers.reduce(costs.others) { $0 + costs.cost($1, plans[$1.weight] ?? .unchanged) }
        return dense > 0 ? cost / dense : 1
    }

    /// Kept energy, the mean over the layers that have a choice: 1 loses nothing; nil where none has.
    public func energy(_ allocation: RankAllocation) -> Double? {
        allocation.choices.isEmpty ? nil : allocation.energy / Double(allocation.choices.count)
    }

    /// The plans of the layers that have a choice, by weight.
    public func plans(for allocation: RankAllocation) -> [String: LayerPlan] {
        allocation.choices.reduce(into: [:]) { found, choice in
            var plan = plans[choice.weight] ?? .unchanged
            if let rank = choice.option.rank {
                plan.pruning = Pruning()
                plan.weights = .factors(LowRank(.number(rank), weighting: spectra[choice.weight]?.weighting ?? .plain))
            } else if plan.weights.isProduct {
                plan.weights = .float32
            }
            found[choice.weight] = plan
        }
    }
}

extension NetworkBudget {
    /// The same share of its largest rank for every layer that has a choice, the highest that costs at most a share of ``dense``: to hold the budget
    /// against. Ranks are not held to any step; a layer is dense where its factors would cost as much. Cost: O(32 · layers · rank).
    public func uniform(share: Double) -> RankAllocation {
        var (low, high) = (0.0, 1.0)
        for _ in 0..<32 {
            let middle = (low + high) / 2
            if uniform(rankShare: middle).cost <= share * dense { low = middle } else { high = middle }
        }
        return uniform(rankShare: uniform(rankShare: 1).cost <= share * dense ? 1 : low)
    }

    private func uniform(rankShare: Double) -> RankAllocation {
        let own = Dictionary(layers.map { ($0.weight, $0) }) { first, _ in first }
        let choices = curve.layers.compactMap { own[$0.weight] }.map { layer -> RankAllocation.Choice in
            let energies = spectra[layer.weight]?.energies ?? []
            let (rank, total) = (max(1, Int(rankShare * Double(energies.count))), energies.reduce(0, +))
            let cost = costs.factored(layer, Factorization(.channel, ranks: [rank], of: layer.geometry))
            guard cost < costs.dense(layer) else {
                return RankAllocation.Choice(weight: layer.weight, option: RankOption(rank: nil, cost: costs.dense(layer), energy: 1))
            }
            let energy = total > 0 ? energies.prefix(rank).reduce(0, +) / total : 1
            return RankAllocation.Choice(weight: layer.weight, option: RankOption(rank: rank, cost: cost, energy: energy))
        }
        return RankAllocation(
            choices: choices, cost: choices.reduce(curve.fixed) { $0 + $1.option.cost }, energy: choices.reduce(0) { $0 + $1.option.energy }
        )
    }
}

/// What layers cost in a unit.
private struct LayerCosts: Sendable {
    private let unit: BudgetUnit
    /// Parameters of no layer's weights.
    let others: Double
    private let bytes: [String: Int]
    /// Multiply-adds for one weight, by weight: the pixels of the output.
    private let pixels: [String: Double]

    init(_ unit: BudgetUnit, network: Network, bytes: [String: Int]) throws(ShapeError) {
        (self.unit, self.bytes) = (unit, bytes)
        let layers = network.layers
        guard unit == .multiplyAdds else {
            let count = network.parameters.values.reduce(0) { $0 + $1.values.count } - layers.reduce(0) { $0 + $1.count }
            (others, pixels) = (Double(unit == .bytes ? 4 * count : count), [:])
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

    func dense(_ layer: Layer) -> Double {
        switch unit {
        case .parameters: Double(layer.count)
        case .multiplyAdds: (pixels[layer.weight] ?? 0) * Double(layer.count)
        case .bytes: Double(bytes[layer.weight] ?? 4 * layer.count)
        }
    }

    func cost(_ layer: Layer, _ plan: LayerPlan) -> Double {
        plan.factorization(of: layer.geometry).map { factored(layer, $0) } ?? dense(layer)
    }

    func factored(_ layer: Layer, _ factorization: Factorization) -> Double {
        switch unit {
        case .parameters: Double(factorization.parameterCount(of: layer.geometry))
        case .multiplyAdds: (pixels[layer.weight] ?? 0) * Double(layer.multiplyAdds(factorization))
        case .bytes: Double(4 * factorization.parameterCount(of: layer.geometry))
        }
    }
}
