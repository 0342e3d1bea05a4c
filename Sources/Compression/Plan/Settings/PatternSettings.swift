extension PruningPattern {
    static let setting = PlanSetting<LayerPlan>(
        "pattern", .words(usual.map { SettingWord($0, meaning: meanings[$0] ?? "") }),
        help: "What shape pruning keeps to. N:M, any N below an M of 2, 4, 8, 16 or 32, needs no amount: of each M inputs at one kernel "
            + "position of an output the N largest magnitudes stay. Blocks are outputs at one input and position; ratio and level go by their mean |w|.",
        get: { .word($0.pattern?.rawValue ?? none) },
        set: { plan, value in
            guard case .word(let word) = value else { return }
            let pattern = PruningPattern(rawValue: word)
            if pattern != nil || word == none { plan.pattern = pattern }
        }
    ).knob("pattern").taking { PruningPattern(rawValue: $0)?.rawValue }.turning { plan, _, up, _ in
        var plan = plan
        let place = usual.firstIndex(of: plan.pattern?.rawValue ?? none) ?? 0
        plan.pattern = PruningPattern(rawValue: usual[(place + (up ? 1 : usual.count - 1)) % usual.count])
        return plan
    }.idle { plan, layer in
        guard plan.prunes else { return IdleReason("no block is asked to go", cure: "give it a ratio or a level above 0, or leave it out") }
        guard let pattern = plan.pattern, pattern.setsAmount else { return nil }
        let isIdle = PatternRule(pattern, blocks: nil).zeros(of: layer, given: 0) == 0
        return isIdle ? IdleReason("too few inputs lie side by side for it to leave any out") : nil
    }

    private static let none = "none"

    /// The words that a knob goes through: the fewest zeros first.
    private static let usual =
        [none] + ["1:2", "2:4", "4:8", "8:16", "1:4", "2:8", "4:16", "1:8", "2:16", "4:32"]
        + blockSizes.map { PruningPattern.blocks($0).rawValue }

    private static let meanings = [none: "weights go one by one"]
}
