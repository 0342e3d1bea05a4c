import Compression
import Networks
import Tensors

/// Factors that are nearest to outputs: their biases hold what projecting loses of the mean.
extension TrainedNetwork {
    /// Throws where the outputs of a layer are needed that were not gathered as the run began.
    func checkOutputs(_ resolved: ResolvedPlan, base: TrainedState?) throws(TrainingFailure) {
        for layer in layers where layer.outputs == nil {
            let (weight, plan) = (layer.layer.weight, resolved[layer.layer.weight])
            guard plan.readsOutputs, requested[weight]?.weights != plan.weights else { continue }
            if let former = base?.layers[weight], former.plan.ofParameters == plan.ofParameters { continue }
            throw .policy(
                name: "plan",
                reason:
                    "factors of \(layer.layer.name) that are weighted by outputs begin with a training; stop, and train on under the new plan"
            )
        }
    }

    /// A bias as the run begins with it: as a state left it where its plan still holds, else with what projecting takes from the mean.
    func shifted(_ values: Tensor, of name: String, _ resolved: ResolvedPlan, base: TrainedState?) -> Tensor {
        guard let layer = network.layer(ofBias: name).flatMap({ self.layer(named: $0.weight) }) else { return values }
        let plan = resolved[layer.layer.weight]
        var result = values
        if let former = base?.layers[layer.layer.weight], former.plan.ofParameters == plan.ofParameters {
            result = plan.readsOutputs ? former.compressed.bias ?? values : values
        } else {
            result = plan.shifted(values, layer.outputs, of: layer.layer) ?? values
        }
        shifts[name] = plan.readsOutputs ? zip(result.floats, values.floats).map { $0 - $1 } : nil
        return result
    }

    /// Gives a bias what another plan takes from the mean, in the place of what the plan before took.
    func moveShift(to plan: LayerPlan, of layer: TrainedLayer) {
        guard let name = layer.layer.bias, let bias = other(named: name) else { return }
        let new = shift(plan, layer)
        for (place, old) in (shifts[name] ?? []).enumerated() { bias.vector.values[place] -= old }
        for (place, value) in (new ?? []).enumerated() { bias.vector.values[place] += value }
        shifts[name] = new
    }

    /// A bias without what it holds for a projection: what other plans of a state start from.
    func unshifted(_ bias: TrainedBias) -> [Float] {
        guard let shift = shifts[bias.name] else { return Array(bias.vector.values) }
        return zip(bias.vector.values, shift).map { $0 - $1 }
    }

    private func shift(_ plan: LayerPlan, _ layer: TrainedLayer) -> [Float]? {
        plan.biasShift(layer.outputs, of: layer.layer).map { $0.map { Float($0) } }
    }
}
