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

    /// σ of the weights as opened.
    func deviation(of layer: Layer) throws(TrainingFailure) -> Double { try distribution(of: layer).standardDeviation }

    /// The zeros that a layer came with as a mask, where it came pruned.
    func given(_ layer: Layer) throws(TrainingFailure) -> [UInt8]? {
        guard let weights = network.parameters[layer.weight]?.values else { return nil }
        let zeros = try distribution(of: layer).givenZeros
        guard Double(zeros) >= GivenStructure.prunedShare * Double(max(1, layer.count)) else { return nil }
        return weights.withFloats { $0.map { $0 == 0 ? 0 : 1 } }
    }

    /// The rule of each layer under a plan.
    func rules(_ plan: ResolvedPlan, layers: [TrainedLayer]) throws(TrainingFailure) -> [String: PruningRule] {
        var (opened, current): ([String: WeightDistribution], [String: WeightDistribution]) = ([:], [:])
        for layer in layers where plan[layer.layer.weight].pruning.amount > 0 {
            let weight = layer.layer.weight
            opened[weight] = try distribution(of: layer.layer)
            if plan[weight].pruning.criterion == .level { current[weight] = try sorted(layer.floats, layer.layer, keeps: false) }
        }
        let byRatio = plan.pruningRules(distributions: opened)
        let byLevel = plan.pruningRules(distributions: current)
        var rules: [String: PruningRule] = [:]
        for layer in layers {
            let (weight, pruning) = (layer.layer.weight, plan[layer.layer.weight].pruning)
            switch pruning.criterion {
            case .level: rules[weight] = byLevel[weight]
            case .ratio where pruning.scope == .layer && pruning.deviation == .all && pruning.amount > 0:
                rules[weight] = .threshold(pruning.amount * layer.deviation)
            case .ratio: rules[weight] = byRatio[weight]
            }
        }
        return rules
    }
}
