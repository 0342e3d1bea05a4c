import Compression

extension Knob {
    /// The plan with a typed value: a number in the knob's range, or the beginning of one of its words.
    ///
    /// - Throws: `KnobRefusal` that says what is allowed, in the words of the prompt.
    public func typed(_ text: String, in plan: LayerPlan) throws(KnobRefusal) -> LayerPlan {
        do throws(KnobRefusal) {
            return try parsed(text, in: plan)
        } catch {
            if case .outOfRange = error, choices.isEmpty { throw .notAllowed(rangeText(in: plan)) }
            throw error
        }
    }

    private func parsed(_ text: String, in plan: LayerPlan) throws(KnobRefusal) -> LayerPlan {
        let text = text.trimmingBlanks.lowercased()
        var plan = plan
        switch self {
        case .amount: plan.pruning.amount = try Self.amount(text, plan.pruning.criterion)
        case .bits: plan.weights = try Self.bits(text, plan.weights)
        case .representation: plan.weights = try typedRepresentation(text, from: plan.weights)
        case .seed:
            let seed = try Self.whole(text, in: 0...Double(UInt32.max))
            try plan.setSeed(UInt32(seed))
        case .percentile:
            let percent = try Self.number(text, in: PlanKnob.percentile.range)
            try plan.setLinear { $0.clip = .percentile(percent) }
        case .step:
            let step = try Self.number(text, in: PlanKnob.latticeStep.range)
            try plan.setLattice { $0.step = step }
        case .lambda:
            let lambda = try Self.number(text, in: PlanKnob.latticeLambda.range)
            try plan.setLattice { $0.lambda = lambda }
        case .activations: plan.activations = try Self.activations(text, plan.activations)
        case .indexBits:
            plan.indexBits = text == "default" ? nil : try Self.whole(text, in: PlanKnob.indexBits.range)
        case .temperature: break
        default: try choose(try word(text), in: &plan)
        }
        return plan
    }

    /// A number inside a range; a comma is taken for a point.
    static func number(
        _ text: String, in range: ClosedRange<Double>, unit: String = ""
    ) throws(KnobRefusal) -> Double {
        let plain = String(text.map { $0 == "," ? "." : $0 == "−" ? "-" : $0 })
        guard let value = Double(plain), value.isFinite else { throw .notANumber(text) }
        guard range.contains(value) else { throw .outOfRange(range, unit: unit) }
        return value
    }

    static func whole(_ text: String, in range: ClosedRange<Double>) throws(KnobRefusal) -> Int {
        let value = try number(text, in: range)
        guard value == value.rounded() else { throw .notWhole(text) }
        return Int(value)
    }

    /// A level may be typed as a fraction or in per cent.
    private static func amount(_ text: String, _ criterion: Pruning.Criterion) throws(KnobRefusal) -> Double {
        guard criterion == .level else { return try number(text, in: PlanKnob.ratio.range) }
        guard text.hasSuffix("%") else { return try number(text, in: PlanKnob.level.range, unit: ", or per cent: 80%") }
        return try number(String(text.dropLast()).trimmingBlanks, in: 0...100, unit: "%") / 100
    }

    /// 32 and 16 make floats; fewer bits keep linear weights linear and make others shared.
    private static func bits(_ text: String, _ weights: WeightRepresentation) throws(KnobRefusal) -> WeightRepresentation {
        let bits = try whole(text, in: 1...32)
        switch (bits, weights) {
        case (32, _): return .float32
        case (16, .bfloat16): return .bfloat16
        case (16, _): return .float16
        case (2...8, .linear(var linear)):
            linear.bits = bits
            return .linear(linear)
        case (_, .linear): throw .outOfRange(PlanKnob.linearBits.range, unit: ", 16 or 32")
        case (1...8, .lattice(var lattice)):
            lattice.bits = bits
            return .lattice(lattice)
        case (1...8, .dorefa): return .dorefa(bits: bits)
        case (1...8, .shared(var sharing)):
            sharing.bits = bits
            return .shared(sharing)
        case (1...8, _): return .shared(WeightSharing(bits: bits))
        default: throw .outOfRange(PlanKnob.sharedBits.range, unit: ", 16 or 32")
        }
    }

    /// `linear`, or with bits `linear 4`.
    private func typedRepresentation(
        _ text: String, from old: WeightRepresentation
    ) throws(KnobRefusal) -> WeightRepresentation {
        let parts = text.split(separator: " ", maxSplits: 1).map(String.init)
        let name = try word(parts.first ?? text)
        guard parts.count > 1 else { return Self.representation(name, from: old) }
        let range = name == "linear" ? PlanKnob.linearBits.range : PlanKnob.sharedBits.range
        guard ["linear", "shared", "dorefa", "entropy", "universal"].contains(name) else { throw .notAChoice(text, choices: choices) }
        return Self.representation(name, from: old, bits: try Self.whole(parts[1], in: range))
    }

    private func word(_ text: String) throws(KnobRefusal) -> String {
        if choices.contains(text) { return text }
        let found = choices.filter { !text.isEmpty && $0.hasPrefix(text) }
        guard found.count == 1 else { throw .notAChoice(text, choices: choices) }
        return found[0]
    }
}

extension String {
    /// Without blanks at both ends.
    var trimmingBlanks: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
