import Networks

extension FormSettings {
    static let factors = FormSettings(
        "factors", LowRank.settings, copiesToOthers: false, from: { if case .factors(let rank) = $0 { rank } else { nil } },
        to: { .factors($0) }, make: { _, _ in .factors(.share(0.25)) })
}

extension LowRank {
    /// The largest number that a plan may hold.
    private static let largest = 65_536

    static let settings: [PlanSetting<LowRank>] = [
        PlanSetting(
            "share", \.share, shares, help: "Of the largest rank min(rows, columns), rounded to a multiple of \(step) where it has one."
        ).alwaysWritten.knob("rank", id: "rank").turning { rank, layer, up, isBig in
            layer.flatMap { rank.turned(in: $0.shape, up: up, isBig: isBig) }
        },
        PlanSetting("rank", \.number, numbers, help: "So many columns times rows; at most the largest rank.")
            .alwaysWritten.knob("rank", id: "rank"),
        PlanSetting(nil, .words(["share", "number"].map { SettingWord($0) }), get: { .word($0.word) }, set: { $0.choose($1) })
            .knob("rank by", id: "rankBy"),
    ]

    private static let shares = SettingKind.share(step: 0.01, big: 0.05, decimals: 0, prompt: "#, or 0%…100%") {
        $0.inForce = { share, layer in Double(LowRank.share(share).rank(of: layer.shape)) }
    }

    private static let numbers = SettingKind.whole(1...largest, big: Double(step)) {
        $0.largest = { Double(max(1, LowRank.largest(of: $0.shape))) }
    }

    private var word: String { if case .share = self { "share" } else { "number" } }

    /// What it then says is up to ``keepingRank(of:in:)``.
    private mutating func choose(_ value: SettingValue) {
        self = value == .word("share") ? .share(0.25) : .number(LowRank.step)
    }

    /// Nil for a number. Setting nil changes nothing.
    private var share: Double? {
        get { if case .share(let share) = self { share } else { nil } }
        set { if let newValue { self = .share(newValue) } }
    }

    /// Nil for a share. Setting nil changes nothing.
    private var number: Int? {
        get { if case .number(let number) = self { number } else { nil } }
        set { if let newValue { self = .number(newValue) } }
    }
}
