import Compression
import Networks
import Tensors

extension TrainedNetwork {
    /// One layer as it is evaluated.
    func compressed(_ layer: TrainedLayer) -> CompressedLayer {
        layer.compressed(bias: layer.layer.bias.flatMap(effective))
    }

    private func effective(bias name: String) -> (values: Tensor, form: StoredForm)? {
        guard let parameter = network.parameters[name] else { return nil }
        return other(named: name)?.effective(shape: parameter.shape) ?? (parameter.values, .floats(.float32))
    }

    /// Everything as it is now, with layers that ``compressed(_:)`` made.
    func state(
        _ made: [CompressedLayer], identifier: String, plan: CompressionPlan, recipe: TrainingRecipe?, epochs: Int
    ) -> TrainedState {
        var parameters = network.parameters.values.reduce(into: [String: Tensor]()) { $0[$1.name] = $1.values }
        for name in executor.statistics { parameters[name] = tensor(executor.values(of: name), name) }
        for other in others {
            parameters[other.name] = Tensor(
                shape: network.parameters[other.name]?.shape ?? [other.vector.values.count], floats: unshifted(other))
        }
        var states: [String: TrainedState.Layer] = [:]
        for compressed in made {
            guard let layer = layer(named: compressed.layer.weight) else { continue }
            parameters[layer.layer.weight] = layer.floats
            let mask = layer.keptMask.map { kept in
                Tensor(
                    shape: layer.layer.shape, elementType: .uint8,
                    storage: TensorStorage(byteCount: kept.count) { $0.copyBytes(from: kept) })
            }
            var kept = TrainedState.Layer(
                plan: layer.plan, compressed: compressed, deviation: layer.deviation, dense: dense[layer.layer.weight], mask: mask)
            if let asked = requested[layer.layer.weight], asked != layer.plan { kept.requested = asked }
            states[layer.layer.weight] = kept
        }
        return TrainedState(
            id: identifier, graph: graph, parameters: parameters, layers: states, plan: plan, recipe: recipe, epochs: epochs)
    }

    private func tensor(_ values: UnsafeMutableBufferPointer<Float>, _ name: String) -> Tensor {
        Tensor(shape: network.parameters[name]?.shape ?? [values.count], floats: Array(values))
    }

    /// A plan with the entries that the layers have now, policies included, by exact names.
    func plan(like plan: CompressionPlan) -> CompressionPlan {
        let isChanged = layers.contains { requested[$0.layer.weight] != $0.plan }
        guard isChanged, var resolved = try? plan.resolved(for: network.layers) else { return plan }
        for layer in layers { resolved[layer.layer.weight] = layer.plan }
        return CompressionPlan(resolved: resolved)
    }
}
