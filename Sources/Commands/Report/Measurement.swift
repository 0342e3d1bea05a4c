import Compression
import Engine
import Exports
import Foundation
import Networks
import Reports
import Screens

/// The numbers of one plan without a screen, from the same engine.
enum Measurement {
    /// Seconds between two looks at what the engine has said.
    private static let pause = 0.01

    /// A report, and what a user should know of it.
    struct Outcome {
        var report: Report
        var remarks: [String]
        /// What is wrong with the examples; nil where nothing is.
        var dataFailure: String?
        /// What the plan made; nil of a network that is gone through layer by layer.
        var applied: Applied?
    }

    /// Runs the engine until everything is exact; the plan is applied to the trained state `base`, or to the network as opened. Throws where the plan or the weights can't be used.
    ///
    /// A network that can't be run, or no data, gives a report without accuracy, and the reason beside it.
    static func report(
        _ model: OpenedModel, plan: CompressionPlan, base: TrainedState? = nil, data: DataSource, options: EngineOptions
    ) throws(CommandFailure) -> Outcome {
        var options = options
        options.publishesDistributions = false
        options.calibration = model.calibration
        let news = News()
        let engine = LiveEngine(network: model.network, data: data, materials: materials(model, plan), options: options) { news.come() }
        engine.request(plan, generation: 1, base: base)
        let events = settled(engine, news)
        engine.stop()
        return try assemble(events, model: model, plan: plan, base: base, environment: engine.environment)
    }

    /// Everything that the engine says until it has settled; how far it has come is shown meanwhile.
    private static func settled(_ engine: LiveEngine, _ news: News) -> [EngineEvent] {
        var events: [EngineEvent] = []
        var text = MeasuringText()
        var left: Double?
        var place: Int?
        defer { text.end() }
        while true {
            news.wait()
            // What comes one after another is taken together.
            Thread.sleep(forTimeInterval: Self.pause)
            for event in engine.takeEvents() {
                switch event {
                case .timeLeft(let seconds, _): left = seconds
                case .accuracy(let report, _):
                    text.show(report, secondsLeft: left)
                    // The newest one takes the place of the others.
                    if let place { events[place] = event } else { events.append(event) }
                    place = place ?? events.count - 1
                case .settled: return events
                default: events.append(event)
                }
            }
        }
    }

    /// What the plan makes of each layer, in their order; nothing is measured.
    static func layers(
        _ model: OpenedModel, plan: CompressionPlan, base: TrainedState? = nil
    ) throws(CommandFailure) -> [CompressedLayer] {
        var options = EngineOptions(niceness: 0)
        options.calibration = model.calibration
        let engine = LiveEngine(
            network: model.network, data: .none, materials: materials(model, plan), options: options
        ) {}
        engine.request(plan, generation: 1, base: base)
        engine.waitUntilSettled()
        let events = engine.takeEvents()
        engine.stop()
        var found = Findings()
        for event in events {
            if case .failed(let failure, _) = event, failure.isFatal { throw CommandFailure(failure.description, .badData) }
            found.take(event)
        }
        try checkFiles(of: model)
        let made = found.layers(of: model.network.graph(of: base))
        if let lost = made.first(where: { $0.weights.count != $0.layer.count }) {
            throw CommandFailure(
                "\(model.network.name) is too large to be written: it would take more than 1 GiB of memory (\(lost.layer.name)). "
                    + "`pare report` measures it; give the file of one shard to write that.", .unavailable)
        }
        return made
    }

    /// Training examples where the plan's factors are nearest to what layers give on them, or layers are fitted to what they read.
    private static func materials(_ model: OpenedModel, _ plan: CompressionPlan) -> TrainingMaterials {
        plan.readsOutputs || plan.readsInputs ? model.materials : TrainingMaterials()
    }

    private static func assemble(
        _ events: [EngineEvent], model: OpenedModel, plan: CompressionPlan, base: TrainedState?, environment: Environment
    ) throws(CommandFailure) -> Outcome {
        var found = Findings()
        var remarks: [String] = []
        var dataFailure: String?
        for event in events {
            found.take(event)
            switch event {
            case .accuracy(let report, _):
                if let warning = report.chanceWarning, report.isExact { remarks.append(warning) }
            case .data(let dataset): remarks += [dataset.remark, dataset.warning].compactMap { $0 }
            case .failed(let failure, _):
                if failure.isFatal { throw CommandFailure(failure.description, .badData) }
                if case .data(let reason) = failure { dataFailure = reason }
                remarks.append(failure.description + rest(failure, model.network))
            default: break
            }
        }
        let graph = model.network.graph(of: base)
        let made = found.layers(of: graph)
        let isMeasured = dataFailure == nil
        var report = Report(
            of: model.network, graph: graph, identity: model.identity, data: isMeasured ? found.dataset.map(DataIdentity.init) : nil,
            plan: plan, layers: made.map(\.summary), accuracy: isMeasured ? found.accuracy?.value : nil, environment: environment)
        if let table = container(model, plan: plan, base: base, layers: made) { report.take(table) }
        try checkFiles(of: model)
        let isWhole = made.count == graph.layers.count && made.allSatisfy { $0.weights.count == $0.layer.count }
        let applied = isWhole ? Applied(made, of: model.network, plan: plan, base: base) : nil
        return Outcome(report: report, remarks: remarks, dataFailure: dataFailure, applied: applied)
    }

    /// What can be done with a network that can't be run.
    private static func rest(_ failure: EngineFailure, _ network: Network) -> String {
        guard case .cannotRun = failure else { return "" }
        return network.layers.isEmpty
            ? " No layer was found either: nothing can be made smaller here." : " Weights and sizes can still be explored."
    }

    /// Throws where a mapped file of the network was written to by another program.
    private static func checkFiles(of model: OpenedModel) throws(CommandFailure) {
        if let change = model.network.maps.firstChange { throw CommandFailure("\(change)", .badData) }
    }

    /// The exact bytes of the container, each layer's under its weight and each factor's under its parameter; nil for a graph that has no form in it.
    static func container(
        _ model: OpenedModel, plan: CompressionPlan, base: TrainedState?, layers: [CompressedLayer]
    ) -> FileBytes? {
        // Of a network that is gone through layer by layer the weights are not kept.
        guard layers.allSatisfy({ $0.weights.count == $0.layer.count }) else { return nil }
        let applied = Applied(layers, of: model.network, plan: plan, base: base)
        let made = try? PareFile.data(of: applied, codings: applied.codings, card: model.card, file: model.network.name).table
        return made.map { table in
            let rows = table.rows.map { (weight: applied.weight(heldBy: $0.name) ?? $0.name, name: $0.name, bytes: $0.bytes.total) }
            return FileBytes(
                total: table.total, layers: Dictionary(rows.map { ($0.weight, $0.bytes) }, uniquingKeysWith: +),
                parts: Dictionary(rows.filter { $0.weight != $0.name }.map { ($0.name, $0.bytes) }, uniquingKeysWith: +))
        }
    }

    /// Exact bytes of a file: in all, by weight, and by the parameters of factors.
    struct FileBytes {
        let total: Int
        let layers: [String: Int]
        let parts: [String: Int]
    }
}

extension Report {
    /// Takes the exact bytes of a container.
    mutating func take(_ bytes: Measurement.FileBytes) { take(file: bytes.total, layers: bytes.layers, parts: bytes.parts) }
}
