import Compression
import Engine
import Foundation
import Networks
import Reports
import Tensors

/// How often the 95 % interval of a prefix holds the exact difference in accuracy, over random plans of the bundled networks.
///
/// Each plan is measured once on all 10,000 validation examples; then its prefixes are counted in orders of many seeds, as the engine counts them.
struct CoverageStudy {
    /// True change in percentage points: below 0.2, to 2, above.
    enum Stratum: Int, CaseIterable {
        case small, middle, large

        init(change: Double) { self = abs(change) < 0.2 ? .small : abs(change) <= 2 ? .middle : .large }

        var name: String { ["below 0.2", "0.2…2", "above 2"][rawValue] }
    }

    /// A measured plan: +1 where it gained an example, −1 where it lost one.
    struct Measured {
        var signs: [Int8]
        var seed: UInt64

        /// (gains − losses) / N.
        var difference: Double { Double(signs.reduce(0) { $0 + Int($1) }) / Double(signs.count) }
        var stratum: Stratum { Stratum(change: 100 * difference) }
    }

    static let prefixes = [256, 1_000, 4_000]

    private(set) var plans: [Measured] = []
    private(set) var labels: [Int32] = []

    /// Measures random plans until every stratum has its share of `count`; plans that change no prediction are left out.
    init(plans count: Int, seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let data = try Bundled.validation()
        labels = data.labels
        let runs = try Bundled.names.map { name in (try Bundled.network(name), EngineRun(try Bundled.network(name), .ready(data))) }
        var wanted = Stratum.allCases.map { count / 3 + ($0.rawValue < count % 3 ? 1 : 0) }
        var generation: UInt64 = 0
        while wanted.contains(where: { $0 > 0 }) {
            generation += 1
            // The larger network takes longer: every third plan.
            let (network, run) = runs[generation % 3 == 0 ? 0 : 1]
            let outcome = run.settle(Self.plan(network, &generator), generation: generation)
            run.forget()
            let signs = Self.signs(outcome, labels: labels)
            guard signs.contains(where: { $0 != 0 }) else { continue }
            let measured = Measured(signs: signs, seed: generator.next())
            guard wanted[measured.stratum.rawValue] > 0 else { continue }
            wanted[measured.stratum.rawValue] -= 1
            plans.append(measured)
        }
    }

    /// One knob of each layer, or of some, at a strength that is common to them: from hardly anything to ruin.
    private static func plan(_ network: Network, _ generator: inout SeededGenerator) -> CompressionPlan {
        let strength = generator.uniform()
        let share = generator.uniform()
        return CompressionPlan(
            layers: network.layers.compactMap { layer in
                guard generator.uniform() < share else { return nil }
                var plan = LayerPlan()
                if generator.uniform() < 0.7 { plan.pruning = .ratio(2.2 * strength * (0.5 + generator.uniform())) }
                let bits = max(2, min(8, 8 - Int(6 * strength + 2 * generator.uniform())))
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: plan.weights = .linear(LinearQuantization(bits: bits))
                case 1: plan.weights = .shared(WeightSharing(bits: max(1, bits - 1)))
                default: break
                }
                return .init(pattern: layer.weight, plan: plan)
            })
    }

    private static func signs(_ outcome: Outcome, labels: [Int32]) -> [Int8] {
        labels.indices.map { example in
            let before = isRight(outcome.originalLogits, example, labels[example])
            let after = isRight(outcome.currentLogits, example, labels[example])
            return before == after ? 0 : after ? 1 : -1
        }
    }

    private static func isRight(_ logits: [Float], _ example: Int, _ label: Int32) -> Bool {
        let row = logits[example * 10..<(example + 1) * 10]
        return row.firstIndex(of: row.max() ?? 0) == row.startIndex + Int(label)
    }
}

extension CoverageStudy {
    /// How often the interval held, and how wide it was on average, for one stratum and length of prefix.
    struct Row: Equatable {
        var stratum: Stratum
        var prefix: Int
        var held = 0
        var draws = 0
        var halfWidth = 0.0

        var coverage: Double { Double(held) / Double(max(1, draws)) }
    }

    /// Counts over `orders` orders a plan; the first has the plan's own seed.
    func rows(orders: Int) -> [Row] {
        var rows = Stratum.allCases.flatMap { stratum in Self.prefixes.map { Row(stratum: stratum, prefix: $0) } }
        for plan in plans {
            for index in 0..<orders {
                let order = EvaluationOrder.stratified(labels: labels, seed: plan.seed &+ UInt64(index))
                for place in rows.indices where rows[place].stratum == plan.stratum { count(plan, order, &rows[place]) }
            }
        }
        return rows
    }

    private func count(_ plan: Measured, _ order: [Int], _ row: inout Row) {
        var (gains, losses) = (0, 0)
        for example in order.prefix(row.prefix) {
            if plan.signs[example] > 0 { gains += 1 }
            if plan.signs[example] < 0 { losses += 1 }
        }
        let interval = Interval.pairedDifference(gains: gains, losses: losses, of: row.prefix, population: order.count)
        row.draws += 1
        row.halfWidth += 100 * interval.halfWidth
        // Ends that equal the figure but for rounding hold it.
        if interval.low - 1e-12 <= plan.difference, plan.difference <= interval.high + 1e-12 { row.held += 1 }
    }
}
