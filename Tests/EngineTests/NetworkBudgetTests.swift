import Compression
import Engine
import Kernels
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
        for unit in BudgetUnit.allCases where unit != .milliseconds {
            let budget = try NetworkBudget(unit, network: network, plans: [:], spectra: spectra)
            func cost(_ network: Network) throws -> Int {
                switch unit {
                case .parameters: network.parameterCount
                case .multiplyAdds: try network.multiplyAdds().reduce(0, +)
                case .bytes: 4 * network.parameterCount
                case .milliseconds: 0
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

    @Test("Bytes are those that the plans of factors make: exact at ranks that were made, near and marked between them")
    func factorBytes() throws {
        let network = try Bundled.network("lenet-300-100")
        var coded = LayerPlan.unchanged
        coded[.left] = LayerPlan(weights: .linear(LinearQuantization(bits: 4)))
        coded[.right] = LayerPlan(pruning: .level(0.75), weights: .shared(WeightSharing(bits: 3)))
        let plans = ["fc1.weight": coded, "fc2.weight": LayerPlan(pruning: .level(0.5))]
        let run = EngineRun(network, .none)
        let factors = plans.compactMapValues(\.ofFactors)
        #expect(factors == ["fc1.weight": coded])
        run.engine.start(.spectra(SpectraOrder(base: nil, weighting: .plain, factors: factors)))
        run.take(until: \.isEnd)
        let report = try #require(run.events.compactMap { $0.report() as SpectraReport? }.last)
        let made = try #require(report.bytes["fc1.weight"]?.made)
        #expect(report.isComplete && report.bytes.count == 1 && made.count == 9 && report.factors == factors)
        let budget = try NetworkBudget(
            .bytes, network: network, plans: plans, spectra: report.spectra, factors: report.bytes)
        var generation: UInt64 = 0
        for share in [0.03, 0.05, 0.08, 0.15, 0.3] {
            generation += 1
            let found = budget.allocation(share: share)
            #expect(found.cost <= share * budget.dense)
            let choice = try #require(found.choices.first)
            let rank = try #require(choice.option.rank)
            let plan = CompressionPlan(resolved: ResolvedPlan(layers: [:]).covering(network.layers).taking(budget.plans(for: found)))
            let layer = try #require(run.settle(plan, generation: generation).layers["fc1.weight"])
            #expect(layer.factorization?.first == rank && layer.plan.parts == coded.parts)
            let (said, taken) = (choice.option.cost, Double(layer.estimatedBytes))
            let isMade = made.keys.contains { $0.first == rank }
            #expect(choice.option.isEstimate == !isMade && abs(said - taken) <= (isMade ? 0 : 0.05 * taken), "\(rank): \(said) \(taken)")
            // As float32 it would be several times that.
            #expect(taken < 0.5 * Double(4 * rank * 1_084))
        }
        for (factorization, bytes) in made {
            let layer = coded.ranked(factorization.first, weighting: .plain)
            let plan = CompressionPlan(layers: [.init(pattern: "fc1.weight", plan: layer)])
            generation += 1
            #expect(run.settle(plan, generation: generation).layers["fc1.weight"]?.estimatedBytes == bytes)
        }
    }

    /// A time that grows with the outputs in steps of 16, and with the inputs.
    private static func time(_ work: LayerWork) -> Double { 0.01 + 1e-7 * Double(work.paddedMultiplyAdds) }

    @Test("Milliseconds are those of the table, what it lacks is an estimate until it is measured, and the answer says what that is")
    func milliseconds() throws {
        let network = try Bundled.network("lenet-5")
        let spectra = Self.spectra(network)
        var table = LatencyTable(LatencyDevice(name: "cpu", batch: 4, kernels: "oneDNN 1"))
        table.set(0.25, ofNetwork: try network.timingKey(), .others)
        for work in try LayerTimes(network, in: table).wanted(network.layers) { table.set(Self.time(work), of: work) }
        func budget() throws -> NetworkBudget {
            try NetworkBudget(.milliseconds, network: network, plans: [:], spectra: spectra, times: LayerTimes(network, in: table))
        }
        let works = try TimedParts(network).works
        let dense = try budget().dense
        #expect(abs(dense - works.values.reduce(0.25) { $0 + Self.time($1) }) < 1e-12)
        for share in [0.4, 0.55, 0.7, 0.85] {
            var found = try budget().allocation(share: share)
            for _ in 0..<8 {
                let plans = try budget().plans(for: found)
                let open = try LayerTimes(network, in: table).unmeasured(plans, network.layers)
                #expect(try budget().isEstimate(found) == !open.isEmpty)
                if open.isEmpty { break }
                for work in open { table.set(Self.time(work), of: work) }
                found = try budget().allocation(share: share)
            }
            let last = try budget()
            #expect(!last.isEstimate(found) && found.cost <= max(share * dense, last.curve.smallest) && last.unknown.isEmpty)
            let ranks = last.plans(for: found).compactMapValues { plan in plan.weights.isProduct ? plan : nil }
            #expect(!ranks.isEmpty)
            let factored = network.applying(
                .factorize(
                    network.layers.reduce(into: [:]) { $0[$1.weight] = ranks[$1.weight]?.factorization(of: $1.geometry) }))
            let sum = try LatencySum(of: factored, in: table).sum
            #expect(abs((sum?.milliseconds ?? 0) + 0.25 - found.cost) < 1e-9 && sum?.isEstimate == false)
        }
    }

    @Test("On another device only what was measured there is a choice; layers without a time are named")
    func otherDevice() throws {
        let network = try Bundled.network("lenet-300-100")
        let works = try TimedParts(network).works
        var table = LatencyTable(LatencyDevice(name: "a phone", batch: 1))
        let (first, second) = (try #require(works["fc1.weight"]), try #require(works["fc2.weight"]))
        table.set(1, of: first)
        table.set(0.5, of: second)
        for work in first.channelFactors(rank: 32) ?? [] { table.set(0.2, of: work) }
        let budget = try NetworkBudget(
            .milliseconds, network: network, plans: [:], spectra: Self.spectra(network), times: LayerTimes(network, in: table))
        #expect(budget.dense == 1.5 && budget.unknown == ["fc3"])
        #expect(budget.curve.layers.map { $0.options.map(\.rank) } == [[32, nil], [nil]])
        #expect(budget.allocation(share: 0.7).cost == 0.9)
        let empty = try NetworkBudget(.milliseconds, network: network, plans: [:], spectra: Self.spectra(network))
        #expect(empty.unknown == ["fc1", "fc2", "fc3"] && empty.curve.layers.isEmpty)
    }
}
