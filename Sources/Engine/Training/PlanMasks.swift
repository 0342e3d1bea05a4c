import Compression
import Networks
import Tensors

/// The rules that plans prune by while a network is trained.
///
/// Ratios are of the σ of the dense weights as the network was opened (or of the state that the run began with); levels are exact numbers of the
/// float weights as they are now. Sorted weights of the opened network are made when they are first needed.
final class PlanMasks {
    private let network: Network
    private var distributions: [String: WeightDistribution] = [:]

    init(network: Network) { self.network = network }

    private func distribution(of layer: Layer) throws(TrainingFailure) -> WeightDistribution {
        if let known = distributions[layer.weight] { return known }
        guard let weights = network.parameters[layer.weight]?.values else { throw .notFinite(parameter: layer.weight) }
        return try sorted(weights, layer, keeps: true)
    }

    private func sorted(_ weights: Tensor, _ layer: Layer, keeps: Bool) throws(TrainingFailure) -> WeightDistribution {
        guard let made = try? WeightDistribution(weights) else { throw .notFinite(parameter: layer.weight) }
        if keeps { distributions[layer.weight] = made }
        return made
    }

    /// The spread of the weights as opened.
    func dense(_ layer: Layer) throws(TrainingFailure) -> DenseStatistics { DenseStatistics(try distribution(of: layer)) }

    /// The zeros that a layer came with as a mask, where it came pruned.
    func given(_ layer: Layer) throws(TrainingFailure) -> [UInt8]? {
        guard let weights = network.parameters[layer.weight]?.values else { return nil }
        let zeros = try distribution(of: layer).givenZeros
        guard Double(zeros) >= GivenStructure.prunedShare * Double(max(1, layer.count)) else { return nil }
        return weights.withFloats { $0.map { $0 == 0 ? 0 : 1 } }
    }

    /// The rule of each layer under a plan, with ratios of `dense`, by weight.
    func rules(
        _ plan: ResolvedPlan, layers: [TrainedLayer], dense: [String: DenseStatistics]
    ) throws(TrainingFailure) -> [String: PruningRule] {
        var distributions: [String: WeightDistribution] = [:]
        for layer in layers {
            let (weight, plan) = (layer.layer.weight, plan[layer.layer.weight])
            guard plan.prunes else { continue }
            distributions[weight] = try plan.countsWeights ? sorted(layer.floats, layer.layer, keeps: false) : distribution(of: layer.layer)
        }
        return plan.pruningRules(distributions: distributions, bases: dense.mapValues(RatioBasis.dense))
    }
}
