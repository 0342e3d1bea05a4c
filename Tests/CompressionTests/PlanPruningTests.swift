import Compression
import Networks
import OrderedCollections
import Tensors
import Testing

@Suite("Plan: pruning rules")
struct PlanPruningTests {
    @Test("Each layer by itself, against sorting all weights", arguments: 0..<300)
    func layers(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed &+ 1_000)
        let layer = try LayerCase(seed: seed)
        for criterion in Pruning.Criterion.allCases {
            let amounts = criterion == .ratio ? [0, 0.3, 2.5 * generator.uniform(), 40] : [0, 0.5, generator.uniform(), 1]
            for amount in amounts {
                let deviation: Pruning.Deviation = generator.next() % 2 == 0 ? .all : .nonzero
                let pruning = Pruning(criterion: criterion, amount: amount, deviation: deviation)
                let state = try layer.compressed(LayerPlan(pruning: pruning))
                let expected = layer.pruned(pruning)
                #expect(state.weights.floats == expected, "\(pruning)")
                #expect(state.summary.zeros == expected.count { $0 == 0 })
            }
        }
    }

    private func rules(_ cases: [LayerCase], _ pruning: Pruning) -> [String: PruningRule] {
        let plans = cases.map { ($0.layer.weight, LayerPlan(pruning: pruning)) }
        let resolved = ResolvedPlan(layers: OrderedDictionary(uniqueKeysWithValues: plans))
        return resolved.pruningRules(distributions: Dictionary(uniqueKeysWithValues: cases.map { ($0.layer.weight, $0.distribution) }))
    }

    private func makeCases(seed: UInt64) throws -> [LayerCase] {
        try (0..<3).map { index in
            let layer = try LayerCase(seed: seed * 3 + UInt64(index))
            return try LayerCase(layer.weights, shape: layer.layer.shape, name: "layer\(index)")
        }
    }

    @Test("All layers together, against sorting their concatenated weights", arguments: 0..<200)
    func global(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let cases = try makeCases(seed: seed)
        let together = try LayerCase(cases.flatMap(\.weights), shape: [cases.reduce(0) { $0 + $1.weights.count }, 1])
        for criterion in Pruning.Criterion.allCases {
            let amount = generator.uniform() * (criterion == .ratio ? 2 : 1)
            for deviation in Pruning.Deviation.allCases {
                let pruning = Pruning(criterion: criterion, amount: amount, scope: .global, deviation: deviation)
                let rules = rules(cases, pruning)
                let states = try cases.map { layer in
                    try requireValue(
                        try LayerCompressor.compress(
                            layer: layer.layer, weights: layer.tensor, bias: nil, distribution: layer.distribution,
                            plan: LayerPlan(pruning: pruning), rule: try requireValue(rules[layer.layer.weight])))
                }
                #expect(states.flatMap { $0.weights.floats } == together.pruned(pruning), "\(pruning)")
            }
        }
    }

    @Test("A ratio on a trained state is of the dense weights of its scope, whatever training made of them", arguments: 0..<60)
    func trained(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let dense = try makeCases(seed: seed)
        let moved = try dense.map { layer in
            try LayerCase(
                layer.weights.map { generator.uniform() < 0.3 ? 0 : 1.7 * $0 + 0.01 * Float(generator.normal()) },
                shape: layer.layer.shape, name: layer.layer.name)
        }
        let distributions = Dictionary(uniqueKeysWithValues: moved.map { ($0.layer.weight, $0.distribution) })
        let bases = Dictionary(uniqueKeysWithValues: dense.map { ($0.layer.weight, RatioBasis.dense(DenseStatistics($0.distribution))) })
        for scope in Pruning.Scope.allCases {
            for deviation in Pruning.Deviation.allCases {
                let pruning = Pruning(amount: 0.1 + generator.uniform(), scope: scope, deviation: deviation)
                let plans = dense.map { ($0.layer.weight, LayerPlan(pruning: pruning)) }
                let plan = ResolvedPlan(layers: OrderedDictionary(uniqueKeysWithValues: plans))
                for (bases, cases) in [(bases, dense), ([:], moved)] {
                    let rules = plan.pruningRules(distributions: distributions, bases: bases)
                    for layer in cases {
                        let all = scope == .global ? cases.flatMap(\.weights) : layer.weights
                        let expected = pruning.amount * layer.deviation(of: deviation == .all ? all : all.filter { $0 != 0 })
                        let found = try requireValue(rules[layer.layer.weight]).threshold
                        #expect(abs(found - expected) <= 1e-9 * expected, "\(pruning)")
                    }
                }
                // States of early versions know the layer's σ alone.
                let early = plan.pruningRules(distributions: distributions, bases: bases.mapValues { _ in .deviation(0.25) })
                #expect(early.values.allSatisfy { $0 == .threshold(pruning.amount * 0.25) })
            }
        }
    }

    @Test("Different amounts are ranked apart; a layer of its own scope is not in the group; bypass moves nobody")
    func groups() throws {
        let cases = try makeCases(seed: 7)
        let (weights, counts) = (cases.map(\.layer.weight), cases.map(\.weights.count))
        let distributions = Dictionary(uniqueKeysWithValues: zip(weights, cases.map(\.distribution)))
        func zeros(_ plans: [LayerPlan]) -> [Int] {
            let resolved = ResolvedPlan(layers: OrderedDictionary(uniqueKeysWithValues: zip(weights, plans)))
            let rules = resolved.pruningRules(distributions: distributions)
            return weights.map { if case .zeros(let zeros, _)? = rules[$0] { zeros } else { 0 } }
        }
        func plan(_ level: Double, _ scope: Pruning.Scope, bypass: Bool = false) -> LayerPlan {
            LayerPlan(pruning: Pruning(criterion: .level, amount: level, scope: scope), bypass: bypass)
        }
        let apart = zeros([plan(0.5, .global), plan(0.25, .global), plan(0.5, .layer)])
        #expect(apart == zip([0.5, 0.25, 0.5], counts).map { Int(($0 * Double($1)).rounded()) })
        let together = zeros([plan(0.5, .global), plan(0.5, .global), plan(0.5, .layer)])
        #expect(together[0] + together[1] == Int((0.5 * Double(counts[0] + counts[1])).rounded()))
        #expect(zeros([plan(0.5, .global, bypass: true), plan(0.5, .global), plan(0.5, .layer)]) == together)
    }
}
