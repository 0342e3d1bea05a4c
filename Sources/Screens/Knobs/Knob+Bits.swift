import Compression
import Networks

/// Bits lead from one representation to another.
extension Knob {
    /// Floats become shared on the way down; the most bits of a representation become float32 on the way up. A product stays, whose floats have no
    /// bits of their own.
    func turnedBits(_ plan: LayerPlan, of layer: Layer, up: Bool, isBig: Bool) throws(KnobRefusal) -> LayerPlan {
        var plan = plan
        if let bits = plan.weights.form.settings.bits {
            guard up, !bits.hasOwnTurn, bits.value(in: plan)?.number == bits.kind.numbers?.range.upperBound else {
                return try bits.turned(plan, of: layer, up: up, isBig: isBig)
            }
            plan.weights = .float32
            return plan
        }
        let (bits, form) = (plan.weights.bits, plan.weights.name)
        guard bits >= 16, !plan.weights.isProduct else { throw .fixedBits(representation: form, bits: bits) }
        if up, plan.weights == .float32 { throw .atLimit(name: name(in: plan), value: text(in: plan, of: layer)) }
        plan.weights = up ? .float32 : .shared(WeightSharing(bits: WeightSharing.bitRange.upperBound))
        return plan
    }

    /// 32 and 16 make floats; fewer bits keep a representation that has them and make others shared.
    func typedBits(_ text: String, in plan: LayerPlan) throws(KnobRefusal) -> LayerPlan {
        var plan = plan
        let refusal = KnobRefusal.notAllowed(bitsText(in: plan))
        let bits = try Self.whole(text.trimmingBlanks, in: 1...32, refusal)
        switch bits {
        case plan.weights.bits where plan.weights.isProduct: break
        case _ where plan.weights.isProduct: throw .fixedBits(representation: plan.weights.name, bits: plan.weights.bits)
        case 32: plan.weights = .float32
        case 16: plan.weights = plan.weights == .bfloat16 ? .bfloat16 : .float16
        case _ where !Self.bits(of: plan).contains(bits): throw refusal
        default: plan.weights = plan.weights.bitRange == nil ? .shared(WeightSharing(bits: bits)) : plan.weights.withBits(bits)
        }
        return plan
    }

    func bitsText(in plan: LayerPlan) -> String {
        if plan.weights.isProduct { return String(plan.weights.bits) }
        let bits = Self.bits(of: plan)
        return "\(bits.lowerBound)…\(bits.upperBound), 16 or 32"
    }

    private static func bits(of plan: LayerPlan) -> ClosedRange<Int> { plan.weights.bitRange ?? WeightSharing.bitRange }

    /// `linear 4`; nil for a word alone.
    func typedForm(_ text: String, in plan: LayerPlan, _ setting: PlanSetting<LayerPlan>) throws(KnobRefusal) -> LayerPlan? {
        let parts = text.trimmingBlanks.lowercased().split(separator: " ", maxSplits: 1).map(String.init)
        guard parts.count > 1 else { return nil }
        let form = FormSettings.named(try setting.word(parts[0]).text)
        guard let form, let range = form.bits?.kind.numbers?.range else {
            throw .notAChoice(text, choices: setting.kind.words.map(\.shown))
        }
        var plan = plan
        plan.weights = form.taking(over: plan.weights, bits: try Self.whole(parts[1], in: range))
        return plan
    }
}
