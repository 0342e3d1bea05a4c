extension CompressionPlan {
    /// Checks every number of the plan against ``PlanKnob/range``, whether or not a knob is in use.
    ///
    /// - Throws: `PlanError.outOfRange` with the entry, knob, value and range; NaN is outside every range.
    public func validate() throws(PlanError) {
        try PlanKnob.temperature.check(temperature, entry: nil)
        try PlanKnob.distillationWeight.check(lossWeights.distillation, entry: nil)
        try PlanKnob.studentWeight.check(lossWeights.student, entry: nil)
        for entry in layers { try entry.plan.validate(entry: entry.pattern) }
    }
}

extension LayerPlan {
    /// Checks the numbers of one layer; `entry` is the name that the error carries.
    public func validate(entry: String) throws(PlanError) {
        switch pruning.criterion {
        case .ratio: try PlanKnob.ratio.check(pruning.amount, entry: entry)
        case .level: try PlanKnob.level.check(pruning.amount, entry: entry)
        }
        if let indexBits { try PlanKnob.indexBits.check(Double(indexBits), entry: entry) }
        if case .clipped(let bits, _) = activations { try PlanKnob.activationBits.check(Double(bits), entry: entry) }
        switch weights {
        case .linear(let linear):
            try PlanKnob.linearBits.check(Double(linear.bits), entry: entry)
            if let group = linear.group { try PlanKnob.group.check(Double(group), entry: entry) }
            if case .percentile(let percentile) = linear.clip { try PlanKnob.percentile.check(percentile, entry: entry) }
        case .shared(let sharing):
            try PlanKnob.sharedBits.check(Double(sharing.bits), entry: entry)
            if case .group(let group) = sharing.span { try PlanKnob.group.check(Double(group), entry: entry) }
        case .normalFloat(let group): try PlanKnob.group.check(Double(group), entry: entry)
        case .dorefa(let bits): try PlanKnob.dorefaBits.check(Double(bits), entry: entry)
        case .lattice(let lattice):
            try PlanKnob.latticeStep.check(lattice.step, entry: entry)
            try PlanKnob.latticeLambda.check(lattice.lambda, entry: entry)
        case .float32, .float16, .bfloat16, .ternary, .binary: break
        }
    }
}

extension PlanKnob {
    /// - Throws: `PlanError.outOfRange` where the value is NaN or outside ``range``.
    public func check(_ value: Double, entry: String?) throws(PlanError) {
        guard range.contains(value) else {
            throw .outOfRange(entry: entry, knob: self, value: value, allowed: range)
        }
    }
}
