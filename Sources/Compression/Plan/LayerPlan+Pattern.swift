extension LayerPlan {
    /// Whether anything of the weights is pruned.
    public var prunes: Bool { pruning.amount > 0 || pattern?.setsAmount == true }

    /// Whether the amount of its pruning means anything: a pattern N:M says itself how many weights go.
    public var hasAmount: Bool { pattern?.setsAmount != true }

    /// Whether its weights are ranked together with those of other layers. A pattern is always that of one layer, whatever the scope says.
    public var isRankedWithOthers: Bool { pruning.scope == .global && pattern == nil }

    /// The same without its pattern.
    public var withoutPattern: LayerPlan {
        var plan = self
        plan.pattern = nil
        return plan
    }

    /// The rule of its pattern; nil without one, and where no block is asked to go.
    func patternRule(_ blocks: @autoclosure () -> PatternRule.Blocks) -> PruningRule? {
        guard let pattern else { return nil }
        guard prunes else { return PruningRule.none }
        return .pattern(PatternRule(pattern, blocks: blocks(), keep: keep))
    }
}
