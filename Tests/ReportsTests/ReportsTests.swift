import Foundation
import Networks
import Reports
import Tensors
import Testing

@Suite("Intervals and tests")
struct IntervalTests {
    @Test("Wilson's interval of 81 of 263, as in Newcombe (1998), table I")
    func wilson() {
        let interval = Interval.wilson(successes: 81, of: 263)
        #expect(abs(interval.low - 0.2553) < 5e-5)
        #expect(abs(interval.high - 0.3662) < 5e-5)
        #expect(Interval.wilson(successes: 0, of: 10).low == 0)
        #expect(Interval.wilson(successes: 10, of: 10).high == 1)
    }

    @Test("The paired interval holds its estimate, has a width before the end and none at the end")
    func pairedDifference() {
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<2_000 {
            let population = Int.random(in: 2...10_000, using: &generator)
            let count = Int.random(in: 1...population, using: &generator)
            let gains = Int.random(in: 0...count, using: &generator)
            let losses = Int.random(in: 0...(count - gains), using: &generator)
            let interval = Interval.pairedDifference(gains: gains, losses: losses, of: count, population: population)
            let estimate = Double(gains - losses) / Double(count)
            if count == population {
                #expect(interval == Interval(estimate))
            } else {
                #expect(interval.low < interval.high)
                #expect(interval.low >= -1 && interval.high <= 1)
            }
        }
    }

    @Test("The paired interval never excludes what the unseen examples can still bring")
    func pairedBounds() {
        let interval = Interval.pairedDifference(gains: 0, losses: 0, of: 9_999, population: 10_000)
        #expect(interval.low >= -1e-4 && interval.high <= 1e-4)
        #expect(interval.low < 0 && interval.high > 0)
    }

    @Test("McNemar's exact p-value equals the sum of the binomial probabilities")
    func mcNemar() {
        // 2 · Σ_{k ≤ 2} C(10, k) / 2^10 = 2 · 56 / 1024
        #expect(abs(McNemar.exactPValue(gains: 2, losses: 8) - 112.0 / 1024) < 1e-12)
        #expect(McNemar.exactPValue(gains: 0, losses: 0) == 1)
        #expect(McNemar.exactPValue(gains: 5, losses: 5) == 1)
        #expect(McNemar.exactPValue(gains: 12, losses: 43) < 1e-4)
    }
}

@Suite("Temperature lens")
struct LensTests {
    /// softmax([2, −2, −14, −10] / T), to the digits printed in the issue that asked for it.
    @Test("Known probabilities at T = 5 and T = 1")
    func probabilities() {
        let logits: [Float] = [2, -2, -14, -10]
        let soft = Softmax.probabilities(logits, temperature: 5)
        for (value, expected) in zip(soft, [0.63259, 0.28424, 0.02579, 0.05739]) { #expect(abs(value - expected) < 5e-6) }
        let hard = Softmax.probabilities(logits, temperature: 1)
        for (value, expected) in zip(hard, [0.98201, 0.01799, 1.105e-7, 6.034e-6]) {
            #expect(abs(value - expected) / expected < 5e-4)
        }
    }

    @Test("The summary equals the plain sums over the examples")
    func summary() {
        var generator = SeededGenerator(seed: 9)
        let count = 40
        let classes = 7
        let original = (0..<count * classes).map { _ in Float(generator.normal() * 4) }
        let current = (0..<count * classes).map { _ in Float(generator.normal() * 4) }
        let table = LogitsTable(
            classCount: classes, original: original, current: current, evaluated: Array(0..<count).shuffled(using: &generator))
        for temperature in [0.5, 1, 5, 50] {
            let summary = table.summary(temperature: temperature)
            var (first, second, divergence) = (0.0, 0.0, 0.0)
            for example in 0..<count {
                let p = Softmax.probabilities(table.originalRow(example), temperature: temperature)
                let q = Softmax.probabilities(table.currentRow(example), temperature: temperature)
                first += Softmax.entropy(p)
                second += Softmax.entropy(q)
                divergence += Softmax.divergence(p, from: q)
            }
            #expect(abs(summary.originalEntropy - first / Double(count)) < 1e-9)
            #expect(abs(summary.currentEntropy - second / Double(count)) < 1e-9)
            #expect(abs(summary.divergence - divergence / Double(count)) < 1e-9)
            #expect(summary.examples == count)
        }
    }
}
