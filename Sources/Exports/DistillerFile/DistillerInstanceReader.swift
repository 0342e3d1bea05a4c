import Compression
import Networks

/// Reads the instances of one section.
struct DistillerInstanceReader {
    let issues: ScheduleIssues
    let names: DistillerNames
    let section: String

    func instance(_ node: DocumentNode, at key: DocumentNode) -> DistillerReader.Instance {
        guard let mapping = issues.mapping(node), let classNode = issues.required("class", in: mapping),
            let name = issues.attempt({ () throws(PlanFileError) in try classNode.text() })
        else { return .refused }
        guard let found = DistillerClass(rawValue: name), found.section == section else {
            refuse(name, classNode)
            return .refused
        }
        issues.check(mapping, known: ["class"] + found.keys)
        let before = issues.all.count
        let instance = issues.attempt { () throws(PlanFileError) in try self.instance(found, mapping) }
        return issues.all.count == before ? instance ?? .refused : .refused
    }

    private func refuse(_ name: String, _ node: DocumentNode) {
        let known = DistillerClass.allCases.filter { $0.section == section }.map(\.rawValue)
        if let cure = DistillerClass.unsupported[name] {
            issues.add(.unsupported(path: node.path, what: "\(name): \(cure)"), at: node)
        } else {
            let near = NearNames.of(name, among: known)
            issues.add(.unknownClass(path: node.path, name: name, near: near, known: known), at: node)
        }
    }

    private func instance(_ kind: DistillerClass, _ mapping: DocumentMapping) throws(PlanFileError) -> DistillerReader.Instance {
        switch kind {
        case .sensitivity: plain(.sensitivity(numbers(try mapping.required("sensitivities"), in: Pruning.ratios)))
        case .magnitude: plain(.magnitude(numbers(try mapping.required("thresholds"), in: PolicyReader.strength)))
        case .level: plain(.level(numbers(try mapping.required("levels"), in: RecipeReader.fraction)))
        case .gradual: try gradual(mapping)
        case .splicing: try splicing(mapping)
        case .rankedL1, .rankedL2, .rankedAPoZ, .rankedMean, .rankedGradient, .rankedRandom, .gradualL1, .gradualL2, .gradualAPoZ,
            .gradualMean, .gradualGradient, .gradualRandom:
            try ranked(kind, mapping)
        case .lasso: try lasso(mapping)
        case .groupLasso: try penalty(.lasso, mapping)
        case .groupVariance: try penalty(.variance, mapping)
        case .structures: try structures(mapping)
        case .dorefa: plain(try DistillerQuantizerReader(issues: issues, names: names).action(mapping))
        case .structureRemover, .filterRemover, .channelRemover: try remover(mapping)
        case .exponential: .rate(DistillerRate(course: .exponential, gamma: try gamma(mapping.required("gamma"))))
        case .step: .rate(DistillerRate(course: .step(try epoch(mapping.required("step_size"))), gamma: try gamma(mapping["gamma"])))
        case .multiStep: .rate(DistillerRate(course: .milestones(try milestones(mapping)), gamma: try gamma(mapping["gamma"])))
        case .multiGamma: .rate(try multiGamma(mapping))
        case .plateau: .plateau(try plateau(mapping))
        }
    }

    private func multiGamma(_ mapping: DocumentMapping) throws(PlanFileError) -> DistillerRate {
        let milestones = try milestones(mapping)
        let node = try mapping.required("gammas")
        var gammas: [Double] = []
        for item in try node.items() { gammas.append(try gamma(item)) }
        if milestones != milestones.sorted() || milestones.count != gammas.count || gammas.isEmpty {
            issues.add(.unsupported(path: node.path, what: "milestones that fall or lack their gamma, and neither has Distiller"), at: node)
        }
        return DistillerRate(course: .milestones(milestones), gammas: gammas)
    }

    private func plateau(_ mapping: DocumentMapping) throws(PlanFileError) -> PlateauRule {
        _ = try mapping["verbose"]?.pythonBoolean()
        return try PlateauFields.torch.rule(mapping)
    }

    func plain(_ action: ScheduleAction) -> DistillerReader.Instance { .action(action, isGradual: false, isSplicing: false) }

    private func gradual(_ mapping: DocumentMapping) throws(PlanFileError) -> DistillerReader.Instance {
        let initial = try mapping.required("initial_sparsity").number(in: RecipeReader.fraction)
        let final = try mapping.required("final_sparsity").number(in: initial.nextUp...max(1, initial.nextUp))
        return .action(.gradual(initial: initial, final: final, weights: try weights(mapping)), isGradual: true, isSplicing: false)
    }

    func weights(_ mapping: DocumentMapping) throws(PlanFileError) -> [String] {
        var weights: [String] = []
        for item in try mapping.required("weights").items() {
            let name = try item.text()
            if let weight = weight(name, item), !weights.contains(weight) { weights.append(weight) }
        }
        return weights
    }

    private func splicing(_ mapping: DocumentMapping) throws(PlanFileError) -> DistillerReader.Instance {
        let growth = try mapping["sensitivity_multiplier"]?.number(in: 0...1_000) ?? 0
        let action = ScheduleAction.splicing(
            sensitivities: numbers(try mapping.required("sensitivities"), in: Pruning.ratios),
            low: try mapping.required("low_thresh_mult").number(in: 0...1_000),
            high: try mapping.required("hi_thresh_mult").number(in: 0...1_000), growth: growth > 0 ? growth : nil)
        return .action(action, isGradual: false, isSplicing: true)
    }

    private func lasso(_ mapping: DocumentMapping) throws(PlanFileError) -> DistillerReader.Instance {
        let numbers = numbers(try mapping.required("reg_regims"), in: PolicyReader.strength, hasDefault: false)
        guard let measure = try measure(mapping) else { return plain(.lasso(numbers)) }
        let terms = numbers.mapValues { [StructureTerm(.elements, $0)] }
        return plain(.penalty(StructurePenalty(kind: .lasso, terms: terms, zeros: measure)))
    }

    private func gamma(_ node: DocumentNode?) throws(PlanFileError) -> Double { try node?.number(in: 1e-9...1_000) ?? 0.1 }

    private func epoch(_ node: DocumentNode) throws(PlanFileError) -> Int { try node.wholeNumber(in: RecipeReader.epochs) }

    private func milestones(_ mapping: DocumentMapping) throws(PlanFileError) -> [Int] {
        var milestones: [Int] = []
        for item in try mapping.required("milestones").items() { milestones.append(try epoch(item)) }
        return milestones
    }

    /// Numbers by weight; `'*'` stands for all weights that are not named, unless it is a threshold of 0, which prunes nothing.
    private func numbers(_ node: DocumentNode, in range: ClosedRange<Double>, hasDefault: Bool = true) -> [String: Double] {
        guard let mapping = issues.mapping(node) else { return [:] }
        var numbers: [String: Double] = [:]
        var rest: Double?
        for (key, name, value) in mapping.pairs {
            guard let number = issues.attempt({ () throws(PlanFileError) in try value.number(in: range) }) else { continue }
            if name == "*", hasDefault { rest = number } else if let weight = weight(name, key) { numbers[weight] = number }
        }
        if let rest, rest > 0 {
            for layer in names.layers where numbers[layer.weight] == nil { numbers[layer.weight] = rest }
        }
        return numbers
    }

    func weight(_ name: String, _ node: DocumentNode) -> String? {
        if let weight = names.weight(name) { return weight }
        issues.add(.unmatched(path: node.path, pattern: name, near: names.near(name)), at: node)
        return nil
    }
}
