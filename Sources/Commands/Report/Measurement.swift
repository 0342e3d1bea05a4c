import Compression
import Engine
import Exports
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
        var options = options
        options.publishesDistributions = false
        let engine = LiveEngine(network: model.network, data: data, options: options) {}
        engine.request(plan, generation: 1, base: base)
        engine.waitUntilSettled()
        let events = engine.takeEvents()
        engine.stop()
        return try assemble(events, model: model, plan: plan, base: base, environment: engine.environment)
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
        let made = model.network.layers.compactMap { layers[$0.weight] }
        if let lost = made.first(where: { $0.weights.count != $0.layer.count }) {
            throw CommandFailure(
                "\(model.network.name) is too large to be written: it would take more than 1 GiB of memory (\(lost.layer.name)). "
                    + "`pare report` measures it; give the file of one shard to write that.", .unavailable)
        }
        return made
    }

    private static func assemble(
        _ events: [EngineEvent], model: OpenedModel, plan: CompressionPlan, base: TrainedState?, environment: Environment
    ) throws(CommandFailure) -> (report: Report, remarks: [String]) {
        var layers: [String: CompressedLayer] = [:]
        var accuracy: AccuracyReport?
        var data: DataIdentity?
        var remarks: [String] = []
        for event in events {
            switch event {
            case .layer(let layer, _): layers[layer.layer.weight] = layer
            case .accuracy(let report, _):
                accuracy = report
                if let warning = report.chanceWarning, report.isExact { remarks.append(warning) }
            case .data(let dataset):
                data = DataIdentity(dataset)
                if let remark = dataset.remark { remarks.append(remark) }
            case .failed(let failure, _):
                if failure.isFatal { throw CommandFailure(failure.description, .badData) }
                if case .data = failure { data = nil }
                remarks.append(failure.description)
            default: break
            }
        }
        let made = model.network.layers.compactMap { layers[$0.weight] }
        var report = Report(
            of: model.network, identity: model.identity, data: data, plan: plan, layers: made.map(\.summary), accuracy: accuracy,
            environment: environment)
        if let table = container(model, plan: plan, base: base, layers: made) { report.take(table) }
        return (report, remarks)
    }

    /// The exact bytes of the container; nil for a graph that has no form in it.
    static func container(
        _ model: OpenedModel, plan: CompressionPlan, base: TrainedState?, layers: [CompressedLayer]
    ) -> ContainerTable? {
        let codings = (try? plan.resolved(for: model.network.layers))?.codings ?? [:]
        // Of a network that is gone through layer by layer the weights are not kept.
        guard layers.allSatisfy({ $0.weights.count == $0.layer.count }) else { return nil }
        let planned = PlannedNetwork(
            base?.network(of: model.network) ?? model.network, layers: layers, plan: plan, clips: base?.clips(of: model.network) ?? [:])
        return try? PareFile.data(of: planned, codings: codings, card: model.card, file: model.network.name).table
    }
}

extension Report {
    /// Takes the exact bytes of a container.
    mutating func take(_ table: ContainerTable) {
        take(file: table.total, layers: Dictionary(table.rows.map { ($0.name, $0.bytes.total) }) { first, _ in first })
    }
}
