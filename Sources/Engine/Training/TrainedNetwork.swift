import Compression
import Kernels
import Networks
import Tensors

/// The parameters of a network while they are trained: layers under their plans, biases and the rest, and where the executor reads them.
final class TrainedNetwork {
    let network: Network
    /// The graph of the base, where it is not the one that was opened.
    let graph: StateGraph?
    let executor: any TrainingExecutor
    private(set) var layers: [TrainedLayer]
    private var layerPlaces: [String: Int] = [:]
    /// Biases, normalizations and learned clips.
    private(set) var others: [TrainedBias]
    private var otherPlaces: [String: Int] = [:]
    /// The plans that were asked for, before policies changed them.
    private(set) var requested: [String: LayerPlan] = [:]
    /// What ratios are set on, by weight: of the state that the run began with, else of the weights as opened.
    private(set) var dense: [String: DenseStatistics] = [:]
    /// What biases hold of the mean that projections of outputs lose, by bias.
    var shifts: [String: [Float]] = [:]
    private let masks: PlanMasks
    private let learnsClips: Bool

    init(request: TrainingRequest, executor: any TrainingExecutor) throws(TrainingFailure) {
        network = request.network
        graph = request.base?.graph
        self.executor = executor
        learnsClips = request.recipe.learnsClips
        masks = PlanMasks(network: request.network)
        layers = []
        others = []
        let resolved: ResolvedPlan
        do { resolved = try request.plan.resolved(for: network.layers) } catch { throw .plan(error) }
        let trained = Set(executor.trainedParameters)
        for layer in network.layers where trained.contains(layer.weight) {
            layerPlaces[layer.weight] = layers.count
            layers.append(try makeLayer(layer, request: request))
            layers.last?.outputs = request.outputs[layer.weight]
            requested[layer.weight] = .unchanged
        }
        try adopt(resolved, base: request.base, fitted: request.fitted)
        makeOthers(request, resolved: resolved)
    }

    /// A layer that is float as yet.
    private func makeLayer(_ layer: Layer, request: TrainingRequest) throws(TrainingFailure) -> TrainedLayer {
        let values = request.base?.parameters[layer.weight] ?? network.parameters[layer.weight]?.values
        guard let values, values.count == layer.count else { throw .notFinite(parameter: layer.weight) }
        guard values.withFloats({ $0.allSatisfy(\.isFinite) }) else { throw .notFinite(parameter: layer.weight) }
        let former = request.base?.layers[layer.weight]
        let opened = try masks.dense(layer)
        dense[layer.weight] = former?.dense ?? opened
        let options = TrainedOptions(assignment: request.recipe.assignment, learnsClips: learnsClips)
        return TrainedLayer(
            layer: layer, weights: values, plan: .unchanged, mask: try masks.given(layer), threshold: 0,
            deviation: former?.deviation ?? opened.standardDeviation, options: options)
    }

    private func makeOthers(_ request: TrainingRequest, resolved: ResolvedPlan) {
        let weights = Set(layers.map(\.layer.weight))
        others = executor.trainedParameters.filter { !weights.contains($0) }.map { name in
            let own = Array(executor.values(of: name))
            let values = request.base?.parameters[name] ?? network.parameters[name]?.values ?? Tensor(shape: [own.count], floats: own)
            return TrainedBias(
                name: name, values: shifted(values, of: name, resolved, base: request.base),
                representation: representation(ofBias: name, resolved))
        }
        otherPlaces = Dictionary(others.enumerated().map { ($0.element.name, $0.offset) }) { first, _ in first }
        for name in executor.statistics {
            guard let values = request.base?.parameters[name] else { continue }
            values.withFloats { _ = executor.values(of: name).update(from: $0) }
        }
    }

    private func representation(ofBias name: String, _ plan: ResolvedPlan) -> BiasRepresentation {
        guard let layer = network.layer(ofBias: name) else { return .float32 }
        let plan = plan[layer.weight]
        return plan.bypass ? .float32 : plan.biases
    }

    /// Says that this plan was asked for, without applying it.
    func note(_ plan: LayerPlan, of weight: String) { requested[weight] = plan }

    func layer(named weight: String) -> TrainedLayer? { layerPlaces[weight].map { layers[$0] } }
    func other(named name: String) -> TrainedBias? { otherPlaces[name].map { others[$0] } }

    /// Everything that the optimizer moves.
    var vectors: [TrainableVector] {
        let moving = others.filter { learnsClips || network.parameters[$0.name] != nil }
        return layers.flatMap(\.vectors) + moving.map(\.vector)
    }

    /// Lets the executor have the effective values. Cost: O(parameters).
    func writeEffective() {
        for layer in layers { layer.writeEffective(into: executor.values(of: layer.layer.weight)) }
        for other in others { other.writeEffective(into: executor.values(of: other.name)) }
    }

    /// Takes the executor's gradients. Cost: O(parameters).
    func receiveGradients() {
        for layer in layers { layer.receive(executor.gradient(of: layer.layer.weight)) }
        for other in others { other.receive(executor.gradient(of: other.name)) }
    }
}

extension TrainedNetwork {
    /// Goes on under another plan: a layer whose plan is the one asked for before stays as it is.
    func adopt(_ plan: CompressionPlan) throws(TrainingFailure) {
        let resolved: ResolvedPlan
        do { resolved = try plan.resolved(for: network.layers) } catch { throw .plan(error) }
        try adopt(resolved, base: nil)
    }

    private func adopt(
        _ resolved: ResolvedPlan, base: TrainedState?, fitted: [String: CompressedLayer] = [:]
    ) throws(TrainingFailure) {
        try checkOutputs(resolved, base: base)
        let rules = try masks.rules(resolved, layers: layers, dense: dense)
        for layer in layers {
            let (weight, plan) = (layer.layer.weight, resolved[layer.layer.weight])
            do { try plan.validate(for: layer.layer) } catch { throw .plan(error) }
            if var former = base?.layers[weight], former.plan.ofParameters == plan.ofParameters {
                former.plan = plan
                takeOver(layer, former)
            } else if requested[weight] != plan {
                try apply(plan, rule: rules[weight] ?? .none, to: layer)
                if let fitted = fitted[weight], plan.readsInputs { layer.take(fitted: fitted) }
            }
            requested[weight] = plan
            if let bias = layer.layer.bias { other(named: bias)?.representation = representation(ofBias: bias, resolved) }
        }
    }

    /// A state whose plan still holds is kept as it is: mask and codebook are not derived again.
    private func takeOver(_ layer: TrainedLayer, _ former: TrainedState.Layer) {
        let mask = former.mask.map { Array($0.bytes) } ?? layer.keptMask
        layer.adopt(former.plan, mask: mask, threshold: former.compressed.summary.threshold)
        layer.takeCodebook(of: former.compressed)
    }

    /// The mask changes only where what prunes changed; the representation is found anew where it or the mask changed.
    private func apply(_ plan: LayerPlan, rule: PruningRule, to layer: TrainedLayer) throws(TrainingFailure) {
        let former = requested[layer.layer.weight] ?? .unchanged
        if former.ofPruning == plan.ofPruning {
            // What a policy made of it stays.
            var kept = plan
            kept.pruning = layer.plan.pruning
            guard former.weights == plan.weights, former.parts == plan.parts else {
                moveShift(to: plan, of: layer)
                return layer.adopt(kept, mask: layer.keptMask, threshold: layer.threshold)
            }
            kept.weights = layer.plan.weights
            return layer.relabel(kept)
        }
        moveShift(to: plan, of: layer)
        let given = try masks.given(layer.layer)
        let rule = plan.bypass ? PruningRule.none : rule
        let mask = layer.floats.withFloats { TrainedLayer.mask($0, of: layer.layer, rule: rule, isGivenPruned: false) } ?? given
        layer.movesPruned = false
        layer.adopt(plan, mask: mask, threshold: rule.threshold)
    }
}
