import Compression
import Kernels
import Networks

/// How the values that layers hand on are made coarse, with the clips; empty where all stay float.
struct ActivationSettings: Hashable {
    /// By weight, layers whose values can be quantized only.
    var settings: [String: ActivationQuantization] = [:]
    var clips: [String: Float] = [:]

    var isEmpty: Bool { settings.isEmpty }
}

/// The evaluator of the network with quantized activations, made again when settings or clips change. Owned by the lane.
struct QuantizedEvaluation {
    private var kept: (settings: ActivationSettings, evaluator: Evaluator)?

    /// The evaluator for these settings; `plain` measures the original, and leaves it what memory it does not need itself.
    mutating func evaluator(
        for settings: ActivationSettings, of network: Network, originals: [Evaluator.LayerVersion], plain: Evaluator,
        options: EngineOptions
    ) throws(KernelError) -> Evaluator {
        if let kept, kept.settings == settings { return kept.evaluator }
        // The old one's memory first.
        kept = nil
        var options = options
        options.memoryBudget = max(0, options.memoryBudget - plain.reservedByteCount)
        let quantized = network.applying(.quantizeActivations(settings.settings, clips: settings.clips))
        let made = try Evaluator(
            network: quantized, layers: quantized.layers, originals: originals, dataset: plain.dataset, options: options,
            batchSize: plain.batchSize)
        kept = (settings, made)
        return made
    }
}

extension ResolvedPlan {
    /// The settings of those layers whose values can be quantized: logits are left alone.
    func activations(of network: Network) -> [String: ActivationQuantization] {
        activations.filter { network.quantizedValue(of: $0.key) != nil }
    }
}

extension EngineWorker {
    /// Does a short piece of work towards the activations of a plan; nil until their clips are known.
    ///
    /// Clips are measured on the training examples where there are any, else on those that measure accuracy.
    func advanceActivations(_ plan: ResolvedPlan, base: EngineBase, evaluator: Evaluator) throws(KernelError) -> ActivationSettings? {
        let settings = plan.activations(of: network)
        guard !settings.isEmpty else { return ActivationSettings() }
        let data = calibrationExamples(besides: evaluator.dataset)
        return try base.clips.advance(settings, data: data, batchSize: evaluator.batchSize).map { clips in
            ActivationSettings(settings: settings, clips: clips)
        }
    }

    /// The same at one go, as trainings start.
    func clips(for plan: CompressionPlan, base: TrainedState?, evaluator: Evaluator) throws(TrainingFailure) -> [String: Float] {
        let resolved: ResolvedPlan
        do { resolved = try plan.resolved(for: layers) } catch { throw .plan(error) }
        let base = self.base(of: base)
        do throws(KernelError) {
            while true {
                if let found = try advanceActivations(resolved, base: base, evaluator: evaluator) { return found.clips }
            }
        } catch { throw .kernels(error) }
    }
}
