import Compression
import Networks
import Sessions

extension Explorer {
    /// Switches the selected layer, or the layers of the selected group, between plan and original; all of a group one way.
    mutating func toggleBypass(time: Int64) {
        let isOn = targets.contains { !plan(of: $0).bypass }
        editTargets("bypass \(isOn ? "on" : "off")", key: "bypass", time: time) { $0.bypass = isOn }
        let name = targetName(width: .max)
        let verbs = targets.count == 1 ? ["is", "follows its"] : ["are", "follow their"]
        say(isOn ? "\(name) \(verbs[0]) \(bypassedText) until Space is pressed again" : "\(name) \(verbs[1]) plan")
    }

    /// What a layer without its plan is.
    var bypassedText: String { base == nil ? "as in the original" : "the float weights of the state (\(stateText))" }

    private mutating func editTargets(_ words: String, key: String, time: Int64, _ change: (inout LayerPlan) -> Void) {
        var plans: [String: LayerPlan] = [:]
        for layer in targets {
            var plan = plan(of: layer)
            change(&plan)
            plans[layer.weight] = plan
        }
        let name = targetName(width: .max)
        self.change(plans, ChangeKind(key: "\(name)/\(key)", isStep: false, time: time) { _ in "\(name) \(words)" })
    }

    /// Gives the active knob's value to every layer in the list, where it has a meaning.
    mutating func applyToAll(time: Int64) {
        guard let source = selectedLayer else { return }
        let knob = activeKnob
        let value = plan(of: source)
        var plans: [String: LayerPlan] = [:]
        // The value of a factor goes to those of its side.
        let others = source.part.map { part in visibleLayers.compactMap { self.part(part.side, of: $0) } } ?? visibleLayers
        for layer in others where layer != source {
            if let plan = knob.copied(from: value, to: plan(of: layer), layer: layer) { plans[layer.weight] = plan }
        }
        let changing = others.count { layer in plans[layer.weight].map { $0 != self.plan(of: layer) } ?? false }
        let noun = source.part.map { "\($0.side.rawValue) factors" } ?? "layers"
        let whose = filter.isEmpty ? "all \(noun)" : source.part == nil ? "layers with '\(filter)'" : "\(noun) of layers with '\(filter)'"
        let text = "\(whose) \(knob.name(in: value)) → \(knob.text(in: value, of: source))"
        guard changing > 0 else { return say("\(whose) have \(knob.name(in: value)) \(knob.text(in: value, of: source)) already") }
        change(plans, ChangeKind(key: "all/\(knob.rawValue)", isStep: false, time: time) { _ in text })
        say("\(text), \(changing) changed; u takes it back", .success)
    }

    /// Takes every knob of the selected layer, or of the layers of the selected group, back to the original.
    mutating func resetLayer(time: Int64) {
        let isSame = targets.allSatisfy { plan(of: $0) == .unchanged }
        let (name, verb) = (targetName(width: .max), targets.count == 1 ? "is" : "are")
        guard !isSame else { return say("\(name) \(targets.count == 1 ? "has" : "have") no plan: \(verb) \(bypassedText) already") }
        editTargets("reset", key: "reset", time: time) { $0 = .unchanged }
        say("\(name) \(verb) \(bypassedText); u takes it back")
    }

    /// Puts another plan into force as one change.
    mutating func replacePlan(_ new: ResolvedPlan, label: String, time: Int64, state: PlanChange.StateChange? = nil) {
        let isSame = new == resolvedPlan && state == nil
        change(to: new, ChangeKind(key: "plan", isStep: false, time: time) { _ in label }, state: state)
        say(isSame ? "the plan is the same already" : "\(label); u takes it back", isSame ? .information : .success)
    }
}
