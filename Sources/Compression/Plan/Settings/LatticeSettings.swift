extension FormSettings {
    static let entropy = lattice("entropy", LatticeQuantization.settings) { $0 == nil }

    static let universal = lattice("universal", LatticeQuantization.settings + [LatticeQuantization.seed]) { $0 != nil }

    /// One of the two: step and λ stay between them, other bits become a step.
    private static func lattice(
        _ name: String, _ settings: [PlanSetting<LatticeQuantization>], has dither: @escaping @Sendable (UInt32?) -> Bool
    ) -> FormSettings {
        FormSettings(
            name, settings,
            from: { if case .lattice(let lattice) = $0, dither(lattice.dither) { lattice } else { nil } }, to: { .lattice($0) },
            make: { old, bits in
                var lattice = if case .lattice(let lattice) = old { lattice } else { LatticeQuantization(step: 0.5) }
                if let bits = bits ?? old.bitsToTakeOver { lattice.bits = bits }
                lattice.dither = dither(nil) ? nil : lattice.dither ?? 1
                return .lattice(lattice)
            })
    }
}

extension LatticeQuantization {
    private static let steps = 0.01...16.0

    static let settings: [PlanSetting<LatticeQuantization>] = [
        PlanSetting(
            "step", \.step, .number(steps, step: 0.05, big: 0.25, decimals: 2, prompt: "# times σ"),
            help: "Δ in σ of the layer's dense weights."
        ).required.named("step").knob("step"),
        PlanSetting(
            "lambda", \.lambda,
            .number(0...10, step: 0.02, big: 0.1, decimals: 2, prompt: "#: what a bit may cost in squared steps"),
            help: "What a bit may cost in Δ²; 0 takes the nearest level."
        ).alwaysWritten.named("lambda").knob("λ", id: "lambda"),
        PlanSetting("rate", \.rate, rates).knob("rate"),
        // The knob of bits halves and doubles the step.
        PlanSetting(nil, \.bits, .whole(bitRange)).knob("bits", id: "bits").turning { lattice, _, up, _ in
            var lattice = lattice
            lattice.step *= up ? 0.5 : 2
            return steps.contains(lattice.step) ? lattice : nil
        },
    ]

    static let seed = PlanSetting<LatticeQuantization>(
        "seed", \.dither, .seed(bits: 32), help: "Of the dither, below 2^32; only of `universal`."
    ).knob("seed")

    private static let rates = SettingKind.choice(
        of: Rate.self,
        [
            .contexts:
                "whether a weight is 0 costs by how full its row and column are and by its neighbours, as the arithmetic coder sees them",
            .independent: "the entropy of the layer's levels",
        ])
}

extension LatticeQuantization.Rate: SettingConvertible {}
