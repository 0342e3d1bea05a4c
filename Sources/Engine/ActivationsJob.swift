import Compression
import Kernels
import Networks

/// Looks at what the observed layer hands on, batch by batch, and publishes it. Ends as soon as something else is observed.
final class ActivationsJob: LaneJob {
    /// What determines the answer.
    struct Question: Hashable {
        var weight: String
        var base: String?
        var quantization: ActivationQuantization?
    }

    /// Someone is waiting for the picture.
    let urgency = Urgency.key
    let question: Question
    private let base: EngineBase
    private unowned let worker: EngineWorker

    init(_ question: Question, base: EngineBase, worker: EngineWorker) {
        self.question = question
        self.base = base
        self.worker = worker
    }

    func step() -> Bool {
        guard let evaluator = worker.readyEvaluator(generation: worker.wishes.newest?.generation ?? 0) else { return false }
        do throws(KernelError) {
            let data = worker.calibrationExamples(besides: evaluator.dataset)
            guard let values = try base.clips.observe(question.weight, data: data, batchSize: evaluator.batchSize) else { return true }
            worker.mailbox.post(
                .activations(
                    LayerActivations(
                        weight: question.weight, base: question.base, values: values, quantization: question.quantization, clip: clip)))
        } catch {
            worker.fail(EngineFailure(error), generation: worker.wishes.newest?.generation ?? 0)
        }
        return false
    }

    private var clip: Float? {
        guard case .clipped(let bits, _) = question.quantization else { return nil }
        return base.clips.clip(ofObserved: question.weight, bits: bits)
    }
}
