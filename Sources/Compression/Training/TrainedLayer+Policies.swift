import CKernels
import Networks
import Tensors

extension TrainedLayer {
    /// σ of the float weights as they are, pruned ones as 0; 0 where one is not finite.
    public var floatDeviation: Double { maskedDistribution?.standardDeviation ?? 0 }

    private var maskedFloats: FloatMemory {
        let memory = FloatMemory(floats.floats)
        defer { withExtendedLifetime(memory) {} }
        context.mask(memory.floats)
        return memory
    }

    private var maskedDistribution: WeightDistribution? {
        let values = maskedFloats
        return withExtendedLifetime(values) { try? WeightDistribution(UnsafeBufferPointer(values.floats)) }
    }

    /// Prunes by a rule over the weights that are still kept; what was pruned stays so.
    ///
    /// - Parameter pruning: How the plan says it; nil says the share of zeros that came out.
    public func prune(rule: PruningRule, as pruning: Pruning?) {
        if let pattern = plan.pattern { return prune(PatternRule(pattern, blocks: .mean(rule.threshold), keep: plan.keep), as: pruning) }
        let values = maskedFloats
        defer { withExtendedLifetime(values) {} }
        let mask = TrainedLayer.mask(UnsafeBufferPointer(values.floats), of: layer, rule: rule, isGivenPruned: true)
        take(mask, threshold: rule.threshold, as: pruning)
    }

    /// Exactly round(level · n) zeros, or as many as there are already.
    public func prune(level: Double) {
        if let pattern = plan.pattern { return prune(PatternRule(pattern, blocks: .level(level), keep: plan.keep), as: .level(level)) }
        guard let distribution = maskedDistribution else { return }
        var wanted = plan
        wanted.pruning = .level(level)
        let rule = PruningRule(wanted, distribution)
        let isLess = if case .zeros(let zeros, _) = rule { zeros <= prunedCount } else { true }
        guard !isLess else { return }
        prune(rule: rule, as: wanted.pruning)
    }

    /// |w| below low · limit becomes zero, above high · limit comes back, the rest stays as it is; limit = mean|w| + sensitivity · σ of |w|
    /// over all float weights, pruned ones included. From now on pruned weights take gradients (Guo, Yao and Chen 2016).
    public func splice(sensitivity: Double, low: Double, high: Double) {
        let values = floats.floats
        let limit = TrainedLayer.spliceLimit(values, sensitivity: sensitivity)
        movesPruned = true
        if let pattern = plan.pattern { return splice(pattern, below: low * limit, above: high * limit) }
        var mask = keptMask ?? [UInt8](repeating: 1, count: values.count)
        for (index, value) in values.enumerated() {
            let magnitude = Double(value.magnitude)
            if magnitude < low * limit { mask[index] = 0 } else if magnitude > high * limit { mask[index] = 1 }
        }
        take(mask, threshold: low * limit, as: nil)
    }

    private static func spliceLimit(_ values: [Float], sensitivity: Double) -> Double {
        let mean = values.reduce(0.0) { $0 + Double($1.magnitude) } / Double(max(1, values.count))
        let squares = values.reduce(0.0) { $0 + (Double($1.magnitude) - mean) * (Double($1.magnitude) - mean) }
        return mean + sensitivity * (squares / Double(max(1, values.count - 1))).squareRoot()
    }

    /// Puts a policy's mask into force; the plan says how it was made, or the share of zeros that came out.
    func take(_ mask: [UInt8]?, threshold: Double, as pruning: Pruning?) {
        setMask(leavingEnough(mask), threshold: threshold)
        if !plan.hasAmount { return }
        plan.pruning = pruning ?? .level(Double(prunedCount) / Double(max(1, layer.count)))
    }

    /// Adds the gradient of strength · Σ|w| over the kept float weights and returns Σ|w|; shared weights are those of their centroids. Cost: O(n).
    public func addLasso(_ strength: Double) -> Double {
        let ofShadow = representation.movesShadow ? addLassoToShadow(strength) : 0
        return representation.addLasso(strength) ?? ofShadow
    }

    private func addLassoToShadow(_ strength: Double) -> Double {
        guard let slope = shadow.gradient.baseAddress, let values = shadow.values.baseAddress else { return 0 }
        guard let kept = mask?.bytes else {
            pare_add_signs(values, shadow.values.count, Float(strength), slope)
            return pare_sum_of_magnitudes(values, shadow.values.count)
        }
        var sum = 0.0
        for index in shadow.values.indices where kept[index] != 0 {
            let value = shadow.values[index]
            sum += Double(value.magnitude)
            slope[index] += value > 0 ? Float(strength) : value < 0 ? -Float(strength) : 0
        }
        return sum
    }
}
