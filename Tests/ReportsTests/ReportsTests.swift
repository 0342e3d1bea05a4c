import Compression
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

    /// 20,000 orders of a split of which all but `unseen` examples are measured: how often the interval holds the exact difference.
    private func coverage(of population: Int, gains: Int, losses: Int, unseen: Int, seed: UInt64) -> Double {
        var generator = SeededGenerator(seed: seed)
        let exact = Double(gains - losses) / Double(population)
        var held = 0
        for _ in 0..<20_000 {
            // Which examples stay unseen: drawn one by one from what is left.
            var (left, up, down) = (population, gains, losses)
            for _ in 0..<unseen {
                let place = Int.random(in: 0..<left, using: &generator)
                if place < up { up -= 1 } else if place < up + down { down -= 1 }
                left -= 1
            }
            let interval = Interval.pairedDifference(gains: up, losses: down, of: population - unseen, population: population)
            if interval.low - 1e-12 <= exact, exact <= interval.high + 1e-12 { held += 1 }
        }
        return Double(held) / 20_000
    }

    @Test(
        "With few examples unseen the paired interval still holds the exact difference in 95 % of the orders",
        arguments: [
            (10_000, 185, 8_064), (10_000, 12, 43), (10_000, 136, 356), (1_000, 30, 120), (1_000, 2, 5),
        ])
    func fewUnseen(population: Int, gains: Int, losses: Int) {
        for (index, unseen) in [1, 5, 10, 20, 21, 30, 60, 150].enumerated() {
            let held = coverage(of: population, gains: gains, losses: losses, unseen: unseen, seed: UInt64(index + 1))
            // The standard deviation of a coverage of 0.95 is 0.0015.
            #expect(held >= (unseen <= Interval.fewUnseen ? 1 : 0.94), "\(unseen) unseen: \(held)")
        }
    }

    @Test("Up to 20 unseen examples the bounds are the certain ones")
    func certainBounds() {
        let interval = Interval.pairedDifference(gains: 185, losses: 8_060, of: 9_995, population: 10_000)
        #expect(interval == Interval(low: -7_880.0 / 10_000, high: -7_870.0 / 10_000))
    }

    @Test("A p-value that underflows has its logarithm, and is null in JSON")
    func underflow() throws {
        // log₁₀ of 2 · Σ_{k ≤ 185} C(8249, k) / 2^8249 by Python's integers.
        #expect(abs(McNemar.log10PValue(gains: 185, losses: 8_064) + 2099.869075900) < 1e-6)
        #expect(McNemar.exactPValue(gains: 185, losses: 8_064) == 0)
        #expect(abs(McNemar.log10PValue(gains: 2, losses: 8) - log10(112.0 / 1024)) < 1e-12)
        #expect(McNemar.log10PValue(gains: 5, losses: 5) == 0 && McNemar.log10PValue(gains: 0, losses: 0) == 0)
        let large = try Self.json { ($0.gains, $0.losses, $0.mcNemar) = (185, 8_064, McNemar.exactPValue(gains: 185, losses: 8_064)) }
        #expect(large["mcNemar"] is NSNull && (large["mcNemarLog10"] as? Double).map { abs($0 + 2099.869075900) < 1e-6 } == true)
        let small = try Self.json { ($0.gains, $0.losses, $0.mcNemar) = (2, 8, McNemar.exactPValue(gains: 2, losses: 8)) }
        #expect((small["mcNemar"] as? Double).map { abs($0 - 112.0 / 1024) < 1e-12 } == true)
    }

    @Test("What no example has a finite value of is null, with the number of examples that are left out")
    func nothingFinite() throws {
        let figures = try Self.json {
            ($0.crossEntropy, $0.originalCrossEntropy, $0.crossEntropyDifference, $0.crossEntropyLeftOut) = (nil, nil, nil, 40)
            ($0.cosine, $0.divergence, $0.logitsLeftOut) = (nil, nil, 40)
        }
        for key in ["crossEntropy", "originalCrossEntropy", "cosine", "divergence"] { #expect(figures[key] is NSNull, "\(key)") }
        #expect(figures["crossEntropyLeftOut"] as? Int == 40 && figures["logitsLeftOut"] as? Int == 40)
    }

    /// The accuracy of a document, as JSON has it.
    private static func json(_ change: (inout AccuracyReport) -> Void) throws -> [String: Any] {
        var accuracy = AccuracyReport(
            split: .validation, count: 10_000, evaluated: 10_000, originalEvaluated: 10_000, original: 0.9, originalInterval: Interval(0.9),
            current: 0.8, interval: Interval(0.8), gains: 0, losses: 0, mcNemar: 1, crossEntropy: 0.4, originalCrossEntropy: 0.3,
            crossEntropyDifference: nil, agreement: 0.9, topFive: nil, notANumber: 0, confusion: ConfusionTable(classCount: 0),
            originalConfusion: ConfusionTable(classCount: 0), flipped: [],
            seed: 1)
        change(&accuracy)
        let report = Report(
            network: NetworkIdentity(name: "n", parameters: 1, sha256: nil, fileBytes: nil), data: nil, accuracy: accuracy,
            bytes: NetworkBytes(original: 4, compressed: 4), sparsity: 0, plan: CompressionPlan(), layers: [],
            environment: Environment(pareVersion: "0", kernels: "none", instructionSet: "none", threads: 1))
        let document = try JSONSerialization.jsonObject(with: try ReportDocument(report).json()) as? [String: Any]
        return try #require(document?["accuracy"] as? [String: Any])
    }

    @Test("An original whose exact accuracy is known takes the place of its estimate, and moves the plan's with it")
    func knownOriginal() {
        var report = AccuracyReport(
            split: .validation, count: 10_000, evaluated: 1_000, originalEvaluated: 1_200, original: 0.93,
            originalInterval: .wilson(successes: 1_116, of: 1_200), current: 0.92, interval: .wilson(successes: 920, of: 1_000), gains: 3,
            losses: 13, mcNemar: 0.02, crossEntropy: 0.4, originalCrossEntropy: 0.3, crossEntropyDifference: nil, agreement: 0.9,
            topFive: nil, notANumber: 0, confusion: ConfusionTable(classCount: 0), originalConfusion: ConfusionTable(classCount: 0),
            flipped: [], seed: 1)
        let known = report.knowing(original: 0.928)
        #expect(known.original == 0.928 && known.originalInterval == Interval(0.928) && !known.isExact)
        #expect(abs(known.current - 0.918) < 1e-12)
        let paired = Interval.pairedDifference(gains: 3, losses: 13, of: 1_000, population: 10_000)
        #expect(abs(known.interval.low - (0.928 + paired.low)) < 1e-12 && abs(known.interval.high - (0.928 + paired.high)) < 1e-12)
        (report.evaluated, report.originalEvaluated) = (10_000, 10_000)
        #expect(report.knowing(original: 0.5) == report)
    }

    /// An exact report on so many examples of the classes 1 and 2 of three, of which so many are right.
    private func counted(_ right: Int, of count: Int, labels: [Int] = [1, 2]) -> AccuracyReport {
        var confusion = ConfusionTable(classCount: 3)
        for example in 0..<count {
            let label = labels[example % labels.count]
            confusion.add(label: label, prediction: example < right ? label : 0)
        }
        return AccuracyReport(
            split: .validation, count: count, evaluated: count, originalEvaluated: count, original: Double(right) / Double(count),
            originalInterval: Interval(Double(right) / Double(count)), current: 0, interval: Interval(0), gains: 0, losses: 0, mcNemar: 1,
            crossEntropy: nil, originalCrossEntropy: nil, crossEntropyDifference: nil, agreement: 0, topFive: nil, notANumber: 0,
            confusion: confusion, originalConfusion: confusion, flipped: [], seed: 1)
    }

    @Test("A network that guesses is warned of on few examples too, where so few can tell, and labels from 1 are guessed")
    func chance() throws {
        let few = try #require(counted(0, of: 75).chanceWarning)
        #expect(few.contains("0.0 % of 75 examples") && few.contains("may be counted from 1"))
        // Of 8 examples none is right by chance alone in 1 of 26 cases: Wilson's upper end is 32 %, below 33.3 + 5 %; of 5 it is 43 %.
        #expect(counted(0, of: 8).isNearChance && !counted(0, of: 5).isNearChance)
        #expect(!counted(30, of: 75).isNearChance && !counted(70, of: 75).isNearChance)
        let all = try #require(counted(0, of: 75, labels: [0, 1, 2]).chanceWarning)
        #expect(!all.contains("from 1"))
        let many = try #require(counted(40, of: 120).chanceWarning)
        #expect(many.contains("33.3 % of the examples") && many.contains("may be counted from 1"))
        var running = counted(0, of: 60)
        running.count = 1_000
        #expect(!running.isNearChance)
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
            #expect(abs((summary.originalEntropy ?? .nan) - first / Double(count)) < 1e-9)
            #expect(abs((summary.currentEntropy ?? .nan) - second / Double(count)) < 1e-9)
            #expect(abs((summary.divergence ?? .nan) - divergence / Double(count)) < 1e-9)
            #expect(summary.examples == count && summary.leftOut == 0)
        }
    }

    @Test("Examples with a logit that is not finite are left out of the summary and counted; without any other there is none")
    func leftOut() {
        let table = LogitsTable(
            classCount: 2, original: [1, 2, .infinity, 0, 3, 1], current: [1, 2, 0, 0, .nan, 1], evaluated: [0, 1, 2])
        let summary = table.summary(temperature: 1)
        #expect(summary.examples == 1 && summary.leftOut == 2 && summary.divergence == 0)
        let none = LogitsTable(classCount: 2, original: [.infinity, 0], current: [0, 0], evaluated: [0]).summary(temperature: 1)
        #expect(none.originalEntropy == nil && none.currentEntropy == nil && none.divergence == nil && none.leftOut == 1)
    }

    @Test("A mean is over the finite numbers, and the others are counted")
    func finiteMean() {
        let mean = FiniteMean([1, .infinity, 3, .nan])
        #expect(mean.mean == 2 && mean.count == 2 && mean.leftOut == 2)
        #expect(FiniteMean([.nan]).mean == nil && FiniteMean([.nan]).leftOut == 1)
    }
}
