import Networks

extension CompressionSchedule {
    /// What changes nothing in a network of these layers, stage after stage: keys of plans, and policies that never act or act on nothing.
    ///
    /// Cost: as ``CompressionPlan/idleParts(for:)``, once for each stage with a plan of its own.
    public func idleParts(for layers: [Layer]) -> [IdlePart] {
        var seen: Set<String> = []
        return stages.flatMap { stage in
            // A plan that does not fit is refused when the stage begins; what rounds of one schedule share is said once.
            let ofPlan = ((try? stage.plan.idleParts(for: layers)) ?? []).filter { seen.insert($0.description).inserted }
            let ofStage = stage.idleSettings + stage.policies.flatMap { stage.idleParts(of: $0) }
            let all = ofPlan.map { IdlePart("plan.\($0.key)", $0.reason) } + ofStage
            return all.map { IdlePart("\(stage.name): \($0.key)", $0.reason) }
        }
    }
}

extension CompressionSchedule.Stage {
    fileprivate var idleSettings: [IdlePart] {
        guard let recipe else { return [] }
        let plans = plan.layers.map(\.plan)
        let all = plans + plans.flatMap { $0.parts?.all.map(\.plan) ?? [] }
        var found: [IdlePart] = []
        if recipe.assignment != .fixed, !all.contains(where: { $0.isAssigned && !$0.bypass }) {
            found.append(IdlePart("train.assignment", IdleReason("no weights are shared", cure: "share some in the plan, or leave it out")))
        }
        let setsLoss = plan.temperature != CompressionPlan().temperature || plan.lossWeights != LossWeights()
        if setsLoss, recipe.teachers.isEmpty {
            let key = plan.lossWeights == LossWeights() ? "temperature" : "lossWeights"
            found.append(IdlePart("plan.\(key)", IdleReason("there is no teacher", cure: "name one in train.teachers, or leave it out")))
        }
        return found
    }

    fileprivate func idleParts(of policy: SchedulePolicy) -> [IdlePart] {
        if let reason = policy.idleness(in: recipe) { return [IdlePart("policy \(policy.name)", reason)] }
        return policy.idleKeys.map { key, reason in IdlePart("policy \(policy.name).\(key)", reason) }
    }
}

extension LayerPlan {
    /// Whether its weights have centroids or levels that may be found again while it is trained.
    fileprivate var isAssigned: Bool {
        if case .lattice = weights { return true }
        return weights.form.table == .centroids
    }
}

extension SchedulePolicy {
    /// Why it does nothing at all.
    fileprivate func idleness(in recipe: TrainingRecipe?) -> IdleReason? {
        guard let recipe else { return IdleReason("the stage is not trained", cure: "give it 'train', or leave the policy out") }
        if start >= recipe.epochs {
            return IdleReason(
                "it starts at epoch \(start), and the stage has \(recipe.epochs)", cure: "let it start earlier, or train for longer")
        }
        return action.isEmpty ? IdleReason("it names no weights", cure: "name some, or leave it out") : nil
    }

    /// Keys of it that change nothing.
    fileprivate var idleKeys: [(String, IdleReason)] {
        var found: [(String, IdleReason)] = []
        switch action {
        case .penalty(let penalty) where penalty.keepsZeros && penalty.zeros == nil:
            found.append(("keep", IdleReason("it makes no zeros to be kept", cure: "add 'zeros: mean' or 'largest', or leave it out")))
        case .bytes(let term) where term.lambda == 0 && term.initial ?? 0 == 0:
            found.append(("lambda", IdleReason("bytes cost nothing then", cure: "give it a number above 0, or leave the policy out")))
        case .filters(let filters) where filters.seed != 0 && filters.criterion != .random:
            let reason = "the criterion \(filters.criterion.rawValue) draws nothing by it"
            found.append(("seed", IdleReason(reason, cure: "take random, or leave it out")))
        default: break
        }
        if batchFrequency != nil, !action.actsAfterBatches {
            found.append(("batch-frequency", IdleReason("it acts in every batch, or at the start of epochs alone")))
        }
        return found
    }
}

extension ScheduleAction {
    /// Whether it says of no weights, groups or epochs what becomes of them.
    fileprivate var isEmpty: Bool {
        switch self {
        case .magnitude(let values), .sensitivity(let values), .level(let values), .lasso(let values): values.isEmpty
        case .gradual(_, _, let weights): weights.isEmpty
        case .splicing(let sensitivities, _, _, _): sensitivities.isEmpty
        case .filters(let filters): filters.weights.isEmpty
        case .penalty(let penalty): penalty.terms.values.allSatisfy(\.isEmpty)
        case .structures(let terms, _): terms.values.allSatisfy(\.isEmpty)
        case .dorefa(let weights, let activations): weights.isEmpty && activations.isEmpty
        case .rate(let factors): factors.isEmpty
        // Those without names are of all layers.
        case .ranks, .bytes, .plateau: false
        }
    }

    /// Whether something is done after so many batches, too.
    fileprivate var actsAfterBatches: Bool {
        switch self {
        case .lasso, .penalty, .rate, .plateau: false
        // What can't is refused when training begins.
        default: true
        }
    }
}
