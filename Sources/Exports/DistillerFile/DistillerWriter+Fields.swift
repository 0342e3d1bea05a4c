import Compression
import Foundation
import Networks

extension DistillerWriter {
    /// The settings of an instance, beside its class.
    func fields(of action: ScheduleAction) throws(PlanFileError) -> [String] {
        switch action {
        // Distiller asks for a default threshold; 0 prunes nothing.
        case .magnitude(let numbers): ["thresholds: \(try text(of: numbers, first: ["'*': 0.0"]))"]
        case .sensitivity(let numbers): ["sensitivities: \(try text(of: numbers))"]
        case .level(let numbers): ["levels: \(try text(of: numbers))"]
        case .filters(let policy): try structures(policy)
        case .lasso(let numbers): ["reg_regims: \(try text(of: numbers))"]
        case .gradual(let initial, let final, let weights):
            ["initial_sparsity: \(initial)", "final_sparsity: \(final)", "weights: [\(try names(weights).joined(separator: ", "))]"]
        case .splicing(let sensitivities, let low, let high, let growth):
            ["low_thresh_mult: \(low)", "hi_thresh_mult: \(high)", "sensitivities: \(try text(of: sensitivities))"]
                + (growth.map { ["sensitivity_multiplier: \($0)"] } ?? [])
        case .penalty(let penalty): try groups(penalty.terms, penalty.zeros)
        case .structures(let terms, let measure): try groups(terms, measure)
        case .dorefa(let weights, let activations):
            ["bits_weights: null", "bits_activations: null", "overrides: {\(try overrides(weights, activations).joined(separator: ", "))}"]
        // They have no class, and are refused before.
        case .ranks, .bytes: []
        case .rate(let factors): rate(factors)
        case .plateau(let rule): PlateauFields.torch.text(of: rule)
        }
    }

    private func groups(_ terms: [String: [StructureTerm]], _ measure: GroupMeasure?) throws(PlanFileError) -> [String] {
        var fields: [String] = []
        for (name, own) in terms.sorted(by: { $0.key < $1.key }) {
            guard let number = own.first?.value, let type = groupType(of: own, in: name) else { continue }
            fields.append("\(try Document.scalar(name)): \(own[0].structure == .elements ? "\(number)" : "[\(number), \(type)]")")
        }
        let criteria = measure.map { ["threshold_criteria: \($0 == .mean ? "Mean_Abs" : "Max")"] }
        return ["reg_regims: {\(fields.joined(separator: ", "))}"] + (criteria ?? [])
    }

    /// Distiller's word for some groups of a layer; nil where it has none, or numbers of their own.
    func groupType(of terms: [StructureTerm], in weight: String) -> String? {
        guard let first = terms.first, terms.allSatisfy({ $0.value == first.value }) else { return nil }
        let isConvolution = layers.first { $0.weight == weight }?.isConvolution == true
        switch terms.map(\.structure) {
        case [.elements]: return "elements"
        case [.kernels]: return "2D"
        case [.filters]: return isConvolution ? "3D" : "Rows"
        case [.inputs]: return isConvolution ? "Channels" : "Cols"
        case [.filters, .inputs]: return "Rows+Cols"
        case [.inputs, .layer]: return "Channels+4D"
        case [.layer]: return "4D"
        default: return nil
        }
    }

    private func structures(_ policy: FilterPolicy) throws(PlanFileError) -> [String] {
        let share = policy.initial.map { ["initial_sparsity: \($0)", "final_sparsity: \(policy.final)"] }
        let type = policy.side == .outputs ? "Filters" : "Channels"
        let leader = policy.rankers == .first ? ["group_dependency: Leader"] : []
        return (share ?? ["desired_sparsity: \(policy.final)"]) + ["group_type: \(type)"] + leader
            + ["weights: [\(try names(policy.weights).joined(separator: ", "))]"]
    }

    /// Milestones with their factor, or with a factor each.
    private func rate(_ factors: [Int: Double]) -> [String] {
        let sorted = factors.sorted { $0.key < $1.key }
        let gammas =
            Set(factors.values).count > 1
            ? "gammas: [\(sorted.map { "\($0.value)" }.joined(separator: ", "))]" : "gamma: \(sorted.first?.value ?? 1)"
        return ["milestones: [\(sorted.map { "\($0.key)" }.joined(separator: ", "))]", gammas]
    }

    /// An expression for each module that has bits, matching it alone.
    private func overrides(_ weights: [String: Int], _ activations: [String: Int]) throws(PlanFileError) -> [String] {
        var fields: [String] = []
        for layer in layers {
            let bits = [weights[layer.weight], activations[layer.weight]]
            guard bits.contains(where: { $0 != nil }) else { continue }
            let words = bits.map { $0.map(String.init) ?? "null" }
            let pattern = try Document.scalar(NSRegularExpression.escapedPattern(for: layer.name))
            fields.append("\(pattern): {bits_weights: \(words[0]), bits_activations: \(words[1])}")
        }
        return fields
    }

    private func names(_ names: [String]) throws(PlanFileError) -> [String] {
        var scalars: [String] = []
        for name in names { scalars.append(try Document.scalar(name)) }
        return scalars
    }

    private func text(of numbers: [String: Double], first: [String] = []) throws(PlanFileError) -> String {
        var fields = first
        for (name, number) in numbers.sorted(by: { $0.key < $1.key }) { fields.append("\(try Document.scalar(name)): \(number)") }
        return "{\(fields.joined(separator: ", "))}"
    }
}
