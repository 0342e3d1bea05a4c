import Compression
import Networks

/// Reads what a stage changes while it trains.
struct PolicyReader {
    static let actions = [
        "magnitude", "sensitivity", "level", "gradual", "splicing", "filters", "learned-ranks", "lasso", "penalty", "bytes",
        "structures", "dorefa", "rate", "plateau",
    ]
    static let keys = ["name", "start", "end", "frequency", "batch-frequency"]
    static let strength = 0.0...1e9

    let issues: ScheduleIssues
    let layers: [Layer]?

    func policy(_ node: DocumentNode) -> SchedulePolicy? {
        guard let mapping = issues.mapping(node, known: Self.keys + Self.actions) else { return nil }
        let found = issues.attempt { () throws(PlanFileError) in
            guard let found = try mapping.only(of: Self.actions) else {
                throw node.error(.missingKey(path: node.path, key: Self.actions.joined(separator: "|")))
            }
            return found
        }
        guard let (name, value) = found, let action = action(name, value) else { return nil }
        var policy = SchedulePolicy(name: name, action: action, start: 0, end: 1)
        issues.set(&policy.name, mapping["name"]) { try $0.text() }
        issues.set(&policy.start, mapping["start"]) { try $0.wholeNumber(in: 0...100_000) }
        if let end = issues.required("end", in: mapping) {
            issues.set(&policy.end, end) { try $0.wholeNumber(in: policy.start + 1...200_000) }
        }
        issues.set(&policy.frequency, mapping["frequency"]) { try $0.wholeNumber(in: 1...100_000) }
        issues.set(&policy.batchFrequency, mapping["batch-frequency"]) { try $0.wholeNumber(in: 1...1_000_000_000) }
        return policy
    }

    private func action(_ name: String, _ node: DocumentNode) -> ScheduleAction? {
        switch name {
        case "magnitude": .magnitude(numbers(node, in: Self.strength))
        case "sensitivity": .sensitivity(numbers(node, in: Pruning.ratios))
        case "level": .level(numbers(node, in: RecipeReader.fraction))
        case "lasso": .lasso(numbers(node, in: Self.strength))
        case "gradual": gradual(node)
        case "splicing": splicing(node)
        case "filters": filters(node)
        case "penalty": penalty(node)
        case "bytes": bytes(node)
        case "structures": structures(node)
        case "learned-ranks": ranks(node)
        case "dorefa": dorefa(node)
        case "plateau": plateau(node)
        default: rate(node)
        }
    }

    private func gradual(_ node: DocumentNode) -> ScheduleAction? {
        guard let mapping = issues.mapping(node, known: ["initial", "final", "weights"]) else { return nil }
        return issues.attempt { () throws(PlanFileError) in
            .gradual(
                initial: try mapping.required("initial").number(in: RecipeReader.fraction),
                final: try mapping.required("final").number(in: RecipeReader.fraction), weights: try weights(mapping))
        }
    }

    private func weights(_ mapping: DocumentMapping) throws(PlanFileError) -> [String] {
        var weights: [String] = []
        for item in try mapping.required("weights").items() {
            let name = try item.text()
            if isKnown(name, item) { weights.append(name) }
        }
        return weights
    }

    private func filters(_ node: DocumentNode) -> ScheduleAction? {
        let known = ["weights", "initial", "final", "criterion", "ranking", "channels", "by", "seed"]
        guard let mapping = issues.mapping(node, known: known) else { return nil }
        return issues.attempt { () throws(PlanFileError) in
            var policy = FilterPolicy(
                weights: try weights(mapping), initial: try mapping["initial"]?.number(in: RecipeReader.fraction),
                final: try mapping.required("final").number(in: RecipeReader.fraction))
            policy.criterion = try mapping["criterion"]?.word(FilterCriterion.self) ?? policy.criterion
            policy.ranking = try mapping["ranking"]?.word(FilterRanking.self) ?? policy.ranking
            policy.side = try mapping["channels"]?.word(ChannelSide.self) ?? policy.side
            policy.rankers = try mapping["by"]?.word(FilterRankers.self) ?? policy.rankers
            policy.seed = try mapping["seed"]?.seed() ?? policy.seed
            return .filters(policy)
        }
    }

    private func ranks(_ node: DocumentNode) -> ScheduleAction? {
        let units = [BudgetUnit.parameters, .multiplyAdds]
        guard let mapping = issues.mapping(node, known: units.map(\.word) + ["penalty", "growth", "weights"]) else { return nil }
        return issues.attempt { () throws(PlanFileError) in
            guard let (word, share) = try mapping.only(of: units.map(\.word)), let unit = BudgetUnit(word: word) else {
                throw node.error(.missingKey(path: node.path, key: units.map(\.word).joined(separator: "|")))
            }
            return .ranks(
                LearnedRanks(
                    unit, share: try share.number(in: RecipeReader.fraction),
                    penalty: try mapping["penalty"]?.number(in: Self.strength) ?? LearnedRanks.penalty,
                    growth: try mapping["growth"]?.number(in: 1...1_000) ?? LearnedRanks.growth,
                    weights: mapping["weights"] == nil ? [] : try weights(mapping)))
        }
    }

    private func splicing(_ node: DocumentNode) -> ScheduleAction? {
        guard let mapping = issues.mapping(node, known: ["sensitivities", "low", "high", "growth"]) else { return nil }
        return issues.attempt { () throws(PlanFileError) in
            .splicing(
                sensitivities: numbers(try mapping.required("sensitivities"), in: Pruning.ratios),
                low: try mapping.required("low").number(in: 0...1_000), high: try mapping.required("high").number(in: 0...1_000),
                growth: try mapping["growth"]?.number(in: 0...1_000))
        }
    }

    private func penalty(_ node: DocumentNode) -> ScheduleAction? {
        guard let mapping = issues.mapping(node, known: ["kind", "terms", "zeros", "keep"]) else { return nil }
        return issues.attempt { () throws(PlanFileError) in
            .penalty(
                StructurePenalty(
                    kind: try mapping["kind"]?.word(StructurePenalty.Kind.self) ?? .lasso, terms: terms(try mapping.required("terms")),
                    zeros: try mapping["zeros"]?.word(GroupMeasure.self), keepsZeros: try mapping["keep"]?.boolean() ?? false))
        }
    }

    private func bytes(_ node: DocumentNode) -> ScheduleAction? {
        guard let mapping = issues.mapping(node, known: ["lambda", "initial", "weights"]) else { return nil }
        return issues.attempt { () throws(PlanFileError) in
            .bytes(
                ByteTerm(
                    try mapping.required("lambda").number(in: ByteTerm.range), initial: try mapping["initial"]?.number(in: ByteTerm.range),
                    weights: mapping["weights"] == nil ? [] : try weights(mapping)))
        }
    }

    private func structures(_ node: DocumentNode) -> ScheduleAction? {
        guard let mapping = issues.mapping(node, known: ["terms", "by"]) else { return nil }
        return issues.attempt { () throws(PlanFileError) in
            .structures(terms(try mapping.required("terms")), by: try mapping["by"]?.word(GroupMeasure.self) ?? .mean)
        }
    }

    /// By weight numbers of its structures: `{conv1.weight: {filters: 0.001}}`.
    private func terms(_ node: DocumentNode) -> [String: [StructureTerm]] {
        guard let mapping = issues.mapping(node) else { return [:] }
        var terms: [String: [StructureTerm]] = [:]
        for (key, name, value) in mapping.pairs where isKnown(name, key) {
            guard let own = issues.mapping(value, known: WeightStructure.allCases.map(\.rawValue)) else { continue }
            for structure in WeightStructure.allCases {
                guard let node = own[structure.rawValue] else { continue }
                let number = issues.attempt { () throws(PlanFileError) in try node.number(in: Self.strength) }
                if let number { terms[name, default: []].append(StructureTerm(structure, number)) }
            }
        }
        return terms
    }

    private func dorefa(_ node: DocumentNode) -> ScheduleAction? {
        guard let mapping = issues.mapping(node, known: ["weights", "activations"]) else { return nil }
        func bits(_ key: String) -> [String: Int] { mapping[key].map { numbers($0, in: 1...8) }?.mapValues { Int($0) } ?? [:] }
        return .dorefa(weights: bits("weights"), activations: bits("activations"))
    }

    private func plateau(_ node: DocumentNode) -> ScheduleAction? {
        guard let mapping = issues.mapping(node, known: PlateauFields.own.keys) else { return nil }
        return issues.attempt { () throws(PlanFileError) in .plateau(try PlateauFields.own.rule(mapping)) }
    }

    private func rate(_ node: DocumentNode) -> ScheduleAction? {
        guard let mapping = issues.mapping(node) else { return nil }
        var factors: [Int: Double] = [:]
        for (key, _, value) in mapping.pairs {
            _ = issues.attempt { () throws(PlanFileError) in
                factors[try key.wholeNumber(in: RecipeReader.epochs)] = try value.number(in: RecipeReader.positive)
            }
        }
        return .rate(factors: factors)
    }

    /// Numbers by weight.
    private func numbers(_ node: DocumentNode, in range: ClosedRange<Double>) -> [String: Double] {
        guard let mapping = issues.mapping(node) else { return [:] }
        var numbers: [String: Double] = [:]
        for (key, name, value) in mapping.pairs where isKnown(name, key) {
            issues.set(&numbers[name], value) { try $0.number(in: range) }
        }
        return numbers
    }

    private func isKnown(_ name: String, _ node: DocumentNode) -> Bool {
        guard let layers, !layers.contains(where: { $0.weight == name }) else { return true }
        issues.add(.unmatched(path: node.path, pattern: name, near: NearNames.of(name, among: layers.map(\.weight))), at: node)
        return false
    }
}
