import Compression

extension ScheduleWriter {
    func fields(of policy: SchedulePolicy) throws(PlanFileError) -> [String] {
        var fields = ["name: \(try Document.scalar(policy.name))", "start: \(policy.start)", "end: \(policy.end)"]
        if policy.frequency != 1 { fields.append("frequency: \(policy.frequency)") }
        if let frequency = policy.batchFrequency { fields.append("batch-frequency: \(frequency)") }
        return fields + [try text(of: policy.action)]
    }

    private func text(of action: ScheduleAction) throws(PlanFileError) -> String {
        switch action {
        case .magnitude(let numbers): "magnitude: \(try text(of: numbers))"
        case .sensitivity(let numbers): "sensitivity: \(try text(of: numbers))"
        case .level(let numbers): "level: \(try text(of: numbers))"
        case .lasso(let numbers): "lasso: \(try text(of: numbers))"
        case .gradual(let initial, let final, let weights):
            "gradual: {initial: \(initial), final: \(final), weights: [\(try names(weights))]}"
        case .splicing(let sensitivities, let low, let high, let growth):
            "splicing: {sensitivities: \(try text(of: sensitivities)), low: \(low), high: \(high)\(growth.map { ", growth: \($0)" } ?? "")}"
        case .filters(let policy): "filters: {\(try fields(of: policy).joined(separator: ", "))}"
        case .penalty(let penalty):
            "penalty: {kind: \(penalty.kind.rawValue), terms: \(try text(of: penalty.terms))"
                + (penalty.zeros.map { ", zeros: \($0.rawValue)" } ?? "") + (penalty.keepsZeros ? ", keep: true}" : "}")
        case .bytes(let term): "bytes: {\(try fields(of: term).joined(separator: ", "))}"
        case .structures(let terms, let measure): "structures: {terms: \(try text(of: terms)), by: \(measure.rawValue)}"
        case .ranks(let settings): "learned-ranks: {\(try fields(of: settings).joined(separator: ", "))}"
        case .dorefa(let weights, let activations):
            "dorefa: {weights: \(try text(of: weights)), activations: \(try text(of: activations))}"
        case .rate(let factors):
            "rate: {\(factors.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: ", "))}"
        case .plateau(let rule): "plateau: {\(PlateauFields.own.text(of: rule).joined(separator: ", "))}"
        }
    }

    private func text(of terms: [String: [StructureTerm]]) throws(PlanFileError) -> String {
        var fields: [String] = []
        for (name, own) in terms.sorted(by: { $0.key < $1.key }) {
            let numbers = own.map { "\($0.structure.rawValue): \($0.value)" }.joined(separator: ", ")
            fields.append("\(try Document.scalar(name)): {\(numbers)}")
        }
        return "{\(fields.joined(separator: ", "))}"
    }

    private func fields(of term: ByteTerm) throws(PlanFileError) -> [String] {
        var fields = ["lambda: \(term.lambda)"]
        if let initial = term.initial { fields.append("initial: \(initial)") }
        if !term.weights.isEmpty { fields.append("weights: [\(try names(term.weights))]") }
        return fields
    }

    private func fields(of ranks: LearnedRanks) throws(PlanFileError) -> [String] {
        var fields = ["\(ranks.unit.word): \(ranks.share)"]
        if ranks.penalty != LearnedRanks.penalty { fields.append("penalty: \(ranks.penalty)") }
        if ranks.growth != LearnedRanks.growth { fields.append("growth: \(ranks.growth)") }
        if !ranks.weights.isEmpty { fields.append("weights: [\(try names(ranks.weights))]") }
        return fields
    }

    private func fields(of policy: FilterPolicy) throws(PlanFileError) -> [String] {
        var fields = ["weights: [\(try names(policy.weights))]"]
        if let initial = policy.initial { fields.append("initial: \(initial)") }
        fields += ["final: \(policy.final)", "criterion: \(policy.criterion.rawValue)"]
        if policy.ranking != .layer { fields.append("ranking: \(policy.ranking.rawValue)") }
        if policy.side != .outputs { fields.append("channels: \(policy.side.rawValue)") }
        if policy.rankers != .all { fields.append("by: \(policy.rankers.rawValue)") }
        if policy.seed != 0 { fields.append("seed: \(policy.seed)") }
        return fields
    }

    private func names(_ names: [String]) throws(PlanFileError) -> String {
        var scalars: [String] = []
        for name in names { scalars.append(try Document.scalar(name)) }
        return scalars.joined(separator: ", ")
    }

    private func text(of numbers: [String: some Any]) throws(PlanFileError) -> String {
        var fields: [String] = []
        for (name, number) in numbers.sorted(by: { $0.key < $1.key }) { fields.append("\(try Document.scalar(name)): \(number)") }
        return "{\(fields.joined(separator: ", "))}"
    }
}
