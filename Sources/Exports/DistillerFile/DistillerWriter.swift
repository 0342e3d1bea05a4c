import Compression
import Foundation
import Networks

/// Writes one stage with Distiller's keys; lists what they can't say.
struct DistillerWriter {
    let layers: [Layer]
    private(set) var issues: [ScheduleFileError.Issue] = []
    /// Lines of instances by section.
    private var instances: [String: [String]] = [:]
    /// What each instance's name stands for.
    private var actions: [String: ScheduleAction] = [:]
    private var policies: [String] = []

    init(layers: [Layer]) { self.layers = layers }

    mutating func text(of stage: CompressionSchedule.Stage) throws(PlanFileError) -> String {
        let recipe = stage.recipe ?? TrainingRecipe()
        if stage.recipe == nil { refuse("train", "stage without training") }
        if stage.handsOnCompressed { refuse("hand-on", "values that are handed on compressed") }
        check(recipe)
        for policy in try pruning(stage.plan, epochs: recipe.epochs) + course(recipe) + stage.policies { try add(policy) }
        var lines = [comment(recipe), "version: 1"]
        if stage.thins == true { addRemover(at: recipe.epochs - 1) }
        for section in ["pruners", "regularizers", "quantizers", "lr_schedulers", "extensions"] {
            if let written = instances[section] { lines += ["\(section):"] + written }
        }
        return (lines + [policies.isEmpty ? "policies: []" : "policies:"] + policies).joined(separator: "\n") + "\n"
    }

    private mutating func refuse(_ path: String, _ what: String) {
        issues.append(.init(problem: .noEquivalent(path: path, what: what)))
    }

    private mutating func check(_ recipe: TrainingRecipe) {
        if recipe.rate.warmUp != 0 { refuse("train.warm-up", "warm-up") }
        if recipe.gradientClip != nil { refuse("train.clip", "gradient clip") }
        if !recipe.teachers.isEmpty { refuse("train.teachers", "teachers (they are given on the command line)") }
        if recipe.learnsClips { refuse("train.learn-clips", "learned clips for DorefaQuantizer") }
        if recipe.assignment != .fixed { refuse("train.assignment", "shared weights") }
        if !recipe.augmentation.isOff { refuse("train.augmentation", "augmentation (its data loaders have their own)") }
        if case .adamW = recipe.optimizer { refuse("train.optimizer", "AdamW (its program trains with SGD)") }
        if case .sgd(_, true) = recipe.optimizer { refuse("train.optimizer", "Nesterov momentum") }
    }

    private func comment(_ recipe: TrainingRecipe) -> String {
        var options =
            "--epochs \(recipe.epochs) --batch-size \(recipe.batchSize) --lr \(recipe.rate.rate) --weight-decay \(recipe.weightDecay)"
        if case .sgd(let momentum, _) = recipe.optimizer { options += " --momentum \(momentum)" }
        return "# compress_classifier.py \(options)"
    }

    /// Settings of a layer that are written, refused by what they are, or nothing to a training.
    private static let known: Set = [
        "amount", "criterion", "scope", "deviation", "biases", "bypass", "indexBits", "activations", "coder",
    ]

    /// The plan's pruning as policies of the first epoch.
    private mutating func pruning(_ plan: CompressionPlan, epochs: Int) throws(PlanFileError) -> [SchedulePolicy] {
        let resolved: ResolvedPlan
        do { resolved = try plan.resolved(for: layers) } catch { throw PlanFileError(problem: .invalid(error)) }
        if plan.sums != nil { refuse("plan.sums", "quantized sums (its PostTrainLinearQuantizer is no part of a schedule)") }
        var ratios: [String: Double] = [:]
        var levels: [String: Double] = [:]
        for (weight, layer) in resolved.layers {
            guard layer != .unchanged, !layer.bypass else { continue }
            let path = "plan.layers.\(weight)"
            if layer.weights != .float32 { refuse(path, "\(layer.weights.name) weights in a plan") }
            if layer.biases != .float32 { refuse(path, "\(layer.biases.rawValue) biases") }
            if layer.activations != nil { refuse(path, "quantized activations in a plan (DorefaQuantizer is a policy)") }
            if layer.pruning.scope == .global { refuse(path, "pruning across layers") }
            if layer.pruning.deviation == .nonzero { refuse(path, "deviation over the remaining weights") }
            let others = LayerPlan.ownSettings.filter { !Self.known.contains($0.id) }
            for other in others where other.value(in: layer) != other.value(in: .unchanged) { refuse(path, "'\(other.name)' in a plan") }
            guard layer.pruning.amount > 0 else { continue }
            if layer.pruning.criterion == .ratio { ratios[weight] = layer.pruning.amount } else { levels[weight] = layer.pruning.amount }
        }
        let actions: [(String, ScheduleAction, Bool)] = [
            ("ratios", .sensitivity(ratios), ratios.isEmpty), ("levels", .level(levels), levels.isEmpty),
        ]
        return actions.filter { !$0.2 }.map { SchedulePolicy(name: $0.0, action: $0.1, start: 0, end: 1) }
    }

    /// The course of the rate, where torch's schedulers have it.
    private mutating func course(_ recipe: TrainingRecipe) -> [SchedulePolicy] {
        var factors: [Int: Double] = [:]
        switch recipe.rate.course {
        case .constant: return []
        case .steps(let factor, let epochs):
            for epoch in epochs where epoch < recipe.epochs { factors[epoch, default: 1] *= factor }
        case .exponential(let factor):
            for epoch in 1..<max(2, recipe.epochs) { factors[epoch] = factor }
        case .cosine, .oneCycle:
            refuse("train.course", "\(recipe.rate.course) (ExponentialLR, StepLR and MultiStepLR are written)")
            return []
        }
        return factors.isEmpty ? [] : [SchedulePolicy(name: "course", action: .rate(factors: factors), start: 0, end: recipe.epochs)]
    }

    private mutating func add(_ policy: SchedulePolicy) throws(PlanFileError) {
        if case .dorefa(let weights, let activations) = policy.action,
            let name = Set(weights.keys).union(activations.keys).subtracting(layers.map(\.weight)).first
        {
            return refuse("policies.\(policy.name)", "layer '\(name)'")
        }
        guard let kind = kind(of: policy.action) else {
            return refuse("policies.\(policy.name)", Self.missing(policy.action))
        }
        let name = try instance(policy, kind)
        let role = DistillerClass.sections[kind.section] ?? "pruner"
        var times = "starting_epoch: \(policy.start), ending_epoch: \(policy.end), frequency: \(policy.frequency)"
        if case .rate(let factors) = policy.action {
            // Distiller sets the rate at the end of the epoch before.
            times = "starting_epoch: 0, ending_epoch: \(max(1, factors.keys.max() ?? 1)), frequency: 1"
        }
        var args = policy.batchFrequency.map { ", args: {mini_batch_pruning_frequency: \($0)}" } ?? ""
        if case .penalty(let penalty) = policy.action { args = penalty.keepsZeros ? ", args: {keep_mask: True}" : "" }
        policies.append("  - {\(role): {instance_name: \(name)\(args)}, \(times)}")
    }

    /// Takes away what is zero in the last epoch; the network's names in Distiller have to be filled in there.
    private mutating func addRemover(at epoch: Int) {
        instances["extensions", default: []].append(
            "  thinner: {class: StructureRemover, thinning_func_str: remove_filters, arch: ARCH, dataset: DATASET}")
        policies.append("  - {extension: {instance_name: thinner}, epochs: [\(max(0, epoch))]}")
    }

    /// The name of the policy's instance, which is written once; another action under the same name gets a number.
    private mutating func instance(_ policy: SchedulePolicy, _ kind: DistillerClass) throws(PlanFileError) -> String {
        var name = policy.name
        var number = 1
        while let taken = actions[name], taken != policy.action {
            number += 1
            name = "\(policy.name)_\(number)"
        }
        let key = try Document.scalar(name)
        guard actions.updateValue(policy.action, forKey: name) == nil else { return key }
        let fields = ["class: \(kind.rawValue)"] + (try self.fields(of: policy.action))
        instances[kind.section, default: []].append("  \(key): {\(fields.joined(separator: ", "))}")
        return key
    }

    /// What Distiller does not have.
    private static func missing(_ action: ScheduleAction) -> String {
        switch action {
        case .ranks: "ranks that are learned"
        case .bytes: "bytes in the loss"
        default: otherChannels
        }
    }

    private static let otherChannels = "such groups, or channels ranked over layers or by others than those that are named"

    private func kind(of penalty: StructurePenalty) -> DistillerClass? {
        let types = Set(penalty.terms.map { groupType(of: $0.value, in: $0.key) })
        if types == ["elements"], penalty.kind == .lasso, penalty.zeros != nil { return .lasso }
        guard hasTypes(penalty.terms, without: ["elements"]) else { return nil }
        if penalty.kind == .lasso { return .groupLasso }
        return types == ["Channels"] && penalty.zeros == nil ? .groupVariance : nil
    }

    private func hasTypes(_ terms: [String: [StructureTerm]], without others: Set<String>) -> Bool {
        terms.allSatisfy { name, own in groupType(of: own, in: name).map { !others.contains($0) } ?? false }
    }

    /// Nil where Distiller has none.
    private func kind(of action: ScheduleAction) -> DistillerClass? {
        switch action {
        case .magnitude: .magnitude
        case .sensitivity: .sensitivity
        case .level: .level
        case .gradual: .gradual
        case .splicing: .splicing
        case .filters(let policy): DistillerClass(policy)
        case .ranks, .bytes: nil
        case .lasso: .lasso
        case .penalty(let penalty): kind(of: penalty)
        case .structures(let terms, _): hasTypes(terms, without: ["elements"]) ? .structures : nil
        case .dorefa: .dorefa
        case .rate(let factors): Set(factors.values).count > 1 ? .multiGamma : .multiStep
        case .plateau: .plateau
        }
    }
}
