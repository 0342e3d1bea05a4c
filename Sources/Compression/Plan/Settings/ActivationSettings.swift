import Networks

extension ActivationQuantization {
    static let setting = PlanSetting<LayerPlan>(
        "activations", bits,
        help: "Bits of the values that the layer hands on, on levels from 0 to a clip: calibrated (least squared error on 512 examples) "
            + "or learned; sign is −1 or +1.",
        get: { value($0.activations) },
        set: { plan, value in
            switch value {
            case .word("float"): plan.activations = nil
            case .word("sign"): plan.activations = .sign
            default: plan.activationBits = Int(setting: value)
            }
        }
    )
    .knob("act")
    .holding(
        [
            PlanSetting("bits", \.activationBits, .whole(bitRange)).required,
            PlanSetting("clip", \.activationClip, clips).alwaysWritten.knob("act clip", id: "activationClip"),
        ], from: .number(Double(bitRange.upperBound)), example: "{bits: 4, clip: calibrated}"
    )
    .writtenLast.copying(\.activations).of { !$0.givesLogits && $0.part == nil }.idle { _, layer in
        layer.isRecurrent
            ? IdleReason("gates and states of a recurrent layer are never quantized")
            : layer.givesLogits ? IdleReason("logits are never quantized") : nil
    }

    /// 8…1, float above them and signs below.
    private static let bits = SettingKind.whole(bitRange, big: 2, prompt: "#, sign or float") {
        $0.above = SettingWord("float", isInFiles: false, alias: "32")
        $0.below = SettingWord("sign")
    }

    private static let clips = SettingKind.choice(
        of: Clip.self, [.calibrated: "stays as it is", .learned: "trained by its gradient"])

    private static func value(_ activations: ActivationQuantization?) -> SettingValue {
        switch activations {
        case nil: .word("float")
        case .sign: .word("sign")
        case .clipped(let bits, _): .number(Double(bits))
        }
    }
}

extension LayerPlan {
    /// Bits of activations up to a clip, which they keep; nil for others. Setting nil changes nothing.
    fileprivate var activationBits: Int? {
        get { if case .clipped(let bits, _) = activations { bits } else { nil } }
        set { if let newValue { activations = .clipped(bits: newValue, clip: activationClip ?? .calibrated) } }
    }

    /// Where that clip comes from.
    fileprivate var activationClip: ActivationQuantization.Clip? {
        get { if case .clipped(_, let clip) = activations { clip } else { nil } }
        set { if let newValue, let activationBits { activations = .clipped(bits: activationBits, clip: newValue) } }
    }
}

extension ActivationQuantization.Clip: SettingConvertible {}
