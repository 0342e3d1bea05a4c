import Compression

/// Bytes as a term of the loss.
extension PolicyEngine {
    /// Throws where a layer that is named has no levels that training can make cheaper, or no layer at all has.
    static func checkBytes(_ policy: SchedulePolicy, _ layers: [TrainedLayer]) throws(TrainingFailure) {
        guard case .bytes(let term) = policy.action else { return }
        for layer in layers where term.weights.contains(layer.layer.weight) {
            if let reason = layer.rateObstacle { throw .policy(name: policy.name, reason: "\(layer.layer.weight): \(reason)") }
        }
        guard !layers.contains(where: { term.names($0.layer.weight) && $0.rateObstacle == nil }) else { return }
        throw .policy(name: policy.name, reason: "no layer has levels whose bits can be lowered; give some \"entropy\" in the plan")
    }

    /// What a bit costs in loss in an epoch.
    func bitPrice(_ term: ByteTerm, _ policy: SchedulePolicy, _ epoch: Int) -> Double {
        let times = (policy.end - policy.start - 1) / policy.frequency + 1
        return term.lambda(at: (epoch - policy.start) / policy.frequency, of: times) / 8_000
    }

    /// Whether bytes are a term of the loss in any epoch.
    var hasBytes: Bool { policies.contains { if case .bytes = $0.action { true } else { false } } }

    /// Whether they are in this one, from 0: then a later state is another, smaller network.
    func lowersBytes(epoch: Int) -> Bool {
        policies.contains { policy in
            if case .bytes = policy.action { Self.isActive(policy, epoch: epoch) } else { false }
        }
    }
}
