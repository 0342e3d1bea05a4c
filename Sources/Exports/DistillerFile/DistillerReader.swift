import Compression
import Networks

/// Reads a schedule with Distiller's own keys (`docs-src/docs/schedule.md` there) as one stage without a plan.
struct DistillerReader {
    static let sections = ["policies"] + DistillerClass.sections.keys.sorted()

    /// What a policy can refer to; refused instances are known by name, so that they are listed once.
    enum Instance {
        case action(ScheduleAction, isGradual: Bool, isSplicing: Bool)
        case rate(DistillerRate)
        case plateau(PlateauRule)
        /// Takes structures away that are zero.
        case remover
        case refused
    }

    /// What a file is that has quantizers and no policies.
    private static let withoutPolicies =
        "quantization after training by a file (Distiller's --qe-config-file): the file has quantizers and no policies, so it is no schedule; "
        + "give the bits in a plan"

    let issues: ScheduleIssues
    let names: DistillerNames
    let base: TrainingRecipe

    func schedule(_ document: DocumentMapping) -> CompressionSchedule {
        issues.check(document, known: ["version"] + Self.sections)
        var instances: [String: [String: Instance]] = [:]
        for (section, role) in DistillerClass.sections.sorted(by: { $0.key < $1.key }) {
            guard let node = document[section], let mapping = issues.mapping(node) else { continue }
            let reader = DistillerInstanceReader(issues: issues, names: names, section: section)
            for (key, name, value) in mapping.pairs { instances[role, default: [:]][name] = reader.instance(value, at: key) }
            if section == "quantizers", mapping.pairs.count > 1 {
                issues.add(.unsupported(path: section, what: "more than one quantizer, and neither has Distiller"), at: node)
            }
        }
        if document["policies"] == nil, let node = document["quantizers"] {
            issues.add(.unsupported(path: node.path, what: Self.withoutPolicies), at: node)
            return CompressionSchedule(stages: [])
        }
        guard let node = issues.required("policies", in: document) else { return CompressionSchedule(stages: []) }
        let reader = DistillerPolicyReader(issues: issues, instances: instances)
        let policies = issues.list(node).compactMap { reader.policy($0) }
        checkRates(policies, node)
        return CompressionSchedule(stages: [stage(policies)])
    }

    /// A plateau goes by the rate as it was lowered, the other schedulers set it by the number of the epoch.
    private func checkRates(_ policies: [DistillerPolicy], _ node: DocumentNode) {
        let plateaus = policies.count { if case .plateau = $0.action { true } else { false } }
        if plateaus > 1 || (plateaus == 1 && policies.contains { $0.rate != nil }) {
            issues.add(.unsupported(path: node.path, what: "ReduceLROnPlateau beside another scheduler of the rate"), at: node)
        }
    }

    /// As many epochs as the last policy ends; the rate changes by the file's schedulers alone.
    private func stage(_ policies: [DistillerPolicy]) -> CompressionSchedule.Stage {
        var recipe = base
        recipe.epochs = policies.flatMap(\.spans).map(\.end).max() ?? base.epochs
        recipe.rate.course = .constant
        recipe.rate.warmUp = 0
        let thins = policies.contains(where: \.removes) ? true : nil
        let schedulers = policies.compactMap { policy in policy.rate.map { (rate: $0, epochs: policy.epochs) } }
        var factors = DistillerRate.factors(schedulers, count: recipe.epochs)[...]
        var result: [SchedulePolicy] = []
        for policy in policies {
            if policy.rate != nil {
                let action = ScheduleAction.rate(factors: factors.popFirst() ?? [:])
                result.append(SchedulePolicy(name: policy.name, action: action, start: 0, end: recipe.epochs))
            } else if let action = policy.action {
                result += policy.spans.map { span in
                    SchedulePolicy(
                        name: policy.name, action: action.moved(by: span.start - policy.spans[0].start), start: span.start, end: span.end,
                        frequency: span.frequency,
                        batchFrequency: policy.batchFrequency)
                }
            }
        }
        return CompressionSchedule.Stage(name: "distiller", recipe: recipe, policies: result, thins: thins)
    }
}

extension ScheduleAction {
    /// The same where its first epoch comes `epochs` later than that which its growth counts from.
    fileprivate func moved(by epochs: Int) -> ScheduleAction {
        guard case .splicing(let sensitivities, let low, let high, let growth?) = self, epochs > 0 else { return self }
        let grown = 1 + growth * Double(epochs)
        return .splicing(sensitivities: sensitivities.mapValues { $0 * grown }, low: low, high: high, growth: growth / grown)
    }
}
