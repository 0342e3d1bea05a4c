extension FormSettings {
    static let linear = FormSettings(
        "linear", LinearQuantization.settings,
        from: { if case .linear(let linear) = $0 { linear } else { nil } }, to: { .linear($0) },
        make: { old, bits in .linear(LinearQuantization(bits: max(2, bits ?? old.bitsToTakeOver ?? 8))) })
}

extension LinearQuantization {
    static let settings: [PlanSetting<LinearQuantization>] =
        [
            PlanSetting("bits", \.bits, .whole(bitRange, big: 2)).required.knob("bits"),
            PlanSetting(
                "symmetric", \.isSymmetric,
                .flag(
                    on: "symmetric", off: "asymmetric",
                    meanings: (
                        "codes −(2^(b−1) − 1)…2^(b−1) − 1", "0…2^b − 1 with a zero point and a range that contains 0"
                    ))
            ).knob("codes", id: "symmetry"),
        ] + cellSettings(each: "scale") + [
            PlanSetting("clip", \.clip, clips, help: "Where the range of the codes ends.").knob("clip")
                .holding([percentile], from: .word("percentile"), example: "{percentile: 99.9}")
        ]

    private static let clips = SettingKind.words([
        SettingWord("max", meaning: "at the largest |w|"), SettingWord("mse", meaning: "the least squared error of the survivors"),
        SettingWord("percentile", isInFiles: false),
    ])

    private static let percentile = PlanSetting<LinearQuantization>(
        "percentile", \.percentile, .number(0...100, step: 0.1, big: 1), help: "Of |w|."
    ).required.knob("percentile")

    /// Of the clip; nil for another one.
    private var percentile: Double? {
        get { if case .percentile(let percentile) = clip { percentile } else { nil } }
        set { if let newValue { clip = .percentile(newValue) } }
    }
}

extension LinearQuantization.Clip: SettingConvertible {
    var settingValue: SettingValue {
        switch self {
        case .maximum: .word("max")
        case .meanSquaredError: .word("mse")
        case .percentile: .word("percentile")
        }
    }

    init?(setting: SettingValue) {
        switch setting {
        case .word("max"): self = .maximum
        case .word("mse"): self = .meanSquaredError
        case .word("percentile"): self = .percentile(99.9)
        default: return nil
        }
    }
}
