import Compression
import Networks

extension EngineWorker {
    /// What would have to be looked at for the newest plan; nil while nothing is observed.
    func observation() -> ActivationsJob.Question? {
        guard let weight = wishes.observed, let request = wishes.newest else { return nil }
        if let known = known, known.weight == weight, known.generation == request.generation { return known.question }
        let resolved = try? request.plan.resolved(for: layers)
        let question = ActivationsJob.Question(
            weight: weight, base: request.base?.id, quantization: resolved?.activations(of: network)[weight])
        known = (weight, request.generation, question)
        return question
    }
}
