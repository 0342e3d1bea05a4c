import Engine
import Foundation
import Reports
import Tensors
import Testing

@Suite("Paired counts")
struct PairedTallyTests {
    /// Random logits of two networks that mostly agree, some of them NaN, and labels that are mostly the first one's choice.
    private struct Case {
        let classes: Int
        let count: Int
        let labels: [Int32]
        let logits: [[Float]]
        let order: [Int]
        let evaluated: Int

        init(seed: UInt64) {
            var generator = SeededGenerator(seed: seed)
            classes = [2, 3, 10, 30][Int(seed % 4)]
            count = Int.random(in: 2...120, using: &generator)
            let width = classes
            let first = (0..<count * width).map { _ in Float((generator.normal() * 4).rounded()) }
            var second = first.map { generator.uniform() < 0.3 ? Float((generator.normal() * 4).rounded()) : $0 }
            for _ in 0..<Int.random(in: 0...3, using: &generator) { second[Int.random(in: second.indices, using: &generator)] = .nan }
            logits = [first, second]
            labels = (0..<count).map { example in
                let row = first[example * width..<(example + 1) * width]
                let best = row.indices.max { (row[$0], -$0) < (row[$1], -$1) }.map { $0 - row.startIndex } ?? 0
                return generator.uniform() < 0.7 ? Int32(best) : Int32.random(in: 0..<Int32(width), using: &generator)
            }
            order = Array(0..<count).shuffled(using: &generator)
            evaluated = seed % 3 == 0 ? count : Int.random(in: 1...count, using: &generator)
        }

        func row(_ network: Int, _ example: Int) -> [Float] {
            Array(logits[network][example * classes..<(example + 1) * classes])
        }

        /// The class, −1 where a logit is NaN; ties to the lowest index.
        func prediction(_ network: Int, _ example: Int) -> Int {
            let row = row(network, example)
            guard let largest = row.max(), !row.contains(where: \.isNaN) else { return -1 }
            return row.firstIndex(of: largest) ?? -1
        }

        func crossEntropy(_ network: Int, _ example: Int) -> Double {
            let row = row(network, example).map(Double.init)
            return -log(exp(row[Int(labels[example])]) / row.map { exp($0) }.reduce(0, +))
        }

        var scores: [ExampleScores] {
            logits.map { logits in
                var scores = ExampleScores(count: count, classCount: classes)
                let batch = order.flatMap { logits[$0 * classes..<($0 + 1) * classes] }
                batch.withUnsafeBufferPointer { scores.record($0, of: order[...], labels: labels) }
                return scores
            }
        }

        /// The tally of the first examples, added in two pieces.
        func report(originalEvaluated: Int, originalRight: Int) -> AccuracyReport {
            let scores = scores
            var tally = PairedTally(classCount: classes)
            for piece in [order[..<(evaluated / 3)], order[(evaluated / 3)..<evaluated]] {
                tally.add(piece, original: scores[0], current: scores[1], labels: labels)
            }
            return tally.report(
                split: .validation, count: count, originalEvaluated: originalEvaluated, originalRight: originalRight, seed: 9)
        }
    }

    @Test("Counts equal those of a plain loop, NaN and ties included", arguments: 0..<300)
    func counts(seed: UInt64) {
        let sample = Case(seed: seed)
        let right = (0..<sample.count).count { sample.prediction(0, $0) == Int(sample.labels[$0]) }
        let report = sample.report(originalEvaluated: sample.count, originalRight: right)
        let seen = Array(sample.order.prefix(sample.evaluated))
        func isRight(_ network: Int, _ example: Int) -> Bool { sample.prediction(network, example) == Int(sample.labels[example]) }
        let gains = seen.count { !isRight(0, $0) && isRight(1, $0) }
        let losses = seen.count { isRight(0, $0) && !isRight(1, $0) }
        #expect(report.gains == gains && report.losses == losses && report.evaluated == seen.count)
        #expect(report.notANumber == seen.count { sample.prediction(1, $0) < 0 })
        let flipped = seen.filter { sample.prediction(0, $0) != sample.prediction(1, $0) }
        #expect(report.flipped == flipped)
        #expect(report.agreement == Double(seen.count - flipped.count) / Double(seen.count))
        for label in 0..<sample.classes {
            for prediction in 0..<sample.classes {
                let members = seen.filter { sample.labels[$0] == label }
                #expect(report.confusion[label, prediction] == members.count { sample.prediction(1, $0) == prediction })
                #expect(report.originalConfusion[label, prediction] == members.count { sample.prediction(0, $0) == prediction })
            }
        }
        let isExact = seen.count == sample.count
        #expect(report.isExact == isExact && report.original == Double(right) / Double(sample.count))
        let share = Double(seen.count { isRight(1, $0) }) / Double(seen.count)
        #expect(
            abs(report.current - (isExact ? share : min(1, max(0, report.original + Double(gains - losses) / Double(seen.count))))) < 1e-12)
        #expect(report.interval.low <= report.current + 1e-12 && report.current <= report.interval.high + 1e-12)
        #expect(isExact ? report.interval == Interval(share) : report.interval.halfWidth > 0)
    }

    @Test("Cross-entropies and their paired interval equal the sums in two passes", arguments: 0..<60)
    func crossEntropies(seed: UInt64) {
        let sample = Case(seed: seed)
        let report = sample.report(originalEvaluated: sample.count, originalRight: 1)
        let seen = sample.order.prefix(sample.evaluated).filter { sample.prediction(1, $0) >= 0 }
        guard !seen.isEmpty else { return }
        let n = Double(seen.count)
        let pairs = seen.map { (sample.crossEntropy(0, $0), sample.crossEntropy(1, $0)) }
        #expect(abs((report.originalCrossEntropy ?? .nan) - pairs.map(\.0).reduce(0, +) / n) < 1e-5)
        #expect(abs((report.crossEntropy ?? .nan) - pairs.map(\.1).reduce(0, +) / n) < 1e-5)
        #expect(report.crossEntropyLeftOut == report.evaluated - seen.count && report.logitsLeftOut == report.crossEntropyLeftOut)
        let differences = pairs.map { $0.1 - $0.0 }
        let mean = differences.reduce(0, +) / n
        let variance = differences.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / max(1, n - 1)
        let measurable = sample.count - (report.evaluated - seen.count)
        guard let expected = Interval.mean(mean, variance: variance, of: seen.count, population: measurable) else {
            #expect(report.crossEntropyDifference == nil && seen.count == 1 && measurable > 1)
            return
        }
        #expect(abs((report.crossEntropyDifference?.low ?? .nan) - expected.low) < 1e-4)
        #expect(abs((report.crossEntropyDifference?.high ?? .nan) - expected.high) < 1e-4)
    }

    @Test("Where no example has a finite cross-entropy there is no mean, and every example is counted as left out")
    func nothingFinite() {
        let labels: [Int32] = [0, 1, 1]
        var scores = ExampleScores(count: 3, classCount: 2)
        // ∞ − ∞, a label at −∞, and a NaN: no softmax, −ln 0, no number.
        let logits: [Float] = [.infinity, 0, 1, -.infinity, .nan, 0]
        logits.withUnsafeBufferPointer { scores.record($0, of: [0, 1, 2], labels: labels) }
        var tally = PairedTally(classCount: 2)
        tally.add([0, 1, 2], original: scores, current: scores, labels: labels)
        let report = tally.report(split: .validation, count: 3, originalEvaluated: 3, originalRight: 1, seed: 1)
        #expect(report.crossEntropy == nil && report.originalCrossEntropy == nil && report.crossEntropyDifference == nil)
        #expect(report.cosine == nil && report.divergence == nil)
        #expect(report.crossEntropyLeftOut == 3 && report.logitsLeftOut == 3 && report.notANumber == 1)
    }

    @Test("Five best classes count where there are more than twenty", arguments: 0..<40)
    func topFive(seed: UInt64) {
        let sample = Case(seed: seed)
        let report = sample.report(originalEvaluated: sample.count, originalRight: 0)
        guard sample.classes > 20 else {
            #expect(report.topFive == nil)
            return
        }
        let seen = sample.order.prefix(sample.evaluated)
        let inside = seen.count { example in
            guard sample.prediction(1, example) >= 0 else { return false }
            let row = sample.row(1, example)
            let best = row.indices.sorted { (-row[$0], $0) < (-row[$1], $1) }.prefix(5)
            return best.contains(Int(sample.labels[example]))
        }
        #expect(report.topFive == Double(inside) / Double(seen.count))
    }

    @Test("Until the original is measured each accuracy stands alone, with Wilson's interval")
    func originalUnknown() {
        let sample = Case(seed: 1)
        let report = sample.report(originalEvaluated: sample.evaluated, originalRight: 2)
        let right = sample.order.prefix(sample.evaluated).count { sample.prediction(1, $0) == Int(sample.labels[$0]) }
        #expect(sample.evaluated < sample.count && !report.isExact)
        #expect(report.current == Double(right) / Double(sample.evaluated))
        #expect(report.interval == .wilson(successes: right, of: sample.evaluated))
        #expect(report.originalInterval == .wilson(successes: 2, of: sample.evaluated))
    }

    @Test(
        "An output without classes: cosine, error and largest deviation of a plain loop, of the examples that were kept", arguments: 0..<40)
    func fidelity(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let (count, size) = (12, 1 + Int(generator.next() % 7))
        let order = Array((0..<count).shuffled(using: &generator).prefix(8))
        let values = (0..<2).map { _ in (0..<count).map { _ in (0..<size).map { _ in Float(generator.normal()) } } }
        var batches = values.map { rows in order.flatMap { rows[$0] } }
        // The third example of the order holds a value that is no number.
        if seed % 4 == 0 { batches[1][2 * size] = .nan }
        let scores = batches.map { batch in
            var scores = ExampleScores(count: count, size: size, order: order)
            batch.withUnsafeBufferPointer { scores.record($0, of: order[...], labels: nil) }
            return scores
        }
        var tally = PairedTally(output: "map", shape: [size], examples: count)
        tally.add(order[...], original: scores[0], current: scores[1], labels: [])
        let report = tally.report(kind: .generated, split: .validation, count: 8, originalEvaluated: 8, originalRight: 0, seed: 1)
        let used = order.enumerated().filter { seed % 4 != 0 || $0.offset != 2 }.map(\.element)
        let pairs = used.map { (values[0][$0].map(Double.init), values[1][$0].map(Double.init)) }
        func product(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
        let cosines = pairs.map { product($0.0, $0.1) / (product($0.0, $0.0) * product($0.1, $0.1)).squareRoot() }
        let differences = pairs.flatMap { pair in pair.0.indices.map { pair.1[$0] - pair.0[$0] } }
        let fidelity = try #require(report.fidelity)
        #expect(abs(report.current - cosines.reduce(0, +) / Double(cosines.count)) < 1e-9 && report.current == report.cosine)
        let error = product(differences, differences) / pairs.reduce(0) { $0 + product($1.0, $1.0) }
        #expect(abs(try #require(fidelity.squaredError) - error) < 1e-9 * error)
        #expect(fidelity.largest == differences.map { abs($0) }.max() && fidelity.examples == 12)
        #expect(report.logitsLeftOut == 8 - used.count && report.original == 1 && report.divergence == nil && report.figureName == "cosine")
        #expect(report.perClass.isEmpty && !report.namesOneClass && report.isAgreement)
    }
}
