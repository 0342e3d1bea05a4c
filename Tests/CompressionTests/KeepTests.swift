import Compression
import Foundation
import Networks
import OrderedCollections
import Tensors
import TestSupport
import Testing

/// However a layer is pruned, at least `keep` weights stay, the largest ones; otherwise the floor changes nothing.
@Suite("Plan: weights that stay whatever prunes")
struct KeepTests {
    private func plan(_ pruning: Pruning, keep: Int?) -> LayerPlan {
        var plan = LayerPlan(pruning: pruning)
        plan.keep = keep
        return plan
    }

    /// The weights in the order in which they are pruned: by magnitude, equal ones by index.
    private func order(_ weights: [Float]) -> [Int] {
        weights.indices.sorted { (abs(weights[$0]), $0) < (abs(weights[$1]), $1) }
    }

    /// How many of the first in that order a pruning takes.
    private func prunedCount(_ layer: LayerCase, _ pruning: Pruning, threshold: Double? = nil) -> Int {
        guard pruning.amount > 0 else { return 0 }
        if pruning.criterion == .level { return Int((pruning.amount * Double(layer.weights.count)).rounded()) }
        let sample = pruning.deviation == .all ? layer.weights : layer.weights.filter { $0 != 0 }
        let limit = threshold ?? pruning.amount * layer.deviation(of: sample)
        return layer.weights.count { Double(abs($0)) <= limit }
    }

    private func weights(_ layer: LayerCase, withoutFirst count: Int) -> [Float] {
        var kept = layer.weights
        for index in order(layer.weights).prefix(count) { kept[index] = 0 }
        return kept
    }

    private func floors(_ count: Int, _ generator: inout SeededGenerator) -> [Int?] {
        [nil, 1, Int(generator.next() % UInt64(count + 1)), count - 1, count, 1_000_000_000].filter { $0 != 0 }
    }

    @Test("Each layer by itself, against sorting all weights", arguments: 0..<150)
    func layers(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed &+ 77)
        let layer = try LayerCase(seed: seed)
        let count = layer.weights.count
        for criterion in Pruning.Criterion.allCases {
            for amount in criterion == .ratio ? [0, 0.3, 2.5 * generator.uniform(), 40] : [0, 0.5, generator.uniform(), 1] {
                for deviation in Pruning.Deviation.allCases {
                    let pruning = Pruning(criterion: criterion, amount: amount, deviation: deviation)
                    let asked = prunedCount(layer, pruning)
                    for keep in floors(count, &generator) {
                        let plan = plan(pruning, keep: keep)
                        let state = try layer.compressed(plan)
                        let pruned = min(asked, max(0, count - (keep ?? 0)))
                        #expect(state.weights.floats == weights(layer, withoutFirst: pruned), "\(pruning) keep \(keep ?? 0)")
                        let free = PruningRule(LayerPlan(pruning: pruning), layer.distribution)
                        if pruned == asked { #expect(PruningRule(plan, layer.distribution) == free) }
                    }
                }
            }
        }
    }

    private func makeCases(seed: UInt64) throws -> [LayerCase] {
        try (0..<4).map { index in
            let layer = try LayerCase(seed: seed * 4 + UInt64(index))
            return try LayerCase(layer.weights, shape: layer.layer.shape, name: "layer\(index)")
        }
    }

    private func made(_ cases: [LayerCase], _ plans: [LayerPlan]) throws -> [[Float]] {
        let names = cases.map(\.layer.weight)
        let plan = ResolvedPlan(layers: OrderedDictionary(uniqueKeysWithValues: zip(names, plans)))
        let rules = plan.pruningRules(distributions: Dictionary(uniqueKeysWithValues: zip(names, cases.map(\.distribution))))
        return try zip(cases, plans).map { layer, plan in
            let made = try LayerCompressor.compress(
                layer: layer.layer, weights: layer.tensor, bias: nil, distribution: layer.distribution, plan: plan,
                rule: try requireValue(rules[layer.layer.weight]))
            return try requireValue(made).weights.floats
        }
    }

    /// Zeros of each layer where the smallest weights of all go first and a layer that is at its floor gives no more.
    private func greedy(_ cases: [LayerCase], _ keeps: [Int?], wanted: Int) -> [Int] {
        let entries = cases.enumerated().flatMap { place, layer in
            layer.weights.enumerated().map { (abs($0.element), place, $0.offset) }
        }
        let room = zip(cases, keeps).map { max(0, $0.weights.count - ($1 ?? 0)) }
        var zeros = cases.map { _ in 0 }
        for (_, place, _) in entries.sorted(by: { $0 < $1 }) where zeros.reduce(0, +) < wanted && zeros[place] < room[place] {
            zeros[place] += 1
        }
        return zeros
    }

    @Test("A level over all layers is reached by those that are not at their floor", arguments: 0..<120)
    func globalLevel(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let cases = try makeCases(seed: seed)
        let all = cases.reduce(0) { $0 + $1.weights.count }
        for level in [0.2, generator.uniform(), 0.95, 1] {
            let pruning = Pruning(criterion: .level, amount: level, scope: .global)
            let keeps = cases.map { floors($0.weights.count, &generator).randomElement(using: &generator) ?? nil }
            let wanted = Int((level * Double(all)).rounded())
            let zeros = greedy(cases, keeps, wanted: wanted)
            let room = zip(cases, keeps).reduce(0) { $0 + max(0, $1.0.weights.count - ($1.1 ?? 0)) }
            #expect(zeros.reduce(0, +) == min(wanted, room))
            let found = try made(cases, keeps.map { plan(pruning, keep: $0) })
            for (place, layer) in cases.enumerated() {
                #expect(found[place] == weights(layer, withoutFirst: zeros[place]), "level \(level), keep \(keeps)")
            }
        }
    }

    @Test("A ratio over all layers has one threshold, but for those at their floor", arguments: 0..<80)
    func globalRatio(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let cases = try makeCases(seed: seed)
        let together = try LayerCase(cases.flatMap(\.weights), shape: [cases.reduce(0) { $0 + $1.weights.count }, 1])
        for deviation in Pruning.Deviation.allCases {
            let pruning = Pruning(amount: 3 * generator.uniform(), scope: .global, deviation: deviation)
            let sample = deviation == .all ? together.weights : together.weights.filter { $0 != 0 }
            let threshold = pruning.amount * together.deviation(of: sample)
            let keeps = cases.map { floors($0.weights.count, &generator).randomElement(using: &generator) ?? nil }
            let found = try made(cases, keeps.map { plan(pruning, keep: $0) })
            for (place, layer) in cases.enumerated() {
                let asked = prunedCount(layer, pruning, threshold: threshold)
                let pruned = min(asked, max(0, layer.weights.count - (keeps[place] ?? 0)))
                #expect(found[place] == weights(layer, withoutFirst: pruned), "\(pruning)")
            }
        }
    }

    @Test("Floors do not divide the layers that are ranked together")
    func rankedTogether() {
        let pruning = Pruning(criterion: .level, amount: 0.5, scope: .global)
        let plan = ResolvedPlan(layers: ["a": plan(pruning, keep: 3), "b": plan(pruning, keep: nil), "c": .unchanged])
        #expect(plan.ranked(with: pruning) == ["a", "b"])
    }

    @Test("Where the plan has no floor, sessions hold what they always did")
    func coding() throws {
        #expect(plan(.ratio(1), keep: nil).ofPruning == LayerPlan(pruning: .ratio(1)))
        #expect(plan(.ratio(1), keep: 5).ofPruning != LayerPlan(pruning: .ratio(1)))
        let written = try JSONEncoder().encode(LayerPlan(pruning: .ratio(1)))
        #expect(!String(decoding: written, as: UTF8.self).contains("keep"))
        let floored = plan(.ratio(1), keep: 5)
        #expect(try JSONDecoder().decode(LayerPlan.self, from: JSONEncoder().encode(floored)) == floored)
    }

    // MARK: Policies

    private func trained(_ layer: LayerCase, keep: Int) -> TrainedLayer {
        let trained = TrainedLayer(
            layer: layer.layer, weights: layer.tensor, plan: .unchanged, mask: nil, threshold: 0, deviation: layer.deviation,
            options: TrainedOptions())
        trained.adopt(plan(Pruning(), keep: keep), mask: nil, threshold: 0)
        return trained
    }

    private func largest(_ layer: LayerCase, _ count: Int) -> [UInt8] {
        var mask = [UInt8](repeating: 0, count: layer.weights.count)
        for index in order(layer.weights).suffix(count) { mask[index] = 1 }
        return mask
    }

    @Test("Policies of a schedule stop at the floor, and the plan keeps it", arguments: 1..<40)
    func policies(seed: UInt64) throws {
        let layer = try LayerCase(seed: seed, rows: 6, columns: 20)
        let keep = Int(seed) * 3 % 110 + 1
        let prunings: [(TrainedLayer) -> Void] = [
            { $0.prune(level: 0.9999) }, { $0.prune(rule: .threshold(100), as: nil) },
            { $0.splice(sensitivity: 50, low: 0.9, high: 1.1) },
        ]
        for prune in prunings {
            let trained = trained(layer, keep: keep)
            prune(trained)
            #expect(trained.keptMask == largest(layer, keep), "seed \(seed)")
            #expect(trained.plan.keep == keep)
            // What was pruned stays so, and so does the floor, whatever comes after.
            for later in prunings { later(trained) }
            #expect(trained.keptMask == largest(layer, keep), "seed \(seed)")
        }
    }

    @Test("A policy that leaves more than the floor is none of its business", arguments: 1..<20)
    func mildPolicies(seed: UInt64) throws {
        let layer = try LayerCase(seed: seed, rows: 6, columns: 20)
        let (floored, free) = (trained(layer, keep: 10), trained(layer, keep: 0))
        for trained in [floored, free] {
            trained.prune(level: 0.4)
            trained.prune(rule: .threshold(0.5 * layer.deviation), as: nil)
            trained.splice(sensitivity: 0.1, low: 0.9, high: 1.1)
        }
        #expect(floored.keptMask == free.keptMask)
    }
}
