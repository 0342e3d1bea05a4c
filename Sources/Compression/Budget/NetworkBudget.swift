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
    /// Names of layers whose cost is not known: they have no choice, and no sum has them, ``dense`` neither. Only of milliseconds.
    public let unknown: [String]
    /// Whether the cost of something that has no choice is an estimate.
    private let isFixedEstimate: Bool
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
    ///   - factors: What factors take under plans of their own, by weight; 4 · numbers where it is missing.
    ///   - times: What layers and their factors take; without it nothing is known of milliseconds.
    /// Throws where shapes don't fit, for then no multiply-adds are known. Cost: O(nodes + ranks · log ranks).
    public init(
        _ unit: BudgetUnit, network: Network, plans: [String: LayerPlan], spectra: [String: LayerSpectrum], pinned: Set<String> = [],
        bytes: [String: Int] = [:], factors: [String: FactorBytes] = [:], times: LayerTimes? = nil
    ) throws(ShapeError) {
        let costs = try LayerCosts(unit, network: network, bytes: bytes, factors: factors, times: times)
        var (layers, fixed, dense) = ([BudgetedLayer](), LayerCost(costs.others), costs.others)
        var unknown: [String] = []
        for layer in network.layers {
            let plan = plans[layer.weight] ?? .unchanged
            guard let own = costs.dense(layer) else {
                unknown.append(layer.name)
                continue
            }
            guard layer.hasSpectrum, !plan.bypass, !pinned.contains(layer.weight), let spectrum = spectra[layer.weight] else {
                guard let held = costs.cost(layer, plan) else {
                    unknown.append(layer.name)
                    continue
                }
                (dense, fixed) = (dense + own.amount, fixed + held)
                continue
            }
            dense += own.amount
            let options = RankChoices.options(energies: spectrum.energies, dense: own, in: unit) { rank in
                costs.factored(layer, Factorization(.channel, ranks: [rank], of: layer.geometry))
            }
            layers.append(BudgetedLayer(weight: layer.weight, options: options))
        }
        (self.unit, self.dense, self.plans, self.spectra) = (unit, dense, plans, spectra)
        (self.costs, self.layers, self.unknown) = (costs, network.layers, unknown)
        isFixedEstimate = fixed.isEstimate
        curve = RankBudget(layers, fixed: fixed.amount)
    }

    /// The choice that costs at most a share of ``dense``; from 1 on everything, however the sums were rounded.
    public func allocation(share: Double) -> RankAllocation {
        share < 1 ? curve.allocation(atMost: share * dense) : curve.allocation(after: curve.curve.count)
    }

    /// Kept energy at most at a share of ``dense``, the mean over the layers that have a choice; nil where none has. Cost: O(log answers).
    public func energy(share: Double) -> Double? {
        curve.layers.isEmpty ? nil : (share < 1 ? curve.energy(atMost: share * dense) / Double(curve.layers.count) : 1)
    }

    /// What plans cost as a share of ``dense``.
    public func share(of plans: [String: LayerPlan]) -> Double {
        let cost = layers.reduce(costs.others) { $0 + (costs.cost($1, plans[$1.weight] ?? .unchanged)?.amount ?? 0) }
        return dense > 0 ? cost / dense : 1
    }

    /// Whether some of what a choice costs was not measured but read off a staircase.
    public func isEstimate(_ allocation: RankAllocation) -> Bool {
        isFixedEstimate || allocation.choices.contains { $0.option.isEstimate }
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
                plan = plan.ranked(rank, weighting: spectra[choice.weight]?.weighting ?? .plain)
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
            let (cost, dense) = (
                costs.factored(layer, Factorization(.channel, ranks: [rank], of: layer.geometry)), costs.dense(layer) ?? LayerCost(0)
            )
            guard let cost, cost.amount < dense.amount else {
                return RankAllocation.Choice(
                    weight: layer.weight, option: RankOption(rank: nil, cost: dense.amount, energy: 1, isEstimate: dense.isEstimate))
            }
            let energy = total > 0 ? energies.prefix(rank).reduce(0, +) / total : 1
            return RankAllocation.Choice(
                weight: layer.weight, option: RankOption(rank: rank, cost: cost.amount, energy: energy, isEstimate: cost.isEstimate))
        }
        return RankAllocation(
            choices: choices, cost: choices.reduce(curve.fixed) { $0 + $1.option.cost }, energy: choices.reduce(0) { $0 + $1.option.energy }
        )
    }
}
