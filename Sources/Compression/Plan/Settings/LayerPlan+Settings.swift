import Networks

extension LayerPlan {
    /// Every setting of a layer, in the order of the keys of files; those of a representation of weights are in its form.
    public static let settings = Pruning.settings + representation + others

    /// Those of every layer, whatever its representation.
    public static let ownSettings = Pruning.settings + others

    private static let others: [PlanSetting<LayerPlan>] = [
        PruningPattern.setting, keepSetting,
        PlanSetting(
            "biases", \.biases,
            .choice(of: BiasRepresentation.self, [.int8: "symmetric, scale at max|b|", .int4: "the same with levels −7…7"])
        )
        .knob("biases").of { $0.bias != nil }.idle { _, layer in
            layer.bias == nil ? IdleReason("there is no bias") : nil
        },
        PlanSetting(
            "bypass", \.bypass, .flag(meanings: ("leaves the layer as in the original while the other keys keep their values", ""))),
        PlanSetting(
            "indexBits", \.indexBits, indexBits,
            help: "Bits of a gap between two weights that stay; a longer gap costs a filler. * marks the default."
        ).knob("index"),
        WeightFit.setting, MaskChoice.setting,
        ActivationQuantization.setting,
        WeightCoding.setting,
    ]

    /// What plan files say of the factors of a layer, each a mapping of the settings that a factor has.
    public static let partSettings: [PlanSetting<LayerPlan>] = FactorPart.Side.allCases.map { side in
        let lifted = ofParts.map { setting -> PlanSetting<LayerPlan> in
            setting.lifted(from: { (layer: LayerPlan) in layer[side] }, to: { plan, layer in layer[side] = plan })
        }
        return PlanSetting(side.rawValue, .mapping, get: { _ in nil }, set: { _, _ in }).holding(lifted)
    }

    /// What a plan file may say of a layer, the factors behind what is said of the whole.
    public static let fileSettings = settings + partSettings

    /// The settings that a factor has of its own: all but those of what the layer hands on, of its bias, and of other layers.
    private static let ofParts = settings.filter { !["scope", "fit", "mask", "biases", "activations", "factors"].contains($0.key) }

    /// The settings with all that is in them.
    public static let allSettings = settings.flatMap(\.withChildren)

    private static let representation: [PlanSetting<LayerPlan>] =
        [
            PlanSetting("weights", .words(FormSettings.all.filter(\.isWord).map { SettingWord($0.name) }), get: word, set: choose)
        ] + FormSettings.all.compactMap(\.mapping) + [
            // What is shown where the form has no bits of its own to choose.
            PlanSetting(nil, .whole(1...32), get: { .number(Double($0.weights.bits)) }, set: { _, _ in })
                .knob("bits", id: "bits").copying(\.weights),
            PlanSetting(
                nil, .words(representations.map { SettingWord($0) }), get: { .word($0.weights.name) }, set: choose
            ).knob("weights", id: "representation").copying(\.weights),
        ]

    /// The forms as the screen goes through them: from floats to fewer bits, the usual ones first.
    private static let representations: [String] = {
        let first = ["float32", "float16", "bfloat16", "linear", "shared", "nf4"]
        return first + FormSettings.all.map(\.name).filter { !first.contains($0) }
    }()

    private static let word: @Sendable (LayerPlan) -> SettingValue? = { plan in
        plan.weights.form.settings.mapping == nil ? .word(plan.weights.name) : nil
    }

    private static let choose: @Sendable (inout LayerPlan, SettingValue) -> Void = { plan, value in
        if case .word(let word) = value, let form = FormSettings.named(word) { plan.weights = form.taking(over: plan.weights) }
    }

    private static let indexBits = SettingKind.whole(1...16, big: 4, prompt: "#, or default") {
        $0.unset = .init(word: SettingWord("default", isInFiles: false), meaning: "8 for convolutions, 5 for the rest") { layer in
            Double(HanAccounting.defaultIndexBits(isConvolution: layer.isConvolution))
        }
    }
}

extension BiasRepresentation: SettingConvertible {}

extension WeightCoding {
    static let setting = PlanSetting<LayerPlan>(
        "coder", .words(([smallest] + allCases.map(\.name)).map { SettingWord($0) }),
        help: "How the levels are written to a file; a way that can't hold them is left for the smallest.",
        get: { .word($0.coder?.name ?? smallest) },
        set: { plan, value in
            if case .word(let word) = value { plan.coder = WeightCoding(name: word) }
        }
    ).knob("coder").idle { plan, _ in
        let isOfPatterns = plan.coder == .pattern || plan.coder == .patternHuffman
        return isOfPatterns && plan.pattern == nil
            ? IdleReason("its weights have no pattern", cure: "give it a pattern, or another coder") : nil
    }

    private static let smallest = "smallest"
}
