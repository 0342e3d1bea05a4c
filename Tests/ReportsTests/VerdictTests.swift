import Foundation
import Reports
import Tensors
import Testing

/// Verdicts while examples are counted, and when all are.
@Suite("Verdicts")
struct VerdictTests {
    /// All totals by the definition, without search: O(N²).
    private func plainSequence(gains: Int, losses: Int, of count: Int, population: Int) -> Interval {
        func choose(_ n: Int, _ k: Int) -> Double {
            k < 0 || k > n ? -.infinity : lgamma(Double(n + 1)) - lgamma(Double(k + 1)) - lgamma(Double(n - k + 1))
        }
        let rest = count - gains - losses
        var marginal = 0.0
        for weights in [[1.0, 1, 1], [1, 1, 25], [1, 1, 400]] {
            let all = weights.reduce(0, +)
            var value = lgamma(Double(count + 1)) + lgamma(all) - lgamma(all + Double(count))
            for (weight, seen) in zip(weights, [gains, losses, rest]) {
                value += lgamma(weight + Double(seen)) - lgamma(weight) - lgamma(Double(seen + 1))
            }
            marginal += exp(value) / 3
        }
        var (low, high) = (Int.max, Int.min)
        for allGains in 0...population {
            for allLosses in 0...population - allGains {
                let likelihood =
                    choose(allGains, gains) + choose(allLosses, losses) + choose(population - allGains - allLosses, rest)
                    - choose(population, count)
                guard likelihood >= log(0.05 * marginal) else { continue }
                (low, high) = (min(low, allGains - allLosses), max(high, allGains - allLosses))
            }
        }
        return Interval(low: Double(low) / Double(population), high: Double(high) / Double(population))
    }

    @Test("The sequence's ends are those of all totals that are possible")
    func equalsAllTotals() {
        var random = SeededGenerator(seed: 3)
        for _ in 0..<150 {
            let population = Int.random(in: 2...90, using: &random)
            let count = Int.random(in: 1...population, using: &random)
            let gains = Int.random(in: 0...count, using: &random) / Int.random(in: 1...6, using: &random)
            let losses = Int.random(in: 0...count - gains, using: &random) / Int.random(in: 1...3, using: &random)
            let found = Interval.pairedSequence(gains: gains, losses: losses, of: count, population: population)
            let wanted = plainSequence(gains: gains, losses: losses, of: count, population: population)
            #expect(found == wanted, "\(gains) \(losses) \(count) \(population)")
            // The standing that needs one end alone is that of the interval.
            for budget in [0, 0.01, 0.1, Double(max(0, losses - gains)) / Double(count), 1] {
                let report = report(gains: gains, losses: losses, of: count, population: population)
                guard count < population else { continue }
                #expect(report.quickStanding(beside: budget) == Verdict.standing(of: found, beside: budget), "\(budget)")
            }
        }
    }

    @Test("Of a whole split nothing is left open, of nothing everything")
    func endsAreExact() {
        #expect(Interval.pairedSequence(gains: 3, losses: 9, of: 40, population: 40) == Interval(-0.15))
        #expect(Interval.pairedSequence(gains: 0, losses: 0, of: 0, population: 40) == Interval(low: -1, high: 1))
    }

    @Test("The sequence holds the true difference at every look in at least 95 of 100 orders")
    func holdsWhileWatched() {
        var random = SeededGenerator(seed: 8)
        for (allGains, allLosses) in [(4, 16), (0, 1), (60, 40), (0, 0), (100, 150)] {
            let truth = Double(allGains - allLosses) / 1_000
            let signs = Array(repeating: 1, count: allGains) + Array(repeating: -1, count: allLosses)
            let all = signs + Array(repeating: 0, count: 1_000 - signs.count)
            let misses = (0..<200).count { _ in
                var (gains, losses) = (0, 0)
                for (index, sign) in all.shuffled(using: &random).enumerated() {
                    gains += sign > 0 ? 1 : 0
                    losses += sign < 0 ? 1 : 0
                    guard index % 25 == 24 || index < 10 else { continue }
                    let interval = Interval.pairedSequence(gains: gains, losses: losses, of: index + 1, population: 1_000)
                    if truth < interval.low - 1e-12 || truth > interval.high + 1e-12 { return true }
                }
                return false
            }
            #expect(misses <= 10, "+\(allGains) −\(allLosses): \(misses) of 200")
        }
    }

    private func report(gains: Int, losses: Int, of count: Int, population: Int) -> AccuracyReport {
        AccuracyReport(
            split: .validation, count: population, evaluated: count, originalEvaluated: count, original: 0.9,
            originalInterval: Interval(0.9),
            current: 0.9, interval: Interval(0.9), gains: gains, losses: losses, mcNemar: 1, crossEntropy: nil, originalCrossEntropy: nil,
            crossEntropyDifference: nil, agreement: 1, topFive: nil, notANumber: 0, confusion: ConfusionTable(classCount: 2),
            originalConfusion: ConfusionTable(classCount: 2), flipped: [], seed: 1)
    }

    @Test("Words and standings follow the interval")
    func words() {
        let worse = report(gains: 10, losses: 90, of: 5_000, population: 10_000).verdict(allowing: 0.005)
        #expect(worse?.word == .worse)
        #expect(worse?.scope == .split)
        #expect(worse?.standing == .over)
        #expect(worse?.needed == nil)
        let within = report(gains: 12, losses: 20, of: 10_000, population: 10_000).verdict(allowing: 0.01)
        #expect(within?.word == .open)
        #expect(within?.scope == .others)
        #expect(within?.standing == .within)
        #expect(report(gains: 0, losses: 0, of: 10_000, population: 10_000).verdict()?.word == .unchanged)
        #expect(report(gains: 90, losses: 10, of: 10_000, population: 10_000).verdict()?.word == .better)
        #expect(report(gains: 9, losses: 1, of: 10, population: 10).verdict()?.standing == nil)
    }

    @Test("An open standing says about how many examples it needs, and is known with them")
    func needed() throws {
        let found = try #require(report(gains: 5, losses: 12, of: 1_000, population: 10_000).verdict(allowing: 0.01))
        #expect(found.standing == .open)
        let more = try #require(found.needed)
        let scale = 1 + Double(more) / 1_000
        let then = report(
            gains: Int((5 * scale).rounded()), losses: Int((12 * scale).rounded()), of: 1_000 + more, population: 10_000
        ).verdict(allowing: 0.01)
        #expect(then?.standing != .open)
        // A difference that is the budget itself is never known.
        #expect(report(gains: 0, losses: 100, of: 10_000, population: 10_000).verdict(allowing: 0.01)?.needed == nil)
    }
}
