import Compression
import Engine
import Foundation
import Networks
import Reports
import Tensors

/// Measures plans of made-up layers on made-up examples, of which every example's answer under every plan, and the true loss, are known.
final class SimulatedMeter: SearchMeter {
    static let layers = zip(["a", "b", "c", "d"], [1_000, 6_000, 2_500, 500]).map { name, count in
        Layer(name: name, weight: name, bias: nil, shape: [count / 4, 1], node: nil, isConvolution: false, isTransposed: false)
    }
    private static let sizes = [1_000.0, 6_000, 2_500, 500]
    /// How much each layer takes to heart what it loses.
    private static let weights = [0.2, 0.4, 0.25, 1.0]
    /// 90 % of the examples are right without a plan.
    private static let mean = 1.2815515655446004

    let isInterrupted = false
    let products = Dictionary(uniqueKeysWithValues: SimulatedMeter.layers.map { ($0.weight, 1.0) })
    private let margins: [Double]
    /// Of each layer.
    private let noise: [[Double]]
    private var known: [LayerOption.Key: OptionFigure] = [:]

    /// Draws so many examples.
    init(_ count: Int, _ random: inout SeededGenerator) {
        func normal() -> Double {
            (-2 * log(1 - random.uniform())).squareRoot() * cos(2 * .pi * random.uniform())
        }
        margins = (0..<count).map { _ in Self.mean + normal() }
        noise = Self.layers.map { _ in (0..<count).map { _ in normal() } }
    }

    static func level(_ amount: Double) -> LayerPlan { LayerPlan(pruning: Pruning(criterion: .level, amount: amount)) }

    static func option(_ amount: Double, of layer: Layer) -> LayerOption {
        LayerOption(
            LayerOption.Key(weight: layer.weight, family: "level", value: amount), plan: level(amount),
            isCoarse: [0.5, 0.7, 0.8, 0.9].contains(amount))
    }

    /// s of each layer.
    private static func strengths(_ plan: ResolvedPlan) -> [Double] {
        zip(layers, weights).map { layer, weight in
            let level = plan[layer.weight].pruning.amount
            return weight * level * level / (1.05 - level)
        }
    }

    /// The accuracy of a plan less that without one, over all examples that there could be.
    static func truth(_ plan: ResolvedPlan) -> Double {
        func share(_ variance: Double) -> Double { erfc(-mean / (2 * variance).squareRoot()) / 2 }
        return share(1 + strengths(plan).reduce(0) { $0 + $1 * $1 }) - share(1)
    }

    private static func bytes(_ plan: ResolvedPlan) -> [String: Int] {
        Dictionary(uniqueKeysWithValues: zip(layers, sizes).map { ($0.weight, Int(($1 * (1 - plan[$0.weight].pruning.amount)).rounded())) })
    }

    /// Gains, losses and the changes of −log σ(2 · score) on the first examples.
    private func count(_ plan: ResolvedPlan, _ examples: Int) -> (gains: Int, losses: Int, entropy: Double) {
        let strengths = Self.strengths(plan)
        var (gains, losses, entropy) = (0, 0, 0.0)
        let active = strengths.indices.filter { strengths[$0] > 0 }
        margins.withUnsafeBufferPointer { margins in
            for example in 0..<examples {
                var score = margins[example]
                for layer in active { score += strengths[layer] * noise[layer][example] }
                if margins[example] <= 0, score > 0 { gains += 1 }
                if margins[example] > 0, score <= 0 { losses += 1 }
                entropy += log1p(exp(-2 * score)) - log1p(exp(-2 * margins[example]))
            }
        }
        return (gains, losses, entropy / Double(examples))
    }

    func measure(_ plan: ResolvedPlan, sizesFile: Bool, stops: (AccuracyReport) -> Bool) throws -> SearchFigures {
        let sizes = Self.bytes(plan)
        for share in [8, 4, 2, 1] {
            let examples = margins.count / share
            let report = report(count(plan, examples), examples)
            if share > 1, !stops(report) { continue }
            return SearchFigures(report, layerBytes: sizes, products: [:], bytes: share == 1 ? sizes.values.reduce(0, +) : nil)
        }
        return SearchFigures(report(count(plan, margins.count), margins.count), layerBytes: sizes, products: [:])
    }

    private func report(_ counts: (gains: Int, losses: Int, entropy: Double), _ examples: Int) -> AccuracyReport {
        let difference = Double(counts.gains - counts.losses) / Double(examples)
        var report = AccuracyReport(
            split: .validation, count: margins.count, evaluated: examples, originalEvaluated: margins.count, original: 0.9,
            originalInterval: Interval(0.9), current: 0.9 + difference, interval: Interval(0.9), gains: counts.gains, losses: counts.losses,
            mcNemar: 1, crossEntropy: nil, originalCrossEntropy: nil, crossEntropyDifference: nil, agreement: 1, topFive: nil,
            notANumber: 0,
            confusion: ConfusionTable(classCount: 2), originalConfusion: ConfusionTable(classCount: 2), flipped: [], seed: 1)
        (report.crossEntropy, report.originalCrossEntropy) = (0.3 + counts.entropy, 0.3)
        return report
    }

    func measure(
        _ options: [LayerOption], in start: ResolvedPlan, examples: Int?, show: (OptionFigure) -> Void
    ) throws -> [OptionFigure] {
        let wanted = min(margins.count, examples ?? margins.count)
        for option in options where known[option.key].map({ $0.evaluated < wanted && !$0.isHopeless }) ?? true {
            let counts = count(start.taking([option.weight: option.plan]), wanted)
            let size = Double(Self.bytes(start)[option.weight] ?? 0)
            var figure = OptionFigure(
                option, evaluated: wanted, count: margins.count, bytes: Int((size * (1 - option.plan.pruning.amount)).rounded()),
                referenceBytes: Int(size))
            figure.crossEntropy = OptionFigure.Change(counts.entropy, interval: nil)
            (figure.divergence, figure.referenceDivergence, figure.gains, figure.losses) = (
                max(0, counts.entropy), 0, counts.gains, counts.losses
            )
            figure.kept = 1 - option.plan.pruning.amount
            figure.judge()
            known[option.key] = figure
            show(figure)
        }
        return options.compactMap { known[$0.key] }
    }
}
