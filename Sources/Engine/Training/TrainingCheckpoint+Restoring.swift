import Compression
import Networks
import Tensors

extension TrainingRun {
    /// Everything to go on from here; nil while the run is being prepared or a batch is half-way. Cost: O(parameters).
    public func checkpoint() -> TrainingCheckpoint? {
        guard let parts else { return nil }
        switch work {
        case .prepare, .mask, .ranks: return nil
        case .batch(let stage) where stage > 0: return nil
        default: break
        }
        var buffers = parts.network.buffers.merging(parts.ranks?.buffers ?? [:]) { first, _ in first }
        var kept: TrainingCheckpoint.KeptState?
        if let best {
            kept = best.kept
            buffers.merge(best.buffers) { _, new in new }
        }
        let layers = parts.network.layers.map { layer in
            let kept = TrainingCheckpoint.KeptLayer(
                plan: layer.plan, threshold: layer.threshold, deviation: layer.deviation, movesPruned: layer.movesPruned)
            return (layer.layer.weight, kept)
        }
        let header = TrainingCheckpoint.Header(
            network: request.network.name, recipe: request.recipe, plan: planInForce, planInWaiting: planInWaiting,
            currentPlan: parts.network.plan(like: planInForce), progress: progress, counters: counters,
            policyDeviations: parts.policies.deviations,
            maskedChannels: parts.policies.masked.members.isEmpty ? nil : parts.policies.masked,
            learnedRanks: parts.ranks?.kept,
            layers: Dictionary(layers) { first, _ in first }, bestState: kept, bufferCounts: buffers.mapValues(\.count))
        return TrainingCheckpoint(header: header, buffers: buffers)
    }
}

extension TrainedNetwork {
    var buffers: [String: Tensor] {
        var buffers: [String: Tensor] = [:]
        for layer in layers {
            for (name, tensor) in layer.buffers { buffers["layer/\(layer.layer.weight)/\(name)"] = tensor }
        }
        for other in others {
            buffers["other/\(other.name)"] = Tensor(shape: [other.vector.values.count], floats: Array(other.vector.values))
            for (index, moment) in other.vector.moments.enumerated() { buffers["other/\(other.name)/moment\(index)"] = moment.tensor }
        }
        for name in executor.statistics {
            let values = executor.values(of: name)
            buffers["statistics/\(name)"] = Tensor(shape: [values.count], floats: Array(values))
        }
        return buffers
    }

    /// Goes on from kept buffers; throws for the first that is missing.
    func restore(_ checkpoint: TrainingCheckpoint, requested plan: ResolvedPlan) throws(TrainingFailure) {
        for layer in layers {
            let weight = layer.layer.weight
            let prefix = "layer/\(weight)/"
            var kept: [String: Tensor] = [:]
            for (name, tensor) in checkpoint.buffers where name.hasPrefix(prefix) { kept[String(name.dropFirst(prefix.count))] = tensor }
            guard let facts = checkpoint.header.layers[weight] else { throw checkpoint.failure("its header has no layer \(weight)") }
            do throws(BufferError) {
                try layer.restore(kept, plan: facts.plan, threshold: facts.threshold, movesPruned: facts.movesPruned)
            } catch { throw checkpoint.failure("buffer \(prefix)\(error.name) \(error.reason)") }
            note(plan[weight], of: weight)
        }
        for other in others {
            let values = try checkpoint.buffer("other/\(other.name)", count: other.vector.values.count)
            values.withFloats { _ = other.vector.values.update(from: $0) }
            other.vector.restoreMoments((0..<2).compactMap { checkpoint.buffers["other/\(other.name)/moment\($0)"] })
        }
        for name in executor.statistics {
            let values = try checkpoint.buffer("statistics/\(name)", count: executor.values(of: name).count)
            values.withFloats { _ = executor.values(of: name).update(from: $0) }
        }
    }
}

extension TrainingCheckpoint {
    func restore(_ network: TrainedNetwork, requestedPlan: CompressionPlan) throws(TrainingFailure) {
        let plan: ResolvedPlan
        do { plan = try requestedPlan.resolved(for: network.network.layers) } catch { throw .plan(error) }
        try network.restore(self, requested: plan)
    }

    /// The best state that it kept.
    func best(for request: TrainingRequest) throws(TrainingFailure) -> TrainedState? {
        guard let kept = header.bestState else { return nil }
        var parameters: [String: Tensor] = [:]
        for (name, parameter) in request.network.parameters {
            parameters[name] = buffers["best/parameter/\(name)"]?.reshaped(parameter.shape) ?? parameter.values
        }
        var layers: [String: TrainedState.Layer] = [:]
        for layer in request.network.layers {
            guard let summary = kept.summaries[layer.weight], let weights = buffers["best/weights/\(layer.weight)"] else { continue }
            let compressed = CompressedLayer(
                weights: weights.reshaped(layer.shape), bias: buffers["best/bias/\(layer.weight)"], tables: kept.tables?[layer.weight],
                of: layer,
                summary: summary)
            layers[layer.weight] = TrainedState.Layer(
                plan: summary.plan, compressed: compressed, deviation: kept.deviations[layer.weight] ?? summary.standardDeviation,
                dense: kept.dense?[layer.weight], mask: buffers["best/mask/\(layer.weight)"])
        }
        return TrainedState(
            id: kept.id, graph: request.base?.graph, parameters: parameters, layers: layers, plan: kept.plan, recipe: kept.recipe,
            epochs: kept.epochs)
    }
}

extension TrainedState {
    var kept: TrainingCheckpoint.KeptState {
        TrainingCheckpoint.KeptState(
            id: id, plan: plan, recipe: recipe, epochs: epochs, deviations: layers.mapValues(\.deviation),
            dense: layers.compactMapValues(\.dense), summaries: layers.mapValues(\.compressed.summary),
            tables: layers.mapValues { StoredTables($0.compressed) })
    }

    var buffers: [String: Tensor] {
        var buffers: [String: Tensor] = [:]
        for (name, tensor) in parameters { buffers["best/parameter/\(name)"] = tensor }
        for (name, layer) in layers {
            buffers["best/weights/\(name)"] = layer.compressed.weights
            buffers["best/bias/\(name)"] = layer.compressed.bias
            buffers["best/mask/\(name)"] = layer.mask
        }
        return buffers
    }
}
