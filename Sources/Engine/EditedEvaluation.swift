import Compression
import Kernels
import Networks

/// The evaluator of networks with another graph than the opened one, made again when the graph changes. Owned by the lane.
struct EditedEvaluation {
    private(set) var kept: (graph: Applied.Graph, evaluator: Evaluator)?

    /// The evaluator for the graph of this network; `plain` measures the original, and leaves it what memory it does not need itself.
    mutating func evaluator(for applied: Applied, plain: Evaluator, options: EngineOptions) throws(KernelError) -> Evaluator {
        if let kept, kept.graph == applied.graph { return kept.evaluator }
        // The old one's memory first.
        kept = nil
        let made = try plain.beside(applied, options: options)
        kept = (applied.graph, made)
        return made
    }
}

extension Evaluator {
    /// One of another network on the same examples in the same batches, with the memory that this one leaves.
    func beside(_ applied: Applied, options: EngineOptions) throws(KernelError) -> Evaluator {
        var options = options
        options.memoryBudget = max(0, options.memoryBudget - reservedByteCount)
        let made = try Evaluator(of: applied, dataset: dataset, options: options, batchSize: batchSize, order: order)
        guard made.classCount == classCount else {
            throw .shape(node: applied.network.output, expected: "\(classCount) values", actual: "\(made.classCount)")
        }
        return made
    }
}

extension EngineWorker {
    /// Does a short piece of work towards what a plan does to the graph; nil until the clips of its activations are known.
    ///
    /// Clips are measured on the training examples where there are any, else on those that measure accuracy.
    func advanceEdits(_ plan: ResolvedPlan, base: EngineBase, evaluator: Evaluator) throws(KernelError) -> GraphEdits? {
        let activations = plan.activations(of: base.network)
        guard !activations.isEmpty else { return GraphEdits() }
        let data = materials.calibrationExamples(besides: evaluator.dataset)
        return try base.clips.advance(activations, data: data, batchSize: evaluator.batchSize).map { clips in
            GraphEdits(activations: activations, clips: clips)
        }
    }

    /// A training from a base under a plan on the lane's examples, and what measures it.
    func trainingRequest(
        _ id: String, plan: CompressionPlan, base: TrainedState?, recipe: TrainingRecipe
    ) throws(TrainingFailure) -> (TrainingRequest, Evaluator) {
        let (examples, evaluator) = try materials.forTraining()
        var request = TrainingRequest(
            identifier: id, network: network, base: base, plan: plan, recipe: recipe, training: examples, validation: evaluator.dataset,
            teachers: try materials.teachers(recipe.teachers), options: options, makeExecutor: TrainingRequest.fastExecutor)
        request.clips = try clips(for: plan, base: base, evaluator: evaluator)
        request.outputs = try outputs(for: plan, base: base)
        request.fitted = try fitted(for: plan, base: base)
        return (request, evaluator)
    }

    /// At one go, as trainings start: the outputs that factors of the plan are nearest to.
    private func outputs(for plan: CompressionPlan, base: TrainedState?) throws(TrainingFailure) -> [String: OutputBasis] {
        let base = bases.base(of: base)
        let resolved: ResolvedPlan
        do { resolved = try plan.resolved(for: base.layers) } catch { throw .plan(error) }
        let needed = base.layers.filter { resolved[$0.weight].readsOutputs && $0.isFactorable }.map(\.weight)
        guard !needed.isEmpty else { return [:] }
        do throws(OutputCalibration.Failure) {
            let data = try materials.outputExamples()
            while try base.outputs.advance(needed, data: data, isCancelled: { false }) != nil {}
        } catch { throw .unavailable("\(error)") }
        return needed.reduce(into: [:]) { $0[$1] = base.outputs.basis(of: $1) }
    }

    /// The same at one go: the layers that are fitted to their inputs.
    private func fitted(for plan: CompressionPlan, base: TrainedState?) throws(TrainingFailure) -> [String: CompressedLayer] {
        guard plan.readsInputs else { return [:] }
        do throws(InputCalibration.Failure) { _ = try materials.inputExamples() } catch { throw .unavailable("\(error)") }
        let maker = PlanMaker(plan, on: bases.base(of: base), generation: 0, worker: self)
        while maker.step() {}
        guard let resolved = maker.resolved else { throw .unavailable("the layers can't be fitted to their inputs") }
        return maker.made.filter { resolved[$0.key].readsInputs }
    }

    /// The same at one go, as trainings start: the clips.
    private func clips(for plan: CompressionPlan, base: TrainedState?, evaluator: Evaluator) throws(TrainingFailure) -> [String: Float] {
        let base = bases.base(of: base)
        let resolved: ResolvedPlan
        do { resolved = try plan.resolved(for: base.layers) } catch { throw .plan(error) }
        do throws(KernelError) {
            while true {
                if let found = try advanceEdits(resolved, base: base, evaluator: evaluator) { return found.clips }
            }
        } catch { throw .kernels(error) }
    }
}
