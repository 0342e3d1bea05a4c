import Compression
import Networks

extension EngineWorker {
    /// What would have to be looked at for the newest plan; nil while nothing is observed.
    func observation() -> ActivationsJob.Question? {
        guard let weight = wishes.observed, let request = wishes.newest else { return nil }
        let resolved = try? request.plan.resolved(for: layers)
        return ActivationsJob.Question(
            weight: weight, base: request.base?.id, quantization: resolved?.activations(of: network)[weight])
    }
}
