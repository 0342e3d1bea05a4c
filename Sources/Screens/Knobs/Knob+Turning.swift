import Compression
import Networks

extension Knob {
    /// The plan after one step up or down; a big step is five small ones or so, and words go round.
    ///
    /// - Throws: `KnobRefusal` where the knob is at its end.
    public func turned(_ plan: LayerPlan, of layer: Layer, up: Bool, isBig: Bool) throws(KnobRefusal) -> LayerPlan {
        var plan = plan
        switch self {
        case .amount: plan.pruning.amount = try turnedAmount(plan, up: up, isBig: isBig)
        case .bits: plan.weights = try turnedBits(plan.weights, up: up, isBig: isBig)
        case .seed: try turnSeed(&plan, up: up, isBig: isBig)
        case .percentile:
            let step = isBig ? 1.0 : 0.1
            let value = try stepped(Double(text(in: plan, of: layer)) ?? 99.9, by: up ? step : -step, in: PlanKnob.percentile.range)
            try plan.setLinear { $0.clip = .percentile(value) }
        case .activations: plan.activations = try turnedActivations(plan.activations, up: up, isBig: isBig)
        case .step, .lambda: try turnLattice(&plan, up: up, isBig: isBig)
        case .indexBits:
            let value = Double(plan.indexBits(of: layer))
            plan.indexBits = Int(try stepped(value, by: (up ? 1 : -1) * (isBig ? 4 : 1), in: PlanKnob.indexBits.range))
        case .temperature: break
        default: try choose(next(text(in: plan, of: layer), up: up), in: &plan)
        }
        return plan
    }

    /// A temperature after one step of 0.5, or 5.
    static func turnedTemperature(_ temperature: Double, up: Bool, isBig: Bool) throws(KnobRefusal) -> Double {
        try Knob.temperature.stepped(temperature, by: (up ? 1 : -1) * (isBig ? 5 : 0.5), in: CompressionPlan.temperatures)
    }

    private func turnedAmount(_ plan: LayerPlan, up: Bool, isBig: Bool) throws(KnobRefusal) -> Double {
        let isRatio = plan.pruning.criterion == .ratio
        let step = isRatio ? (isBig ? 0.25 : 0.05) : (isBig ? 0.05 : 0.01)
        let range = isRatio ? PlanKnob.ratio.range : PlanKnob.level.range
        return try stepped(plan.pruning.amount, by: up ? step : -step, in: range)
    }

    /// The next value, kept on four decimals so that steps up and down meet, and inside the range.
    private func stepped(_ value: Double, by step: Double, in range: ClosedRange<Double>) throws(KnobRefusal) -> Double {
        let next = min(max(((value + step) * 10_000).rounded() / 10_000, range.lowerBound), range.upperBound)
        guard next != value else { throw .atLimit(name: name(in: .unchanged), value: value.trimmed) }
        return next
    }

    /// Floats become shared on the way down; 8 bits become float32 on the way up.
    private func turnedBits(
        _ weights: WeightRepresentation, up: Bool, isBig: Bool
    ) throws(KnobRefusal) -> WeightRepresentation {
        let step = (up ? 1 : -1) * (isBig ? 2 : 1)
        switch weights {
        case .float32:
            if up { throw .atLimit(name: "bits", value: "32") }
            return .shared(WeightSharing(bits: 8))
        case .float16, .bfloat16: return up ? .float32 : .shared(WeightSharing(bits: 8))
        case .ternary, .binary, .normalFloat: throw .fixedBits(representation: weights.name, bits: weights.bits)
        case .shared(var sharing):
            if up, sharing.bits == 8 { return .float32 }
            sharing.bits = Int(try stepped(Double(sharing.bits), by: Double(step), in: PlanKnob.sharedBits.range))
            return .shared(sharing)
        case .dorefa(let bits):
            if up, bits == 8 { return .float32 }
            return .dorefa(bits: Int(try stepped(Double(bits), by: Double(step), in: PlanKnob.dorefaBits.range)))
        case .lattice(var lattice):
            lattice.step *= up ? 0.5 : 2
            guard PlanKnob.latticeStep.range.contains(lattice.step) else { throw .atLimit(name: "bits", value: String(weights.bits)) }
            return .lattice(lattice)
        case .linear(var linear):
            if up, linear.bits == 8 { return .float32 }
            linear.bits = Int(try stepped(Double(linear.bits), by: Double(step), in: PlanKnob.linearBits.range))
            return .linear(linear)
        }
    }

    private func turnSeed(_ plan: inout LayerPlan, up: Bool, isBig: Bool) throws(KnobRefusal) {
        let range = 0.0...Double(UInt32.max)
        let seed = plan.lattice?.dither.map { Double($0) } ?? Double(plan.sharing?.seed ?? 0)
        try plan.setSeed(UInt32(try stepped(seed, by: (up ? 1 : -1) * (isBig ? 10 : 1), in: range)))
    }

    /// Steps of 0.05 σ and of λ 0.02, five times as much for a big one.
    private func turnLattice(_ plan: inout LayerPlan, up: Bool, isBig: Bool) throws(KnobRefusal) {
        guard let lattice = plan.lattice else { return }
        let size = (up ? 1 : -1) * (isBig ? 5.0 : 1)
        if self == .step {
            let step = try stepped(lattice.step, by: 0.05 * size, in: PlanKnob.latticeStep.range)
            try plan.setLattice { $0.step = step }
        } else {
            let lambda = try stepped(lattice.lambda, by: 0.02 * size, in: PlanKnob.latticeLambda.range)
            try plan.setLattice { $0.lambda = lambda }
        }
    }

    private func next(_ word: String, up: Bool) -> String {
        guard let index = choices.firstIndex(of: word) else { return choices.first ?? word }
        return choices[(index + (up ? 1 : choices.count - 1)) % choices.count]
    }
}

extension LayerPlan {
    mutating func setSharing(_ change: (inout WeightSharing) -> Void) throws(KnobRefusal) {
        guard var sharing else { throw .notAChoice(weights.name, choices: ["shared"]) }
        change(&sharing)
        weights = .shared(sharing)
    }

    mutating func setLattice(_ change: (inout LatticeQuantization) -> Void) throws(KnobRefusal) {
        guard var lattice else { throw .notAChoice(weights.name, choices: ["entropy", "universal"]) }
        change(&lattice)
        weights = .lattice(lattice)
    }

    /// The seed of the dither or of the random start.
    mutating func setSeed(_ seed: UInt32) throws(KnobRefusal) {
        if lattice != nil { try setLattice { $0.dither = seed } } else { try setSharing { $0.seed = UInt64(seed) } }
    }

    mutating func setLinear(_ change: (inout LinearQuantization) -> Void) throws(KnobRefusal) {
        guard var linear else { throw .notAChoice(weights.name, choices: ["linear"]) }
        change(&linear)
        weights = .linear(linear)
    }
}
