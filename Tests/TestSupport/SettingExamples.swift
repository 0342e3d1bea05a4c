import Compression

extension LayerPlan {
    /// Plans in which every setting has each of its words, the ends of its numbers and one between: a test of all of them misses none that
    /// comes later.
    public static let examples: [LayerPlan] = {
        var plans = WeightRepresentation.examples.map { LayerPlan(weights: $0) }
        plans.append(LayerPlan(pruning: .level(0.5)))
        plans += [.clipped(bits: 4, clip: .learned), .sign].map { LayerPlan(activations: $0) }
        var examples = plans
        for plan in plans {
            for setting in LayerPlan.allSettings where setting.value(in: plan) != nil {
                for value in setting.examples {
                    var changed = plan
                    setting.set(value, in: &changed)
                    examples.append(changed)
                }
            }
        }
        var seen: Set<LayerPlan> = []
        return examples.filter { seen.insert($0).inserted && (try? $0.validate(entry: "")) != nil }
    }()
}

extension PlanSetting {
    /// Values that it may have.
    public var examples: [SettingValue] {
        guard let numbers = kind.numbers else { return kind.words.map { .word($0.text) } }
        let words = numbers.words.map { SettingValue.word($0.text) }
        if !numbers.only.isEmpty { return words + numbers.only.map { .number(Double($0)) } }
        let (low, high) = (numbers.range.lowerBound, numbers.range.upperBound)
        let seeds: [SettingValue] = numbers.form == .seed ? [.seed(.max)] : []
        return words + [low, ((low + high) / 2).rounded(), high].map { .number($0) } + seeds
    }
}
