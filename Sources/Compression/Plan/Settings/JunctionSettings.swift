import Networks

extension Distilling {
    /// What becomes of sums and Concats; written as a mapping of bits and clip, as ``LayerPlan/activations`` are.
    static var junctionSetting: PlanSetting<Self> {
        PlanSetting(
            "sums", bits,
            help: "Bits of what sums of two ways of the network hand on, with the Relu behind them, and of Concats: in the place of the "
                + "quantizers of the layers right before them. What may be below 0 stays float.",
            get: { $0.sums?.bits.map { .number(Double($0)) } ?? .word("float") },
            set: { plan, value in
                if value == .word("float") { plan.sums = nil } else { plan.sumBits = Int(setting: value) }
            }
        )
        .knob("sums")
        .holding(
            [
                PlanSetting("bits", \.sumBits, .whole(ActivationQuantization.bitRange)).required,
                PlanSetting("clip", \.sumClip, clips).alwaysWritten.knob("sums clip", id: "sumsClip"),
            ], from: .number(Double(ActivationQuantization.bitRange.upperBound)), example: "{bits: 8, clip: calibrated}")
    }

    private static var bits: SettingKind {
        .whole(ActivationQuantization.bitRange, big: 2, prompt: "# or float") {
            $0.above = SettingWord("float", isInFiles: false, alias: "32")
        }
    }

    private static var clips: SettingKind {
        .choice(of: ActivationQuantization.Clip.self, [.calibrated: "stays as it is", .learned: "trained by its gradient"])
    }

    /// Bits of sums, which keep their clip; nil of floats. Setting nil changes nothing.
    private var sumBits: Int? {
        get { sums?.bits }
        set { if let newValue { sums = .clipped(bits: newValue, clip: sums?.clip ?? .calibrated) } }
    }

    /// Where that clip comes from.
    private var sumClip: ActivationQuantization.Clip? {
        get { sums?.clip }
        set { if let newValue, let sumBits { sums = .clipped(bits: sumBits, clip: newValue) } }
    }
}
