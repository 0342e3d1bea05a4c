import Compression
import Engine
import Networks
import Tensors
import Testing

/// One budget over a network, held against the network that comes of it.
@Suite("One budget over a network")
struct NetworkBudgetTests {
    private static func spectra(_ network: Network) -> [String: LayerSpectrum] {
        network.layers.reduce(into: [:]) { found, layer in
            guard layer.isFactorable, let weights = network.parameters[layer.weight]?.values else { return }
            found[layer.weight] = LayerSpectrum(plain: weights, of: layer)
        }
    }

    /// What a plan makes of the network.
    private static func applied(_ network: Network, _ run: EngineRun, _ plan: CompressionPlan, generation: UInt64) -> Network {
        run.engine.request(plan, generation: generation, measuresAccuracy: false)
        run.take { if case .settled(generation) = $0 { true } else { false } }
        var made: [String: CompressedLayer] = [:]
        for case .layer(let layer, generation) in run.events { made[layer.layer.weight] = layer }
        return Applied(base: network, layers: network.layers.compactMap { made[$0.weight] }, plan: plan).network
    }

    @Test("Costs are those of the network that the ranks make, and never above the budget", arguments: Bundled.names)
    func costs(name: String) throws {
        let network = try Bundled.network(name)
        let (spectra, run) = (Self.spectra(network), EngineRun(network, .none))
        var generation: UInt64 = 0
        for unit in BudgetUnit.allCases {
            let budget = try NetworkBudget(unit, network: network, plans: [:], spectra: spectra)
            func cost(_ network: Network) throws -> Int {
                switch unit {
                case .parameters: network.parameterCount
                case .multiplyAdds: try network.multiplyAdds().reduce(0, +)
                case .bytes: 4 * network.parameterCount
                }
            }
            #expect(try budget.dense == Double(cost(network)) && budget.share(of: [:]) == 1)
            #expect(budget.plans(for: budget.allocation(share: 1)).values.allSatisfy { $0 == .unchanged })
            for share in [0.1, 0.35, 0.8] {
                let allocation = budget.allocation(share: share)
                let plans = budget.plans(for: allocation)
                generation += 1
                let plan = CompressionPlan(resolved: ResolvedPlan(layers: [:]).covering(network.layers).taking(plans))
                #expect(allocation.cost <= max(share * budget.dense, budget.curve.smallest))
                #expect(try allocation.cost == Double(cost(Self.applied(network, run, plan, generation: generation))), "\(unit) \(share)")
                #expect(abs(budget.share(of: plans) - allocation.cost / budget.dense) < 1e-12)
                #expect(plans.values.contains { $0.weights.isProduct })
            }
        }
    }

    @Test("Pinned layers stay, bytes are those of the plan, and what loses its rank is as it was")
    func pinned() throws {
        let network = try Bundled.network("lenet-300-100")
        let spectra = Self.spectra(network)
        let few = LayerPlan(pruning: .level(0.9), weights: .linear(LinearQuantization(bits: 4)))
        let plans = ["fc1.weight": few, "fc2.weight": LayerPlan(weights: .factors(.number(8)))]
        let budget = try NetworkBudget(
            .bytes, network: network, plans: plans, spectra: spectra, pinned: ["fc2.weight"], bytes: ["fc1.weight": 9_000])
        let allocation = budget.allocation(share: 0.5)
        // Factors of 9,000 bytes would have a rank of 2.
        #expect(allocation.choices.map(\.weight) == ["fc1.weight", "fc3.weight"])
        let made = budget.plans(for: budget.allocation(share: 1))
        #expect(made["fc1.weight"] == few && made["fc2.weight"] == nil)
        let bypassed = LayerPlan(bypass: true)
        let rest = try NetworkBudget(.parameters, network: network, plans: ["fc1.weight": bypassed], spectra: spectra)
        #expect(rest.curve.layers.map(\.weight) == ["fc2.weight", "fc3.weight"] && rest.curve.smallest > 235_200)
        let ranked = try NetworkBudget(.parameters, network: network, plans: plans, spectra: spectra)
        #expect(ranked.plans(for: ranked.allocation(share: 1))["fc2.weight"] == .unchanged)
    }
}
