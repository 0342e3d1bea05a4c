import Compression
import Engine
import Foundation
import Networks
import Reports

/// The numbers of one plan without a screen, from the same engine.
enum Measurement {
    /// Runs the engine until everything is exact; the plan is applied to the trained state `base`, or to the network as opened. Throws where the plan or the weights can't be used.
    ///
    /// A network that can't be run, or no data, gives a report without accuracy, and the reason beside it.
    static func report(
        _ model: OpenedModel, plan: CompressionPlan, base: TrainedState? = nil, data: DataSource, options: EngineOptions
    ) throws(CommandFailure) -> (report: Report, remarks: [String]) {
        let engine = LiveEngine(network: model.network, data: data, options: options) {}
        engine.request(plan, generation: 1, base: base)
        engine.waitUntilSettled()
        let events = engine.takeEvents()
        engine.stop()
        return try assemble(events, model: model, plan: plan, environment: engine.environment)
    }

    /// What the plan makes of each layer, in their order; nothing is measured.
    static func layers(
        _ model: OpenedModel, plan: CompressionPlan, base: TrainedState? = nil
    ) throws(CommandFailure) -> [CompressedLayer] {
        let engine = LiveEngine(network: model.network, data: .none, options: EngineOptions(niceness: 0)) {}
        engine.request(plan, generation: 1, base: base)
        engine.waitUntilSettled()
        let events = engine.takeEvents()
        engine.stop()
        var layers: [String: CompressedLayer] = [:]
        for event in events {
            switch event {
            case .layer(let layer, _): layers[layer.layer.weight] = layer
            case .failed(let failure, _) where failure.isFatal: throw CommandFailure(failure.description, .badData)
            default: break
            }
        }
        return model.network.layers.compactMap { layers[$0.weight] }
    }

    private static func assemble(
        _ events: [EngineEvent], model: OpenedModel, plan: CompressionPlan, environment: Environment
    ) throws(CommandFailure) -> (report: Report, remarks: [String]) {
        var layers: [String: LayerSummary] = [:]
        var accuracy: AccuracyReport?
        var data: DataIdentity?
        var remarks: [String] = []
        for event in events {
            switch event {
            case .layer(let layer, _): layers[layer.layer.weight] = layer.summary
            case .accuracy(let report, _): accuracy = report
            case .data(let dataset):
                data = DataIdentity(dataset)
                if let remark = dataset.remark { remarks.append(remark) }
            case .failed(let failure, _):
                if failure.isFatal { throw CommandFailure(failure.description, .badData) }
                remarks.append(failure.description)
            default: break
            }
        }
        let report = Report(
            network: model.identity, data: data, originalBytes: model.network.denseByteCount, plan: plan,
            layers: model.network.layers.compactMap { layers[$0.weight] }, accuracy: accuracy, environment: environment)
        return (report, remarks)
    }
}
