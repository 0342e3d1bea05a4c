import Compression
import Kernels
import Networks
import Reports
import Tensors

extension TaskKind {
    public static let observation = TaskKind(rawValue: "observation")
}

extension TaskID {
    public static let observation = TaskID(.observation)
}

extension LaneTask {
    /// Looks at what a layer hands on under the newest plan's base, and again when base or plan change; reports of ``LayerActivations`` answer.
    public static func observation(of weight: String) -> LaneTask { LaneTask(.observation) { ObservationJob(weight, worker: $0) } }
}

/// Looks at what the observed layer hands on, batch by batch, and publishes it; rests until plan or base make it another question.
final class ObservationJob: TaskJob {
    /// What determines the answer.
    struct Question: Hashable {
        var weight: String
        var base: String?
        var quantization: ActivationQuantization?
    }

    let id = TaskID.observation
    /// Someone is waiting for the picture.
    let urgency = Urgency.key
    let sources: Set = [WatchedFiles.Role.weights, .examples]
    unowned let worker: EngineWorker
    private let weight: String
    private var question: Question?
    /// What the question is asked of, until it is answered.
    private var base: EngineBase?

    init(_ weight: String, worker: EngineWorker) {
        self.weight = weight
        self.worker = worker
        if let request = worker.wishes.newest { _ = adopt(request) }
    }

    func adopt(_ request: LiveEngine.Request) -> Bool {
        let resolved = try? request.plan.resolved(for: worker.network.graph(of: request.base).layers)
        let asked = Question(weight: weight, base: request.base?.id, quantization: resolved?.activations(of: worker.network)[weight])
        guard asked != question else { return false }
        (question, base) = (asked, worker.bases.base(of: request.base))
        return true
    }

    var isResting: Bool { base == nil }

    func step() -> Bool {
        if let question, let base, !answer(question, base) { self.base = nil }
        return true
    }

    /// Looks at the next batch; whether there is another one.
    private func answer(_ question: Question, _ base: EngineBase) -> Bool {
        let generation = worker.wishes.newest?.generation ?? 0
        guard let evaluator = worker.readyEvaluator(generation: generation) else { return false }
        do throws(KernelError) {
            let data = worker.materials.calibrationExamples(besides: evaluator.dataset)
            guard let values = try base.clips.observe(weight, data: data, batchSize: evaluator.batchSize) else { return true }
            var clip: Float?
            if case .clipped(let bits, _) = question.quantization { clip = base.clips.clip(ofObserved: weight, bits: bits) }
            post(LayerActivations(weight: weight, base: question.base, values: values, quantization: question.quantization, clip: clip))
        } catch {
            worker.fail(EngineFailure(error), generation: generation)
        }
        return false
    }

    /// The same is said of accuracy.
    func lose(_ change: FileChange) {}
}
