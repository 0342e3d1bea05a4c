import Compression
import Kernels
import Networks

/// The evaluator of the network with an edited graph, made again when the edits change. Owned by the lane.
struct EditedEvaluation {
    private var kept: (edits: GraphEdits, evaluator: Evaluator)?

    /// The evaluator for graphs of these edits; `plain` measures the original, and leaves it what memory it does not need itself.
    mutating func evaluator(
        for edits: GraphEdits, of network: Network, plain: Evaluator, options: EngineOptions
    ) throws(KernelError) -> Evaluator {
        if let kept, kept.edits == edits { return kept.evaluator }
        // The old one's memory first.
        kept = nil
        var options = options
        options.memoryBudget = max(0, options.memoryBudget - plain.reservedByteCount)
        let reference = Applied(base: network, layers: [], plan: CompressionPlan(), edits: edits)
        let made = try Evaluator(of: reference, dataset: plain.dataset, options: options, batchSize: plain.batchSize)
        kept = (edits, made)
        return made
    }
}

extension EngineWorker {
    /// Does a short piece of work towards what a plan does to the graph; nil until the clips of its activations are known.
    ///
    /// Clips are measured on the training examples where there are any, else on those that measure accuracy.
    func advanceEdits(_ plan: ResolvedPlan, base: EngineBase, evaluator: Evaluator) throws(KernelError) -> GraphEdits? {
        let activations = plan.activations(of: network)
        guard !activations.isEmpty else { return GraphEdits() }
        let data = materials.calibrationExamples(besides: evaluator.dataset)
        return try base.clips.advance(activations, data: data, batchSize: evaluator.batchSize).map { clips in
            GraphEdits(activations: activations, clips: clips)
        }
    }

    /// The same at one go, as trainings start: the clips.
    func clips(for plan: CompressionPlan, base: TrainedState?, evaluator: Evaluator) throws(TrainingFailure) -> [String: Float] {
        let resolved: ResolvedPlan
        do { resolved = try plan.resolved(for: layers) } catch { throw .plan(error) }
        let base = bases.base(of: base)
        do throws(KernelError) {
            while true {
                if let found = try advanceEdits(resolved, base: base, evaluator: evaluator) { return found.clips }
            }
        } catch { throw .kernels(error) }
    }
}
