import Compression
import Engine
import Exports
import Foundation
import Networks
import Reports
import Screens

/// Measures plans and options of layers on a part of some examples with an engine of its own, for a search.
final class LiveSearchMeter: SearchMeter {
    private let model: OpenedModel
    private let base: TrainedState?
    private let engine: LiveEngine
    private let news = News()
    private let end: Date?
    private var generation: UInt64 = 0
    private let known: KnownFigures
    private let keep: (SensitivityReport) -> Void
    /// Bytes of layers in a file, by plan.
    private var bytes: [String: [LayerPlan: Int]] = [:]
    let products: [String: Double]
    private let graph: Network
    private let times: LayerTimes?

    /// - Parameters:
    ///   - times: Of a goal in milliseconds.
    ///   - end: When the search has to end; nil for when somebody says so.
    ///   - keep: Called with figures of options as they are finished.
    init(
        _ model: OpenedModel, data: Dataset, part: ExamplePart, base: TrainedState?, memory: Int, end: Date?,
        times: LayerTimes? = nil, known: KnownFigures = KnownFigures(), keep: @escaping (SensitivityReport) -> Void = { _ in }
    ) {
        (self.model, self.base, self.end, self.known, self.keep) = (model, base, end, known, keep)
        self.times = times
        graph = model.network.graph(of: base)
        products = graph.layerProducts.mapValues(Double.init)
        var options = EngineOptions(memoryBudget: memory << 20, niceness: 0)
        (options.publishesDistributions, options.calibration, options.part) = (false, model.calibration, part)
        options.keptFigures = { known.figures(of: $0) }
        engine = LiveEngine(network: model.network, data: .ready(data), materials: model.materials, options: options) {
            [news] in news.come()
        }
    }

    deinit { engine.stop() }

    var environment: Environment { engine.environment }
    var isInterrupted: Bool { Interruption.isWanted || end.map { Date() >= $0 } ?? false }

    func measure(_ plan: ResolvedPlan, sizesFile: Bool, stops: (AccuracyReport) -> Bool) throws -> SearchFigures {
        generation += 1
        let plan = CompressionPlan(resolved: plan)
        engine.request(plan, generation: generation, base: base)
        var (layers, newest) = ([String: CompressedLayer](), AccuracyReport?.none)
        events: while true {
            news.wait()
            for event in engine.takeEvents() {
                switch event {
                case .layer(let layer, generation): layers[layer.layer.weight] = layer
                case .accuracy(let report, generation):
                    newest = report
                    if !report.isExact, layers.count == graph.layers.count, stops(report) { break events }
                case .settled(generation): break events
                case .failed(let failure, let number):
                    if failure.isFatal || number == generation || number == 0 { throw CommandFailure(failure.description, .badData) }
                default: break
                }
            }
        }
        guard let report = newest else {
            throw CommandFailure("\(model.network.name) can't be measured, so nothing can be searched for.", .badData)
        }
        let made = graph.layers.compactMap { layers[$0.weight] }
        let sizes = Dictionary(made.map { ($0.layer.weight, size(of: $0)) }) { first, _ in first }
        let kept = Dictionary(made.map { ($0.layer.weight, (products[$0.layer.weight] ?? 0) * $0.summary.kept) }) { first, _ in first
        }
        let file = sizesFile && report.isExact ? Measurement.container(model, plan: plan, base: base, layers: made)?.total : nil
        if sizesFile, report.isExact, file == nil {
            throw CommandFailure("\(model.network.name) has no form in a .pare file, so bytes can't be searched for.", .badData)
        }
        var figures = SearchFigures(report, layerBytes: sizes, products: kept, bytes: file)
        if let times {
            let layers = made.map { ($0.layer.weight, second(of: $0.layer.weight, kept: $0.summary.kept)) }
            figures.milliseconds = Dictionary(layers) { first, _ in first }.merging(["": times.others]) { first, _ in first }
        }
        return figures
    }

    func second(of weight: String, kept: Double) -> Double {
        times.map { $0.thinned(weight, kept: kept) ?? 0 } ?? (products[weight] ?? 0) * kept
    }

    /// By the sensitivity from the start, or of each layer alone where that changes nothing: its figures are the same ones.
    func measure(
        _ options: [LayerOption], in start: ResolvedPlan, examples: Int?, show: (OptionFigure) -> Void
    ) throws -> [OptionFigure] {
        let kind: SensitivityKind = SensitivityContext.plan(of: start) == CompressionPlan() ? .isolated : .marginal
        let task = LaneTask.sensitivity(
            SensitivityOrder([kind], plan: CompressionPlan(resolved: start), base: base, options: options, limit: examples))
        engine.start(task)
        var (table, hasToldStop) = (SensitivityTable?.none, false)
        func take(_ report: SensitivityReport) {
            table = report.table
            guard let context = report.table?.context, !report.figures.isEmpty else { return }
            known.add(report.figures, of: context)
            keep(report)
            report.figures.forEach(show)
        }
        while true {
            news.wait()
            if isInterrupted, !hasToldStop {
                hasToldStop = true
                engine.tell(task.id, .stop)
            }
            for event in engine.takeEvents() {
                switch event {
                case .task(task.id, .report(let report)): if let report = report as? SensitivityReport { take(report) }
                case .task(task.id, .ended(let report)):
                    if let reason = report.reason { throw CommandFailure(reason, .badData) }
                    if let report = report as? SensitivityReport { take(report) }
                    return table?.measured ?? []
                case .failed(let failure, _) where failure.isFatal: throw CommandFailure(failure.description, .badData)
                default: break
                }
            }
        }
    }

    /// Exact bytes of a layer's weights in the file, found once for each plan of it.
    private func size(of layer: CompressedLayer) -> Int {
        let weight = layer.layer.weight
        if let known = bytes[weight]?[layer.summary.plan] { return known }
        let size = layer.fileBytes
        bytes[weight, default: [:]][layer.summary.plan] = size
        return size
    }
}

extension CompressedLayer {
    /// Exact bytes of the weights in a `.pare` file: stream, table and head, by the way of writing that the plan chooses or the smallest.
    var fileBytes: Int {
        weightParameters.reduce(0) { sum, name in
            guard let stored = stored(name) else { return sum }
            let coded = summary.plan.coder.flatMap { LevelCoders.encode(stored, as: $0) } ?? LevelCoders.smallest(stored)
            return sum + ParameterRecord(role: .weight, weights: stored, coded: coded).bytes(coded).total
        }
    }
}

extension Network {
    /// Multiply-adds of one example by the weight that they are made with; a layer that is used twice counts twice. Empty where shapes don't fit.
    var layerProducts: [String: Int] {
        guard !isWeightsOnly, let counts = try? multiplyAdds() else { return [:] }
        return zip(nodes, counts).reduce(into: [:]) { sums, one in
            guard one.1 > 0, one.0.inputs.count > 1, layer(of: one.0.inputs[1]) != nil else { return }
            sums[one.0.inputs[1], default: 0] += one.1
        }
    }
}
