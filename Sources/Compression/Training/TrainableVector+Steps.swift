import CKernels

/// The numbers of one step of an optimizer.
public struct OptimizerStep: Sendable {
    public var optimizer: Optimizer
    public var rate: Double
    public var weightDecay: Double
    /// Steps taken with this one, from 1: Adam's correction of its start.
    public var number: Int

    public init(optimizer: Optimizer, rate: Double, weightDecay: Double, number: Int) {
        self.optimizer = optimizer
        self.rate = rate
        self.weightDecay = weightDecay
        self.number = number
    }
}

extension TrainableVector {
    /// One step along `gradient`; what is not kept has neither its value nor its moments changed. Cost: O(n).
    ///
    /// SGD: v ← μ · v + g; w ← w − η · v (Nesterov: w − η · (g + μ · v)), g divided by the weights behind a centroid, with the L2 term λ · w
    /// added to that: of a centroid it is the mean of its members'. AdamW: Loshchilov and Hutter 2019. Both as PyTorch.
    public func step(_ step: OptimizerStep) {
        guard let address = values.baseAddress, let slope = gradient.baseAddress, gradient.count == values.count else { return }
        let decay = decays ? step.weightDecay : 0
        let mask = kept.flatMap { UnsafePointer($0.bytes.baseAddress) }
        switch step.optimizer {
        case .sgd(let momentum, let isNesterov):
            prepareMoments(1)
            if let members { for (index, count) in members.enumerated() where count > 1 { slope[index] /= count } }
            let settings = pare_sgd(
                rate: Float(step.rate), momentum: Float(momentum), decay: Float(decay), is_nesterov: isNesterov ? 1 : 0)
            pare_sgd_step(address, slope, moments[0].floats.baseAddress, mask, values.count, settings)
        case .adamW(let beta1, let beta2, let epsilon):
            prepareMoments(2)
            let settings = pare_adam(
                shrink: Float(1 - step.rate * decay), first_share: Float(1 - beta1), second_keep: Float(beta2),
                second_share: Float(1 - beta2), second_correction: Float((1 - power(beta2, step.number)).squareRoot()),
                step: Float(step.rate / (1 - power(beta1, step.number))), epsilon: Float(epsilon))
            pare_adam_step(
                address, slope, moments[0].floats.baseAddress, moments[1].floats.baseAddress, mask, values.count, settings)
        }
    }

    /// Σ g² over what may move; not finite where a gradient is not. Cost: O(n).
    public var squaredGradient: Double {
        guard let slope = gradient.baseAddress, gradient.count == values.count else { return 0 }
        var (sum, squares) = (0.0, 0.0)
        pare_centred_sums(slope, gradient.count, 0, &sum, &squares)
        return squares
    }

    /// Multiplies the gradient. Cost: O(n).
    public func scaleGradient(_ factor: Double) {
        guard let slope = gradient.baseAddress else { return }
        pare_scale(slope, gradient.count, Float(factor))
    }

    private func power(_ base: Double, _ exponent: Int) -> Double {
        var (result, factor, rest) = (1.0, base, exponent)
        while rest > 0 {
            if rest & 1 == 1 { result *= factor }
            factor *= factor
            rest >>= 1
        }
        return result
    }
}
