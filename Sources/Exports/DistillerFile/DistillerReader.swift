import Compression
import Networks

/// Reads a schedule with Distiller's own keys (`docs-src/docs/schedule.md` there) as one stage without a plan.
struct DistillerReader {
    static let sections = ["policies"] + DistillerClass.sections.keys.sorted()

    /// What a policy can refer to; refused instances are known by name, so that they are listed once.
    enum Instance {
        case action(ScheduleAction, isGradual: Bool, isSplicing: Bool)
        case rate(DistillerRate)
        case refused
    }

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
        guard let node = issues.required("policies", in: document) else { return CompressionSchedule(stages: []) }
        let reader = DistillerPolicyReader(issues: issues, instances: instances)
        let policies = issues.list(node).compactMap { reader.policy($0) }
        return CompressionSchedule(stages: [stage(policies)])
    }

    /// As many epochs as the last policy ends; the rate changes by the file's schedulers alone.
    private func stage(_ policies: [DistillerPolicy]) -> CompressionSchedule.Stage {
        var recipe = base
        recipe.epochs = policies.flatMap(\.spans).map(\.end).max() ?? base.epochs
        recipe.rate.course = .constant
        recipe.rate.warmUp = 0
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
                        name: policy.name, action: action, start: span.start, end: span.end, frequency: span.frequency,
                        batchFrequency: policy.batchFrequency)
                }
            }
        }
        return CompressionSchedule.Stage(name: "distiller", recipe: recipe, policies: result)
    }
}
