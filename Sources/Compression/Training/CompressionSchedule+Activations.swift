extension CompressionSchedule.Stage {
    /// The same with the bits of activations that its DoReFa policies name in the plan, where they hold from the first batch on: while a network
    /// is trained its graph stays as it is.
    public var withActivationsInPlan: CompressionSchedule.Stage {
        var stage = self
        for (index, policy) in policies.enumerated() {
            guard case .dorefa(let weights, let activations) = policy.action, !activations.isEmpty else { continue }
            for (weight, bits) in activations { stage.plan[weight].activations = .clipped(bits: bits, clip: .calibrated) }
            stage.policies[index].action = .dorefa(weights: weights, activations: [:])
        }
        return stage
    }
}
