import Compression
import Networks

/// A policy of the file with what its instance does.
struct DistillerPolicy {
    /// Epochs from `start` up to but not with `end`, every `frequency`.
    struct Span {
        var start: Int
        var end: Int
        var frequency: Int
    }

    var name: String
    var action: ScheduleAction?
    var rate: DistillerRate?
    /// Whether it takes structures away that are zero.
    var removes = false
    /// One, unless the file lists epochs at uneven distances.
    var spans: [Span]
    var batchFrequency: Int?

    var epochs: [Int] { spans.flatMap { Array(stride(from: $0.start, to: $0.end, by: $0.frequency)) } }
}

/// Reads the entries of `policies`.
struct DistillerPolicyReader {
    static let times = ["starting_epoch", "ending_epoch", "frequency", "epochs"]
    private static let lastEpoch = 100_000
    private static let switches = [
        "discard_masks_at_minibatch_end", "use_double_copies", "mask_on_forward_only", "mask_gradients", "keep_mask",
        "skip_first_minibatch", "fold_batchnorm",
    ]
    /// Dynamic network surgery is these: masked forward, the weights behind the mask are trained on, the mask stays at the end.
    private static let surgery = ["use_double_copies", "mask_on_forward_only", "keep_mask"]

    let issues: ScheduleIssues
    /// By role and name.
    let instances: [String: [String: DistillerReader.Instance]]

    func policy(_ node: DocumentNode) -> DistillerPolicy? {
        let roles = DistillerClass.sections.values.sorted()
        guard let mapping = issues.mapping(node, known: roles + Self.times) else { return nil }
        let found = issues.attempt { () throws(PlanFileError) in
            guard let found = try mapping.only(of: roles) else {
                throw node.error(.missingKey(path: node.path, key: roles.joined(separator: "|")))
            }
            return found
        }
        let spans = spans(mapping)
        guard let (role, value) = found, let settings = issues.mapping(value, known: ["instance_name", "args"]) else { return nil }
        guard let (name, instance) = instance(role, settings) else { return nil }
        var policy = DistillerPolicy(name: name, spans: spans)
        var isSplicing = false
        switch instance {
        case .action(let action, let isGradual, let surgery):
            policy.action = action
            isSplicing = surgery
            if isGradual { checkGradual(mapping, spans, node) }
        case .rate(let rate): policy.rate = rate
        case .plateau(let rule): policy.action = .plateau(rule)
        case .remover: policy.removes = true
        case .refused: break
        }
        if let args = settings["args"] {
            policy.batchFrequency = batchFrequency(args, role, isSplicing: isSplicing)
            if case .penalty(var penalty) = policy.action, penalty.zeros != nil, let mapping = issues.mapping(args) {
                issues.set(&penalty.keepsZeros, mapping["keep_mask"]) { try $0.pythonBoolean() }
                policy.action = .penalty(penalty)
            }
        }
        return policy
    }

    private func instance(_ role: String, _ settings: DocumentMapping) -> (String, DistillerReader.Instance)? {
        guard let node = issues.required("instance_name", in: settings),
            let name = issues.attempt({ () throws(PlanFileError) in try node.text() })
        else { return nil }
        let known = instances[role] ?? [:]
        if let instance = known[name] { return (name, instance) }
        let names = known.keys.sorted()
        issues.add(.unknownInstance(path: node.path, name: name, near: NearNames.of(name, among: names), known: names), at: node)
        return nil
    }

    private func spans(_ mapping: DocumentMapping) -> [DistillerPolicy.Span] {
        if mapping["epochs"] != nil {
            let spans = issues.attempt { () throws(PlanFileError) -> [DistillerPolicy.Span] in
                if let other = try mapping.only(of: ["epochs", "starting_epoch"]), other.name != "epochs" { return [] }
                var epochs: Set<Int> = []
                for item in try mapping.required("epochs").items() { epochs.insert(try item.wholeNumber(in: 0...Self.lastEpoch - 1)) }
                guard !epochs.isEmpty else { throw try mapping.required("epochs").wrong(.list) }
                return even(epochs.sorted())
            }
            return spans ?? []
        }
        let span = issues.attempt { () throws(PlanFileError) in
            let start = try mapping.required("starting_epoch").wholeNumber(in: 0...Self.lastEpoch - 1)
            return DistillerPolicy.Span(
                start: start, end: try mapping.required("ending_epoch").wholeNumber(in: start + 1...Self.lastEpoch),
                frequency: try mapping["frequency"]?.wholeNumber(in: 1...Self.lastEpoch) ?? 1)
        }
        return span.map { [$0] } ?? []
    }

    /// One span where the distances are equal, else one for each epoch.
    private func even(_ epochs: [Int]) -> [DistillerPolicy.Span] {
        let distance = epochs.count > 1 ? epochs[1] - epochs[0] : 1
        guard zip(epochs, epochs.dropFirst()).allSatisfy({ $1 - $0 == distance }), let first = epochs.first, let last = epochs.last else {
            return epochs.map { .init(start: $0, end: $0 + 1, frequency: 1) }
        }
        return [.init(start: first, end: last + 1, frequency: distance)]
    }

    private func checkGradual(_ mapping: DocumentMapping, _ spans: [DistillerPolicy.Span], _ node: DocumentNode) {
        if let epochs = mapping["epochs"] {
            issues.add(.unsupported(path: epochs.path, what: "a gradual pruner over listed epochs, and neither has Distiller"), at: epochs)
        } else if let span = spans.first, (span.end - span.start - 1) / span.frequency < 1 {
            issues.add(.unsupported(path: node.path, what: "a gradual pruner that acts once, and neither has Distiller"), at: node)
        }
    }

    /// Reads the arguments, of which all but the frequency over batches must leave Pare's own behaviour as it is.
    private func batchFrequency(_ node: DocumentNode, _ role: String, isSplicing: Bool) -> Int? {
        guard !node.isNull else { return nil }
        let known = role == "pruner" ? ["mini_batch_pruning_frequency"] + Self.switches : role == "regularizer" ? ["keep_mask"] : []
        guard let mapping = issues.mapping(node, known: known) else { return nil }
        for (key, name, value) in mapping.pairs where Self.switches.contains(name) {
            let isOn = issues.attempt { () throws(PlanFileError) in try value.pythonBoolean() } ?? false
            if isOn, role != "regularizer", !(isSplicing && Self.surgery.contains(name)) {
                issues.add(.unsupported(path: value.path, what: "pruning with \(name)"), at: key)
            }
        }
        var frequency = 0
        issues.set(&frequency, mapping["mini_batch_pruning_frequency"]) { try $0.wholeNumber(in: 0...1_000_000_000) }
        return frequency == 0 ? nil : frequency
    }
}
