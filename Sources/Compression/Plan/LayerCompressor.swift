import Networks
import Tensors

/// Makes a state of a layer from its plan: prunes, represents the survivors, counts.
public enum LayerCompressor {
    /// Applies a plan to one layer; nil when cancelled.
    ///
    /// Steps: prune by `rule` (exact zeros stay zeros), replace the survivors by what the representation holds, round the bias, and count
    /// zeros, codes, errors and bytes on the real result. A bypassed layer is as in the original.
    ///
    /// - Parameters:
    ///   - weights: The original weights, in the layer's shape; `distribution` was made of them.
    ///   - rule: The layer's entry of ``ResolvedPlan/pruningRules(distributions:)``.
    ///   - given: What the layer came with, found once on opening; nil looks for it.
    ///   - outputs: The main directions of what the layer gives, where the plan's factors are nearest to that; see ``LayerPlan/readsOutputs``.
    ///   - inputs: What the layer reads, where its plan is fitted to that; see ``LayerPlan/readsInputs``.
    ///   - removal: In which order its weights are best removed, where the mask is found by that; see ``LayerPlan/removesByLoss``.
    ///   - deviation: σ that a lattice's step is set on, where it is not that of the weights: of the dense ones before training.
    ///   - warmStart: Centroids of the last state, to start Lloyd's algorithm from while a knob is turned.
    ///   - findsOptimum: Whether the distance of shared weights from the optimum is measured too, where it takes a search of its own.
    ///   - isCancelled: Asked about every million weights.
    /// - Throws: `CompressionError` for counts that disagree, a plan out of range, outputs that are needed and not there, or a bias that 8 bits can't hold.
    /// Complexity: O(n) and the searches of the representation.
    public static func compress(
        layer: Layer, weights: Tensor, bias: Tensor?, distribution: WeightDistribution, plan: LayerPlan, rule: PruningRule,
        given: GivenStructure? = nil, outputs: OutputBasis? = nil, inputs: InputMoments? = nil, removal: RemovalTrace? = nil,
        deviation: Double? = nil, warmStart: [Double]? = nil, findsOptimum: Bool = true,
        isCancelled: () -> Bool = { false }
    ) throws(CompressionError) -> CompressedLayer? {
        for count in [weights.count, distribution.count] where count != layer.count {
            throw .countMismatch(weight: layer.weight, expected: layer.count, actual: count)
        }
        do { try plan.validate(for: layer) } catch { throw .plan(error) }
        guard !plan.readsOutputs || outputs?.channels == layer.outputCount else { throw .outputsMissing(weight: layer.weight) }
        guard !plan.readsInputs || inputs?.fits(layer) ?? false, !plan.removesByLoss || removal?.isComplete ?? false else {
            throw .inputsMissing(weight: layer.weight)
        }
        let given = given ?? GivenStructure.detect(weights: weights, distribution: distribution)
        let bias =
            try plan.shifted(bias, outputs, of: layer).map { bias throws(CompressionError) in
                try (plan.bypass ? .float32 : plan.biases).coded(bias, name: layer.bias ?? layer.name)
            }
        return withoutActuallyEscaping(isCancelled) { isCancelled in
            let state = LayerState(
                layer: layer, weights: weights, distribution: distribution, plan: plan, rule: plan.bypass ? .none : rule,
                given: given, outputs: plan.readsOutputs ? outputs : nil,
                inputs: plan.readsInputs ? inputs : nil, removal: plan.removesByLoss ? removal : nil,
                deviation: deviation ?? distribution.standardDeviation,
                blocks: WeightBlocks(isCancelled: isCancelled))
            let representation = plan.bypass ? .float32 : plan.weights
            let coder = representation.codedForm.coder(CodeSearch(warmStart: warmStart, findsOptimum: findsOptimum))
            return state.compressed(by: coder, bias: bias)
        }
    }
}
