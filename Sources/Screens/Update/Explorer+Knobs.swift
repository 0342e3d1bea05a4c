import Compression
import Networks
import Sessions

extension Explorer {
    /// The knob that the arrow keys turn: the temperature while the example has the keys.
    public var activeKnob: Knob {
        if focus == .example { return .temperature }
        guard let layer = selectedLayer else { return .temperature }
        if knob.applies(to: plan(of: layer), of: layer) || appliesToSums(knob) { return knob }
        return plan(of: layer).hasAmount ? .amount : .pattern
    }

    /// The active knob's value as text.
    public var knobText: String { text(of: activeKnob) }

    /// A knob's value in the selected layer, or in the layers of the selected group.
    public func text(of knob: Knob) -> String {
        if let setting = knob.whole { return setting.text(in: resolvedPlan) }
        return text(of: knob, in: targets)
    }

    /// What the number of a knob comes to in the layers that are turned; nil where they differ or the number says all.
    func inForce(of knob: Knob) -> String? {
        guard knob.hasInForce else { return nil }
        let texts = Set(targets.map { knob.inForce(in: plan(of: $0), of: $0) })
        return texts.count == 1 ? texts.first.flatMap(\.self) : nil
    }

    /// Turns a knob of the selected layer, or of all layers of the selected group, one step.
    mutating func turn(_ knob: Knob, up: Bool, isBig: Bool, time: Int64) {
        attempt { (explorer: inout Explorer) throws(KnobRefusal) in
            guard let setting = knob.whole else { return try explorer.turnTargets(knob, up: up, isBig: isBig, time: time) }
            let next = try setting.turned(explorer.resolvedPlan, up: up, isBig: isBig)
            explorer.change(setting, to: next, isStep: true, time: time)
            explorer.saySums(knob)
        }
    }

    /// Sets a knob of the selected layer, or of all layers of the selected group, to what was typed.
    mutating func type(_ text: String, into knob: Knob, time: Int64) throws(KnobRefusal) {
        if let setting = knob.whole {
            change(setting, to: try setting.typed(text, in: resolvedPlan), isStep: false, time: time)
            return saySums(knob)
        }
        try changeTargets(knob, isStep: false, time: time) { (plan, layer) throws(KnobRefusal) in try knob.typed(text, in: plan, of: layer)
        }
    }

    /// Runs something that a knob may refuse, and shows the refusal.
    mutating func attempt(_ body: (inout Explorer) throws(KnobRefusal) -> Void) {
        do throws(KnobRefusal) { try body(&self) } catch { say(error.message, .warning) }
    }

    /// Puts a plan into force in which a setting of the whole network is another.
    mutating func change(_ setting: PlanSetting<ResolvedPlan>, to next: ResolvedPlan, isStep: Bool, time: Int64) {
        let kind = ChangeKind(key: setting.id, isStep: isStep, time: time) { change in
            let before = change.applied(to: next, isUndone: true)
            return "\(setting.name) \(setting.text(in: before)) → \(setting.text(in: change.applied(to: next)))"
        }
        change(to: next, kind)
    }

    mutating func setLossWeights(_ value: LossWeights, isStep: Bool, time: Int64) {
        var next = resolvedPlan
        next.lossWeights = value
        let kind = ChangeKind(key: "loss weights", isStep: isStep, time: time) { change in
            "distillation weight \((change.lossWeightsBefore ?? value).distillation.decimals(atLeast: 2)) → "
                + (change.lossWeightsAfter ?? value).distillation.decimals(atLeast: 2)
        }
        change(to: next, kind)
    }

    /// Puts a layer's new plan into force together with those that it is ranked with.
    mutating func set(_ plan: LayerPlan, of layer: Layer, _ knob: Knob, isStep: Bool, time: Int64) throws(KnobRefusal) {
        let old = self.plan(of: layer)
        let new = try desk.converted(plan, from: old, of: layer, distribution(of: layer))
        let together = desk.ranked(new, from: old, of: layer, knob)
        let isGlobal = together.count > 1
        let key = isGlobal ? "global/\(knob.rawValue)" : "\(layer.weight)/\(knob.rawValue)"
        let subject = isGlobal ? "global" : layer.name
        let kind = ChangeKind(key: key, isStep: isStep, time: time) { change in
            guard let before = change.before.plan(of: layer), let after = change.after.plan(of: layer) else {
                return "\(subject) \(knob.name(in: new))"
            }
            return "\(subject) \(knob.name(in: after)) \(knob.text(in: before, of: layer)) → \(knob.text(in: after, of: layer))"
        }
        change(together, kind)
        if let remark = Self.remark(on: knob, from: old, to: new) ?? sumsRemark(on: knob, of: layer) { say(remark) }
    }

    /// What a turn did beside the knob itself.
    private static func remark(on knob: Knob, from old: LayerPlan, to new: LayerPlan) -> String? {
        guard knob == .bits, old.weights.name != new.weights.name else { return nil }
        return "\(old.weights.name) weights became \(new.weights.name), \(new.weights.bits) bits; "
            + "the knob after bits chooses how weights are stored"
    }
}
