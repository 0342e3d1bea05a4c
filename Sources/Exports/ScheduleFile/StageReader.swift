import Compression
import Networks

/// Reads Pare's own form: a list of stages and of named schedules that stand for stages.
struct StageReader {
    static let keys = ["name", "plan", "train", "policies", "hand-on", "thin"]
    static let named = ["prune-retrain", "iterative-quantization"]

    let issues: ScheduleIssues
    /// Nil where names are not checked.
    let layers: [Layer]?

    func schedule(_ document: DocumentMapping) -> CompressionSchedule {
        issues.check(document, known: ["version", "stages"])
        guard let node = issues.required("stages", in: document) else { return CompressionSchedule(stages: []) }
        return CompressionSchedule(stages: issues.list(node).enumerated().flatMap { stages($1, number: $0 + 1) })
    }

    private func stages(_ node: DocumentNode, number: Int) -> [CompressionSchedule.Stage] {
        guard let mapping = issues.mapping(node) else { return [] }
        for name in Self.named {
            guard let value = mapping[name] else { continue }
            issues.check(mapping, known: [name])
            let reader = NamedScheduleReader(issues: issues, stages: self)
            return name == "prune-retrain" ? reader.pruneAndRetrain(value) : reader.quantizeIteratively(value)
        }
        issues.check(mapping, known: Self.keys + Self.named)
        return [stage(mapping, number: number)]
    }

    private func stage(_ mapping: DocumentMapping, number: Int) -> CompressionSchedule.Stage {
        var stage = CompressionSchedule.Stage(name: "stage \(number)", recipe: nil)
        issues.set(&stage.name, mapping["name"]) { try $0.text() }
        if let node = mapping["plan"] { stage.plan = plan(node) }
        if let node = mapping["train"] { stage.recipe = recipe(node) }
        if let node = mapping["policies"] {
            let reader = PolicyReader(issues: issues, layers: layers)
            stage.policies = issues.list(node).compactMap { reader.policy($0) }
        }
        issues.set(&stage.handsOnCompressed, mapping["hand-on"]) { try $0.choice(among: ["float", "compressed"]).name == "compressed" }
        issues.set(&stage.thins, mapping["thin"]) { try $0.boolean() ? true : nil }
        return stage
    }

    func recipe(_ node: DocumentNode) -> TrainingRecipe { RecipeReader(issues: issues).recipe(node) }

    /// A plan as plan files have it; the version may be left out.
    private func plan(_ node: DocumentNode) -> CompressionPlan {
        guard let mapping = issues.mapping(node, known: ["version"] + PlanReader.keys) else { return CompressionPlan() }
        let plan = issues.attempt { () throws(PlanFileError) in
            if mapping["version"] != nil { try mapping.checkVersion(known: PlanFile.version) }
            return try PlanReader().plan(mapping)
        }
        guard let plan else { return CompressionPlan() }
        if let node = mapping["layers"] { checkNames(of: plan, node) }
        return plan
    }

    /// Lists every entry that does not fit the network, not only the first.
    func checkNames(of plan: CompressionPlan, _ node: DocumentNode) {
        guard let layers, let keys = issues.mapping(node)?.pairs else { return }
        let before = issues.all.count
        for (entry, key) in zip(plan.layers, keys) {
            check(CompressionPlan(layers: [entry]), layers, at: key.key)
        }
        if issues.all.count == before { check(CompressionPlan(layers: plan.layers), layers, at: node) }
    }

    private func check(_ plan: CompressionPlan, _ layers: [Layer], at node: DocumentNode) {
        do { _ = try plan.resolved(for: layers) } catch {
            if case .unknownName(let pattern, let near) = error {
                issues.add(.unmatched(path: node.path, pattern: pattern, near: near), at: node)
            } else {
                issues.add(node.error(.invalid(error)))
            }
        }
    }
}
