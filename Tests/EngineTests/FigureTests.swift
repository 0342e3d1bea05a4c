import Engine
import Foundation
import Networks
import Reports
import Tensors
import Testing

/// Figures of labels of positions, several labels and values, held against plain loops.
struct FigureTests {
    static let readings: [OutputReading] = [
        OutputReading(.accuracy, .classes(axis: 0), shape: [4, 3, 2]), OutputReading(.iou, .classes(axis: 1), shape: [5, 3]),
        OutputReading(.classAccuracy, .classes(axis: 0), shape: [6]), OutputReading(.accuracy, .binary(threshold: 0), shape: [1]),
        OutputReading(.iou, .binary(threshold: 0.5), shape: [3, 2]), OutputReading(.r2, .values, shape: [3]),
        OutputReading(.r2, .values, shape: [1]),
    ]

    /// Label, original's answer, plan's answer of each answer that counts.
    private func answers(_ sample: FigureSample, _ examples: [Int]) -> [(label: Int, original: Int, plan: Int)] {
        let reading = sample.reading
        func answer(_ row: [Float], _ place: Int) -> Int {
            if case .binary(let threshold) = reading.decision { return row[place] > threshold ? 1 : 0 }
            guard case .classes(let axis) = reading.decision else { return 0 }
            let inner = reading.shape[(axis + 1)...].reduce(1, *)
            let values = (0..<reading.shape[axis]).map { row[(place / inner * reading.shape[axis] + $0) * inner + place % inner] }
            return values.firstIndex(of: values.max() ?? 0) ?? 0
        }
        return examples.flatMap { example in
            sample.dataset.known(of: example).enumerated().compactMap { place, label in
                label < 0 || label == 255
                    ? nil : (Int(label), answer(sample.outputs[0][example], place), answer(sample.outputs[1][example], place))
            }
        }
    }

    private func figures(_ pairs: [(label: Int, answer: Int)], _ classes: Int) -> [OutputFigure.Row.Name: Double] {
        func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
        let own = (0..<classes).map { kind in pairs.filter { $0.label == kind } }
        let unions = (0..<classes).map { kind in pairs.filter { $0.label == kind || $0.answer == kind } }
        return [
            .accuracy: Double(pairs.count { $0.label == $0.answer }) / Double(pairs.count),
            .classAccuracy: mean(own.filter { !$0.isEmpty }.map { Double($0.count { $0.label == $0.answer }) / Double($0.count) }),
            .iou: mean(unions.filter { !$0.isEmpty }.map { Double($0.count { $0.label == $0.answer }) / Double($0.count) }),
        ]
    }

    @Test("All figures are those of plain loops, of all examples and of some", arguments: readings, 0..<6)
    func plainLoops(reading: OutputReading, seed: UInt64) throws {
        let sample = FigureSample(reading, count: 14, seed: seed, ignoring: seed % 2 == 1 && reading.decision != .values)
        var generator = SeededGenerator(seed: seed)
        let order = Array((0..<14).shuffled(using: &generator))
        for prefix in [9, 14] {
            let report = sample.report(order, of: prefix)
            let figure = try #require(report.figure)
            let used = Array(order.prefix(prefix))
            if reading.decision == .values {
                try compareValues(sample, used, figure)
            } else {
                let found = answers(sample, used)
                let (before, after) = (
                    figures(found.map { ($0.label, $0.original) }, reading.classes),
                    figures(found.map { ($0.label, $0.plan) }, reading.classes)
                )
                for row in figure.rows {
                    let pairs = [(try #require(row.original), before), (try #require(row.current), after)]
                    for (value, wanted) in pairs { #expect(abs(value - (wanted[row.name] ?? .nan)) < 1e-12, "\(row.name)") }
                }
                #expect(figure.counted == found.count && figure.counted + figure.ignored == prefix * reading.answers)
                #expect(report.gains == found.count { $0.label != $0.original && $0.label == $0.plan })
                #expect(report.losses == found.count { $0.label == $0.original && $0.label != $0.plan })
                #expect(report.confusion.total == found.count)
            }
            let named = try #require(figure.rows.first { $0.name.rawValue == reading.measure.rawValue })
            let (now, before) = (try #require(named.current), try #require(named.original))
            #expect(abs(report.current - now) < 1e-12 && abs(report.original - before) < 1e-12)
            #expect(report.interval.low <= report.current && report.current <= report.interval.high)
            #expect(report.isExact == (prefix == 14) && (report.interval.halfWidth == 0) == report.isExact)
            #expect(!report.isAgreement && report.figureName == reading.measure.name)
        }
    }

    private func compareValues(_ sample: FigureSample, _ used: [Int], _ figure: OutputFigure) throws {
        let all = (0..<sample.count).map { sample.dataset.known(of: $0).map(Double.init) }
        let means = all[0].indices.map { place in all.reduce(0) { $0 + $1[place] } / Double(all.count) }
        for network in 0..<2 {
            var (squared, absolute, spread) = (0.0, 0.0, 0.0)
            for example in used {
                for (place, value) in sample.outputs[network][example].enumerated() {
                    let known = all[example][place]
                    squared += (Double(value) - known) * (Double(value) - known)
                    absolute += abs(Double(value) - known)
                    spread += (known - means[place]) * (known - means[place])
                }
            }
            let count = Double(used.count * means.count)
            let wanted: [OutputFigure.Row.Name: Double] = [
                .r2: 1 - squared / spread, .squaredError: squared / count, .absoluteError: absolute / count,
            ]
            for row in figure.rows {
                let value = try #require(network == 0 ? row.original : row.current)
                #expect(abs(value - (try #require(wanted[row.name]))) < 1e-9, "\(row.name)")
            }
        }
    }

    @Test("Values that are all the same have no R², and nothing stands in its place")
    func noSpread() {
        let sample = FigureSample(OutputReading(.r2, .values, shape: [2]), count: 1, seed: 1)
        let report = sample.report([0], of: 1)
        #expect(report.figure == nil && report.fidelity != nil && report.figureName == "cosine" && report.isAgreement)
    }

    @Test("An example with a value that is not finite is left out of both networks, and answers without a number are wrong")
    func noNumbers() throws {
        let sample = FigureSample(OutputReading(.r2, .values, shape: [2]), count: 6, seed: 1)
        let scorer = FigureScorer(sample.reading, sample.dataset)
        let known = scorer.known(0)
        #expect(scorer.score([1, .nan], known: known).errors == nil && scorer.score([1, 2], known: known).errors != nil)
        let classes = FigureScorer(OutputReading(.accuracy, .classes(axis: 0), shape: [2]), sample.dataset)
        #expect(classes.score([.nan, 1], known: [1]).answers == [-1] && classes.score([2, 2], known: [1]).answers == [0])
        let yes = FigureScorer(OutputReading(.accuracy, .binary(threshold: 0.5), shape: [3]), sample.dataset)
        #expect(yes.score([0.5, 0.6, .nan], known: [1, 1, 1]).answers == [0, 1, -1])
    }
}
