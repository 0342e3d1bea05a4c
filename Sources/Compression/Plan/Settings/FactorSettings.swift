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
            "share", \.amount.share, shares, help: "Of the largest rank of the method, rounded to a multiple of \(step) where it has one."
        ).alwaysWritten.knob("rank", id: "rank").turning { rank, layer, up, isBig in
            layer.flatMap { rank.turned(in: $0.geometry, up: up, isBig: isBig) }
        }.comingTo { $0.factorization(of: $1.geometry).text },
        PlanSetting("rank", \.amount.number, numbers, help: "So many, at most the largest rank.")
            .alwaysWritten.knob("rank", id: "rank").upTo { Double($0.largestAmount(of: $1.geometry)) },
        PlanSetting(nil, .words(["share", "number"].map { SettingWord($0) }), get: { .word($0.amount.word) }, set: { $0.choose($1) })
            .knob("rank by", id: "rankBy"),
        PlanSetting("method", \.method, .choice(of: FactorMethod.self, methods)).knob("method", id: "factorMethod")
            .of { $0.geometry.isConvolution },
        PlanSetting("weighting", \.weighting, .choice(of: Weighting.self, weightings)).knob("weighting") { $0.method == .channel },
        PlanSetting(
            "outputShare", \.outputs.share, shares,
            help: "Of the outputs with `tucker`, where their rank is another one than that of the inputs."
        ).knob("output rank", id: "outputRank", when: isTucker).idle(outputIdleness),
        PlanSetting("outputRank", \.outputs.number, numbers, help: "The same as a number.")
            .knob("output rank", id: "outputRank", when: isTucker).idle(outputIdleness)
            .upTo { Double($0.method.largestRanks(of: $1.geometry).last ?? 1) },
        PlanSetting(
            nil, .words(["same", "own"].map { SettingWord($0) }), get: { .word($0.outputs == nil ? "same" : "own") },
            set: { $0.outputs = $1 == .word("own") ? $0.amount : nil }
        ).knob("outputs", id: "outputsBy", when: isTucker),
    ]

    private static let isTucker: @Sendable (LowRank) -> Bool = { $0.method == .tucker }

    private static let outputIdleness: @Sendable (LowRank, Layer) -> IdleReason? = { rank, _ in
        guard !isTucker(rank) else { return nil }
        return IdleReason("the method \(rank.method.rawValue) has one rank", cure: "take 'method: tucker', or leave it out")
    }

    private static let methods: [FactorMethod: String] = [
        .channel: "two matrices; of a convolution the window, then 1 × 1", .spatial: "kh × 1, then 1 × kw",
        .tucker: "1 × 1, the window, 1 × 1",
    ]

    private static let weightings: [Weighting: String] = [
        .plain: "nearest to the weights", .outputs: "nearest to what the layer hands on for calibration examples",
    ]

    private static let shares = SettingKind.share(step: 0.01, big: 0.05, decimals: 0, prompt: "#, or 0%…100%")

    private static let numbers = SettingKind.whole(1...largest, big: Double(step))

    /// What it then says is up to ``keepingRank(of:in:)``.
    private mutating func choose(_ value: SettingValue) { amount = value == .word("share") ? .share(0.25) : .number(LowRank.step) }
}

extension LowRank.Amount {
    fileprivate var word: String { if case .share = self { "share" } else { "number" } }

    /// Nil for a number. Setting nil changes nothing.
    fileprivate var share: Double? {
        get { if case .share(let share) = self { share } else { nil } }
        set { if let newValue { self = .share(newValue) } }
    }

    /// Nil for a share. Setting nil changes nothing.
    fileprivate var number: Int? {
        get { if case .number(let number) = self { number } else { nil } }
        set { if let newValue { self = .number(newValue) } }
    }
}

extension LowRank.Amount? {
    /// Nil for a number and for nothing. Setting nil changes nothing.
    fileprivate var share: Double? {
        get { if case .share(let share) = self { share } else { nil } }
        set { if let newValue { self = .share(newValue) } }
    }

    /// Nil for a share and for nothing. Setting nil changes nothing.
    fileprivate var number: Int? {
        get { if case .number(let number) = self { number } else { nil } }
        set { if let newValue { self = .number(newValue) } }
    }
}

extension FactorMethod: SettingConvertible {}
extension LowRank.Weighting: SettingConvertible {}
