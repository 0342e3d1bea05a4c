import Engine
import Networks
import Reports
import Tensors

/// Outputs of two networks and what is known of the examples, of any form that is measured.
struct FigureSample {
    let reading: OutputReading
    let dataset: Dataset
    let outputs: [[[Float]]]

    var count: Int { dataset.count }

    /// Random labels, and outputs that are right more often than not, of the plan less often.
    init(_ reading: OutputReading, count: Int, seed: UInt64, ignoring: Bool = false) {
        var generator = SeededGenerator(seed: seed)
        self.reading = reading
        let (answers, size) = (reading.answers, reading.shape.reduce(1, *))
        var known: [[Float]] = []
        var outputs: [[[Float]]] = [[], []]
        for _ in 0..<count {
            // Whole examples are easy or hard, so that what lies within one is alike.
            let hardness = 0.3 + 2 * generator.uniform()
            let labels = (0..<answers).map { _ -> Float in
                if ignoring, generator.uniform() < 0.1 { return generator.uniform() < 0.5 ? -1 : 255 }
                return reading.decision == .values ? Float(generator.normal()) : Float(generator.next() % UInt64(reading.classes))
            }
            known.append(labels)
            for network in 0..<2 {
                let spread = hardness * (network == 0 ? 1 : 1.4)
                var row = (0..<size).map { _ in Float(spread * generator.normal()) }
                for (answer, label) in labels.enumerated() where label >= 0 && label < 200 {
                    switch reading.decision {
                    case .classes: row[reading.places.firsts[answer] + Int(label) * reading.places.stride] += 2
                    case .binary: row[answer] += label > 0 ? 1.5 : -1.5
                    case .values: row[answer] = label + 0.4 * row[answer]
                    }
                }
                outputs[network].append(row)
            }
        }
        self.outputs = outputs
        let values = Tensor(shape: [count, answers], floats: known.flatMap { $0 })
        var dataset = Dataset(
            name: "sample", split: .validation, inputs: Tensor(shape: [count, 1], floats: Array(repeating: 0, count: count)), labels: [],
            classNames: [])
        dataset.targets = Targets(values)
        self.dataset = dataset
    }

    /// The scores of a network over an order.
    func scores(_ network: Int, _ order: [Int]) -> ExampleScores {
        var scores = ExampleScores(count: count, size: reading.shape.reduce(1, *), order: order)
        order.flatMap { outputs[network][$0] }.withUnsafeBufferPointer { scores.record($0, of: order[...], labels: nil) }
        return scores
    }

    /// The report of the plan over the first of an order; the original was measured on `known` of it.
    func report(_ order: [Int], of prefix: Int, known: Int? = nil) -> AccuracyReport {
        let scorer = FigureScorer(reading, dataset)
        var (tally, whole) = (
            PairedTally(output: "y", shape: reading.shape, examples: count, scorer: scorer), FigureTally(scorer)
        )
        let (before, after) = (scores(0, order), scores(1, order))
        tally.add(order[..<prefix], original: before, current: after, labels: [])
        for example in order.prefix(known ?? prefix) {
            let targets = scorer.known(example)
            whole.add(scorer.score(before.row(example), known: targets), known: targets)
        }
        return tally.report(
            split: .validation, count: count, originalEvaluated: known ?? prefix, originalRight: 0, originalFigure: whole, seed: 1)
    }
}
