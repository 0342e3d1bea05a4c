import Compression
import Frames
import Networks

/// What the knobs turn: the selected layer, with it all marked ones where it is marked, or all layers of the folded group that is selected.
extension Explorer {
    /// The folded group whose row is selected, nil where a layer's row is. Cost: O(groups), none where no group is folded.
    var selectedGroup: Int? {
        guard !folded.isEmpty, order == .file, filter.isEmpty, tree.isNested else { return nil }
        return tree.groups.indices.filter { folded.contains(tree.groups[$0].name) && holdsSelection($0) }
            .min { tree.groups[$0].depth < tree.groups[$1].depth }
    }

    /// The layers that the knobs turn.
    public var targets: [Layer] {
        // Not by `map`, whose closure would take a copy of the whole state.
        if let group = selectedGroup { return members(of: group) }
        if turnsMarked { return marked }
        if let layer = selectedLayer { return [layer] }
        return []
    }

    /// Whether the knobs turn all marked layers: the selected one is among them.
    private var turnsMarked: Bool { selectedLayer.map(isMarked) ?? false }

    /// `conv2`, or `1.0.block · 5 layers`; of a long name the end, which tells it from others.
    func targetName(width: Int) -> String {
        let ellipsis = String(glyphs.ellipsis)
        guard let group = selectedGroup else {
            if turnsMarked { return markedWords }
            return (selectedLayer?.name ?? "").truncatedAtStart(to: width, ellipsis: ellipsis)
        }
        let count = " \(glyphs.dot) \(tree.groups[group].members.count) layers"
        return tree.groups[group].name.truncatedAtStart(to: max(4, width - count.cellWidth), ellipsis: ellipsis) + count
    }

    /// How the history calls them.
    private func subject(of targets: [Layer]) -> String {
        guard let group = selectedGroup else { return turnsMarked ? markedNames : targets.first?.name ?? "" }
        return "\(tree.groups[group].name) (\(targets.count) layers)"
    }

    /// A knob's value in the layers that have it, ``mixed`` where they differ.
    func text(of knob: Knob, in layers: [Layer]) -> String {
        let texts = Set(layers.filter { knob.applies(to: plan(of: $0), of: $0) }.map { knob.text(in: plan(of: $0), of: $0) })
        return texts.count > 1 ? Self.mixed : texts.first ?? ""
    }

    static let mixed = "mixed"

    /// Turns a knob of every target: numbers each by one step, words all to the one that follows the first target's.
    mutating func turnTargets(_ knob: Knob, up: Bool, isBig: Bool, time: Int64) throws(KnobRefusal) {
        var word: String?
        let targets = targets
        if targets.count > 1, knob.isOfWords, let first = targets.first(where: { knob.applies(to: plan(of: $0), of: $0) }) {
            word = knob.text(in: try knob.turned(plan(of: first), of: first, up: up, isBig: isBig), of: first)
        }
        try changeTargets(knob, isStep: true, time: time) { (plan, layer) throws(KnobRefusal) in
            if let word { return try knob.typed(word, in: plan, of: layer) }
            return try knob.turned(plan, of: layer, up: up, isBig: isBig)
        }
    }

    /// Changes a knob of every target as one step of the history; targets without the knob, or that refuse the change, stay as they are.
    ///
    /// - Throws: the first refusal, where no target takes the change.
    mutating func changeTargets(
        _ knob: Knob, isStep: Bool, time: Int64, _ make: (LayerPlan, Layer) throws(KnobRefusal) -> LayerPlan
    ) throws(KnobRefusal) {
        let targets = targets
        guard targets.count > 1 else {
            guard let layer = targets.first else { return }
            return try set(make(plan(of: layer), layer), of: layer, knob, isStep: isStep, time: time)
        }
        var plans: [String: LayerPlan] = [:]
        var refusals: [KnobRefusal] = []
        for layer in targets where knob.applies(to: plan(of: layer), of: layer) {
            do throws(KnobRefusal) {
                let old = plan(of: layer)
                let new = try desk.converted(make(old, layer), from: old, of: layer, distribution(of: layer))
                plans.merge(desk.ranked(new, from: old, of: layer, knob)) { _, last in last }
            } catch { refusals.append(error) }
        }
        if plans.isEmpty, let refusal = refusals.first { throw refusal }
        if knob == .scope { joinRanking(targets, &plans) }
        record(knob, of: targets, plans, isStep: isStep, time: time)
        if !refusals.isEmpty { say("\(refusals.count) of \(targets.count) layers stay: \(refusals[0].message)") }
    }

    /// Layers that become global together have one amount, that of the first.
    private func joinRanking(_ targets: [Layer], _ plans: inout [String: LayerPlan]) {
        guard let first = targets.compactMap({ plans[$0.weight] }).first, first.pruning.scope == .global else { return }
        for layer in targets where plans[layer.weight] != nil { plans[layer.weight]?.pruning = first.pruning }
    }

    private mutating func record(_ knob: Knob, of targets: [Layer], _ plans: [String: LayerPlan], isStep: Bool, time: Int64) {
        let subject = subject(of: targets)
        let name = knob.name(in: selectedPlan)
        func text(_ found: [String: LayerPlan], else old: ResolvedPlan) -> String {
            let texts = Set(targets.map { knob.text(in: found[$0.weight] ?? old[$0.weight], of: $0) })
            return texts.count > 1 ? Self.mixed : texts.first ?? ""
        }
        let old = resolvedPlan
        let kind = ChangeKind(key: "\(subject)/\(knob.rawValue)", isStep: isStep, time: time) { change in
            "\(subject) \(name) \(text(change.before, else: old)) → \(text(change.after, else: old))"
        }
        change(plans, kind)
    }
}
