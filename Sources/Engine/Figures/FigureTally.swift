import Networks
import Reports

/// Answers or values of one network over some examples, held against what is known of them.
package struct FigureTally {
    let scorer: FigureScorer
    private(set) var sums = RatioSums()
    private(set) var counted = 0
    private(set) var ignored = 0
    private(set) var leftOut = 0
    private(set) var confusion: ConfusionTable
    /// By class: labels, answers, and both.
    private var totals: [Int: (labels: Int, answers: Int, both: Int)] = [:]
    private var errors = (squared: 0.0, absolute: 0.0, spread: 0.0)

    package init(_ scorer: FigureScorer) {
        self.scorer = scorer
        confusion = ConfusionTable(classCount: scorer.reading.classes)
    }

    private var reading: OutputReading { scorer.reading }

    /// Counts one example. Cost: O(values).
    package mutating func add(_ score: FigureScore, known: [Float]) {
        guard reading.decision != .values else { return addValues(score) }
        var cells: [Int: Int] = [:]
        let classes = reading.classes
        var none = 0
        for (answer, label) in zip(score.answers, known) {
            if Targets.isIgnored(label, classes: classes) {
                none += 1
            } else {
                cells[Int(label) * (classes + 1) + Int(answer) + 1, default: 0] += 1
            }
        }
        ignored += none
        counted += score.answers.count - none
        sums.add(parts(cells))
        for (cell, count) in cells {
            confusion.add(label: cell / (classes + 1), prediction: cell % (classes + 1) - 1, count: count)
        }
    }

    private mutating func addValues(_ score: FigureScore) {
        guard let found = score.errors else {
            leftOut += 1
            return
        }
        counted += reading.answers
        errors = (errors.squared + found.squared, errors.absolute + found.absolute, errors.spread + found.spread)
        sums.add([RatioSums.Part(kind: 0, numerator: found.squared, denominator: found.spread)])
    }

    /// An example's part in each ratio of the measure, from its pairs of label and answer.
    private mutating func parts(_ cells: [Int: Int]) -> [RatioSums.Part] {
        let width = reading.classes + 1
        var own: [Int: (labels: Int, answers: Int, both: Int)] = [:]
        for (cell, count) in cells {
            let (label, answer) = (cell / width, cell % width - 1)
            own[label, default: (0, 0, 0)].labels += count
            if answer >= 0 { own[answer, default: (0, 0, 0)].answers += count }
            if answer == label { own[label, default: (0, 0, 0)].both += count }
        }
        for (kind, found) in own {
            let total = totals[kind] ?? (0, 0, 0)
            totals[kind] = (total.labels + found.labels, total.answers + found.answers, total.both + found.both)
        }
        switch reading.measure {
        case .iou:
            return own.map { kind, found in
                RatioSums.Part(
                    kind: kind, numerator: Double(found.both), denominator: Double(found.labels + found.answers - found.both))
            }
        case .classAccuracy:
            return own.map { RatioSums.Part(kind: $0, numerator: Double($1.both), denominator: Double($1.labels)) }
        default:
            let (both, labels) = own.values.reduce((0, 0)) { ($0.0 + $1.both, $0.1 + $1.labels) }
            return [RatioSums.Part(kind: 0, numerator: Double(both), denominator: Double(labels))]
        }
    }

    /// The measure; nil while nothing was counted.
    package var value: Double? { sums.value.map { reading.decision == .values ? 1 - $0 : $0 } }

    /// What each example adds to it.
    var influences: [Double] { reading.decision == .values ? sums.influences.map { -$0 } : sums.influences }

    /// The least that one answer can change it by, in one example; nothing of values.
    var step: Double { reading.decision == .values ? 0 : 1 / Double(max(1, reading.answers)) }

    /// All figures that these counts have, by name.
    var figures: [(OutputFigure.Row.Name, Double?)] {
        let values = Double(max(1, counted))
        if reading.decision == .values {
            return [
                (.r2, errors.spread > 0 ? 1 - errors.squared / errors.spread : nil),
                (.squaredError, counted > 0 ? errors.squared / values : nil),
                (.absoluteError, counted > 0 ? errors.absolute / values : nil),
            ]
        }
        let both = totals.values.reduce(0) { $0 + $1.both }
        let known = totals.values.filter { $0.labels > 0 }
        let unions = totals.values.filter { $0.labels + $0.answers > 0 }
        func mean(_ values: [Double]) -> Double? { values.isEmpty ? nil : values.reduce(0, +) / Double(values.count) }
        return [
            (.accuracy, counted > 0 ? Double(both) / values : nil),
            (.classAccuracy, mean(known.map { Double($0.both) / Double($0.labels) })),
            (.iou, mean(unions.map { Double($0.both) / Double($0.labels + $0.answers - $0.both) })),
        ]
    }
}
