import Compression
import Networks

/// Something that the arrow keys turn: settings of one id, of which a layer's plan has one or none, or a setting of the whole plan.
public struct Knob: Hashable, Sendable, CaseIterable, CustomStringConvertible {
    /// What the history calls it.
    public let rawValue: String
    /// That of the plan as it stands is turned.
    let settings: [PlanSetting<LayerPlan>]
    /// The setting of the whole plan, for a knob that belongs to no layer.
    let whole: PlanSetting<ResolvedPlan>?
    /// Whether its number may come to another one in a layer.
    let hasInForce: Bool

    private init(_ id: String) {
        rawValue = id
        settings = LayerPlan.allSettings.filter { $0.id == id && $0.word != nil }
        whole = Self.ofAll.first { $0.id == id }
        hasInForce = settings.contains(where: \.hasOutcome)
    }

    public static func == (first: Knob, second: Knob) -> Bool { first.rawValue == second.rawValue }

    public var description: String { rawValue }

    public func hash(into hasher: inout Hasher) { hasher.combine(rawValue) }
}

extension Knob {
    /// The pruning ratio or level.
    public static let amount = Knob("amount")
    public static let bits = Knob("bits")
    public static let representation = Knob("representation")
    public static let criterion = Knob("criterion")
    public static let scope = Knob("scope")
    /// What shape pruning keeps to.
    public static let pattern = Knob("pattern")
    /// Bits of the values that the layer hands on, and where their clip comes from.
    public static let activations = Knob("activations")
    public static let activationClip = Knob("activationClip")
    /// How the levels are written to a file.
    public static let coder = Knob("coder")
    /// Of distillation, for the whole network.
    public static let temperature = Knob("temperature")

    /// What sums hand on, for the whole network, and where their clips come from.
    public static let sums = Knob("sums")
    public static let sumsClip = Knob("sumsClip")

    /// The settings of the whole plan that are knobs.
    private static let ofAll = ResolvedPlan.settings.flatMap(\.withChildren).filter { $0.word != nil }

    /// The order of Tab; a knob that is not named here comes after these, and then those of the whole plan.
    private static let order = [
        "amount", "bits", "representation", "rank", "rankBy", "factorMethod", "outputRank", "outputsBy", "weighting", "start", "method",
        "seed", "symmetry", "channels", "clip", "percentile",
        "scale", "step",
        "lambda", "rate", "criterion", "scope", "deviation", "biases", "activations", "activationClip", "indexBits", "coder",
    ]

    public static let allCases: [Knob] = {
        var ids: [String] = []
        let layers = LayerPlan.allSettings.filter { $0.word != nil }.map(\.id)
        let whole = ofAll.map(\.id)
        for id in order.filter(layers.contains) + layers + whole where !ids.contains(id) { ids.append(id) }
        return ids.map { Knob($0) }
    }()

    /// The knobs of a layer in the order of Tab.
    public static func knobs(of plan: LayerPlan, layer: Layer) -> [Knob] {
        allCases.filter { $0.applies(to: plan, of: layer) }
    }
}

extension Knob {
    /// The setting that it turns in a plan; nil where the plan has none.
    func setting(in plan: LayerPlan) -> PlanSetting<LayerPlan>? { settings.first { $0.value(in: plan) != nil } }

    /// Whether the knob changes anything in a layer with this plan; others are left out of the inspector and of Tab's way, and so are those of sums, which a layer does not know of.
    public func applies(to plan: LayerPlan, of layer: Layer) -> Bool {
        whole != nil && !isOfSums || setting(in: plan)?.isUsed(in: plan, of: layer) == true
    }

    /// The word before the value: `ratio`, `bits`.
    public func name(in plan: LayerPlan) -> String { (setting(in: plan) ?? settings.first)?.word ?? whole?.word ?? "" }

    /// The value as labels and the inspector show it: `0.50`, `5`, `shared`.
    public func text(in plan: LayerPlan, of layer: Layer) -> String { setting(in: plan)?.text(in: plan, of: layer) ?? "" }

    /// What its number comes to in a layer, `48` of 10 %; nil where the number says all.
    func inForce(in plan: LayerPlan, of layer: Layer) -> String? {
        setting(in: plan)?.outcome(in: plan, of: layer)
    }

    /// What may be typed, for the prompt.
    public func rangeText(in plan: LayerPlan, of layer: Layer? = nil) -> String {
        if self == .bits { return bitsText(in: plan) }
        return (setting(in: plan) ?? settings.first)?.rangeText(in: plan, of: layer) ?? whole?.rangeText() ?? ""
    }

    /// Whether it goes through words, round and round.
    var isOfWords: Bool { settings.contains { !$0.kind.words.isEmpty } }

    /// The plan after one step up or down; a big step is five small ones or so, and words go round.
    ///
    /// - Throws: `KnobRefusal` where the knob is at its end.
    public func turned(_ plan: LayerPlan, of layer: Layer, up: Bool, isBig: Bool) throws(KnobRefusal) -> LayerPlan {
        if self == .bits { return try turnedBits(plan, of: layer, up: up, isBig: isBig) }
        let next = try setting(in: plan)?.turned(plan, of: layer, up: up, isBig: isBig) ?? plan
        // A factor has no factors, nor have layers that can't become several: the words go on.
        let isLeftOut = self == .representation && next.weights.isProduct && next.weights.form.obstacle(in: layer) != nil
        return isLeftOut || layer.part != nil && next.weights.isProduct ? try turned(next, of: layer, up: up, isBig: isBig) : next
    }

    /// The plan with a typed value: a number in the knob's range, or the beginning of one of its words.
    ///
    /// - Throws: `KnobRefusal` that says what is allowed, in the words of the prompt.
    public func typed(_ text: String, in plan: LayerPlan, of layer: Layer? = nil) throws(KnobRefusal) -> LayerPlan {
        if self == .bits { return try typedBits(text, in: plan) }
        guard let setting = setting(in: plan) else {
            let forms = FormSettings.all.filter { $0.list.contains { $0.id == rawValue } }
            throw .notAChoice(plan.weights.name, choices: forms.map(\.name))
        }
        if self == .representation, let plan = try typedForm(text, in: plan, setting) { return plan }
        let typed = try setting.typed(text, in: plan, of: layer)
        if layer?.part != nil, typed.weights.isProduct {
            throw .notAChoice(text, choices: setting.kind.words.map(\.shown).filter { $0 != typed.weights.name })
        }
        return typed
    }

    /// Another layer's plan with this knob's value; nil where the knob has no meaning there.
    package func copied(from source: LayerPlan, to target: LayerPlan, layer: Layer) -> LayerPlan? {
        guard let setting = setting(in: source), setting.fits(layer) else { return nil }
        if self == .bits, source.weights.isProduct || target.weights.isProduct { return nil }
        var plan = target
        setting.copy(from: source, to: &plan)
        plan.weights = plan.weights.limited(to: layer.geometry)
        return plan
    }
}
