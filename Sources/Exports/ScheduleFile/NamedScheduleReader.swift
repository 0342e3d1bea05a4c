import Compression

/// Reads the named schedules, which stand for several stages.
struct NamedScheduleReader {
    let issues: ScheduleIssues
    let stages: StageReader

    private static let common = ["rounds", "layers"] + CompressionPlan.settings.compactMap(\.key) + ["train"]

    /// What both have.
    private struct Frame {
        var rounds: Int
        /// Without layers.
        var plan: CompressionPlan
        var recipe: TrainingRecipe
        var layers: DocumentNode?
    }

    private func frame(_ mapping: DocumentMapping) -> Frame {
        var frame = Frame(rounds: 1, plan: CompressionPlan(), recipe: TrainingRecipe(), layers: mapping["layers"])
        if let node = issues.required("rounds", in: mapping) { issues.set(&frame.rounds, node) { try $0.wholeNumber(in: 1...1_000) } }
        for setting in CompressionPlan.settings {
            var plan = frame.plan
            issues.set(&frame.plan, setting.key.flatMap { mapping[$0] }) {
                try SettingsReader(entry: nil).read(setting, from: $0, into: &plan)
                return plan
            }
        }
        if let node = issues.required("train", in: mapping) { frame.recipe = stages.recipe(node) }
        return frame
    }

    /// Han 2015: prune a little, retrain, prune more. An amount [from, to] rises in even steps, a single one from `to` / rounds.
    func pruneAndRetrain(_ node: DocumentNode) -> [CompressionSchedule.Stage] {
        guard let mapping = issues.mapping(node, known: Self.common) else { return [] }
        let frame = frame(mapping)
        guard let node = issues.required("layers", in: mapping), let layers = issues.mapping(node) else { return [] }
        let entries = layers.pairs.compactMap { _, name, value in rising(name, value) }
        let last = CompressionPlan(layers: entries.map { .init(pattern: $0.pattern, plan: $0.plan(round: 1, of: 1)) })
        if entries.count == layers.pairs.count { stages.checkNames(of: last, node) }
        return (1...frame.rounds).map { round in
            var plan = frame.plan
            plan.layers = entries.map { .init(pattern: $0.pattern, plan: $0.plan(round: round, of: frame.rounds)) }
            return CompressionSchedule.Stage(
                name: "prune \(round) of \(frame.rounds)", plan: plan, recipe: frame.recipe, handsOnCompressed: true)
        }
    }

    private func rising(_ name: String, _ node: DocumentNode) -> RisingPlan? {
        guard let mapping = issues.mapping(node) else { return nil }
        return issues.attempt { () throws(PlanFileError) in
            var plan = try LayerPlan(mapping.without(["ratio", "level"]), entry: name)
            guard let (key, value) = try mapping.only(of: ["ratio", "level"]) else {
                throw node.error(.missingKey(path: node.path, key: "level"))
            }
            let setting = key == "ratio" ? Pruning.ratioSetting : Pruning.levelSetting
            plan.pruning.criterion = key == "ratio" ? .ratio : .level
            guard value.node.sequence != nil else {
                return RisingPlan(pattern: name, plan: plan, from: nil, to: try value.number(setting, entry: name))
            }
            let amounts = try value.list()
            guard amounts.count == 2 else { throw value.wrong(.number) }
            let from = try amounts[0].number(setting, entry: name)
            return RisingPlan(pattern: name, plan: plan, from: from, to: try amounts[1].number(setting, entry: name))
        }
    }

    /// Lee and Kim 2018: quantize, retrain the quantized values in full precision, repeat; it ends quantized. Pruning stays in force.
    func quantizeIteratively(_ node: DocumentNode) -> [CompressionSchedule.Stage] {
        guard let mapping = issues.mapping(node, known: Self.common + ["bits"]) else { return [] }
        let frame = frame(mapping)
        var quantized = frame.plan
        quantized.layers = quantizedEntries(mapping)
        if let layers = mapping["layers"] { stages.checkNames(of: quantized, layers) }
        var full = frame.plan
        full.layers = quantized.layers.compactMap { entry in
            var entry = entry
            entry.plan.weights = .float32
            return entry.plan == .unchanged ? nil : entry
        }
        var result: [CompressionSchedule.Stage] = []
        for round in 1...frame.rounds {
            let number = "\(round) of \(frame.rounds)"
            result.append(.init(name: "quantize \(number)", plan: quantized, recipe: nil, handsOnCompressed: true))
            result.append(.init(name: "retrain \(number)", plan: full, recipe: frame.recipe))
        }
        return result + [.init(name: "quantize at last", plan: quantized, recipe: nil)]
    }

    private func quantizedEntries(_ mapping: DocumentMapping) -> [CompressionPlan.Entry] {
        let entries = issues.attempt { () throws(PlanFileError) -> [CompressionPlan.Entry] in
            guard let (key, value) = try mapping.only(of: ["bits", "layers"]) else {
                throw mapping.parent.error(.missingKey(path: mapping.parent.path, key: "bits"))
            }
            if key == "bits" {
                var plan = LayerPlan(weights: .linear(LinearQuantization(bits: 8)))
                if let bits = plan.weights.form.settings.bits { bits.set(.number(try value.number(bits, entry: nil)), in: &plan) }
                return [.init(pattern: "*", plan: plan)]
            }
            return try PlanReader().plan(mapping.only(["layers"])).layers
        }
        return entries ?? []
    }
}

/// An entry whose amount of pruning rises from round to round.
private struct RisingPlan {
    var pattern: String
    var plan: LayerPlan
    var from: Double?
    var to: Double

    func plan(round: Int, of rounds: Int) -> LayerPlan {
        var plan = plan
        plan.pruning.amount = amount(round: round, of: rounds)
        return plan
    }

    private func amount(round: Int, of rounds: Int) -> Double {
        if round == rounds { return to }
        guard let from else { return to * Double(round) / Double(rounds) }
        return from + (to - from) * Double(round - 1) / Double(rounds - 1)
    }
}
