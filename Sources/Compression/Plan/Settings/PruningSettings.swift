import Networks

extension Pruning {
    /// The ratios that a plan may hold.
    public static let ratios = 0.0...1_000.0

    public static let ratioSetting = PlanSetting<LayerPlan>(
        "ratio", \.pruning.ratio, .number(ratios, step: 0.05, big: 0.25, decimals: 2, prompt: "# times σ"),
        help: "Threshold t = ratio · σ; a weight stays when |w| > t."
    ).knob("ratio", id: "amount", when: \.hasAmount).copying(\.pruning).idle(amountIdleness)

    public static let levelSetting = PlanSetting<LayerPlan>(
        "level", \.pruning.level, .share(step: 0.01, big: 0.05, decimals: 1, prompt: "#, or 0%…100%"),
        help: "The share of the weights that become zero, smallest first: exactly round(level · n) of them."
    ).knob("level", id: "amount", when: \.hasAmount).copying(\.pruning).idle(amountIdleness)

    static let settings: [PlanSetting<LayerPlan>] = [
        ratioSetting, levelSetting,
        PlanSetting(nil, \.pruning.criterion, .choice(of: Criterion.self)).knob("by", id: "criterion", when: \.hasAmount).copying(
            \.pruning),
        PlanSetting(
            "scope", \.pruning.scope,
            .choice(of: Scope.self, [.global: "ranked together with all layers that have the same criterion, amount and this scope"])
        ).knob("scope") { $0.pattern == nil }.copying(\.pruning).of { $0.part == nil }.idle { plan, _ in
            if plan.pattern != nil { return IdleReason("a layer with a pattern is ranked alone", cure: "leave one of both out") }
            return plan.prunes ? nil : .nothingPruned
        },
        PlanSetting(
            "deviation", \.pruning.deviation, .choice(of: Deviation.self, [.nonzero: "σ over the weights that are not zero already"])
        ).knob("σ over") { $0.pruning.criterion == .ratio && $0.hasAmount }.copying(\.pruning).idle { plan, _ in
            if plan.pruning.criterion == .level || !plan.hasAmount {
                return IdleReason("only a ratio asks for σ", cure: "take a ratio, or leave it out")
            }
            return plan.pruning.amount > 0 ? nil : .nothingPruned
        },
    ]

    private static let amountIdleness: @Sendable (LayerPlan, Layer) -> IdleReason? = { plan, _ in
        plan.hasAmount ? nil : IdleReason("its pattern says itself how many weights go", cure: "leave one of both out")
    }

    /// The amount of a ratio; nil for a level. Setting nil changes nothing.
    private var ratio: Double? {
        get { criterion == .ratio ? amount : nil }
        set { if let newValue { (criterion, amount) = (.ratio, newValue) } }
    }

    /// The amount of a level; nil for a ratio. Setting nil changes nothing.
    private var level: Double? {
        get { criterion == .level ? amount : nil }
        set { if let newValue { (criterion, amount) = (.level, newValue) } }
    }
}

extension Pruning.Criterion: SettingConvertible {}
extension Pruning.Scope: SettingConvertible {}
extension Pruning.Deviation: SettingConvertible {}
