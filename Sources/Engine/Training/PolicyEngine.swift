import Compression
import Foundation
import Networks
import Reports
import Tensors

/// Follows Distiller's policies while a network is trained.
///
/// An epoch e from 0 belongs to a policy where start ≤ e < end and (e − start) is a multiple of its frequency. What it does is done at the start
/// of those epochs, and with a batch frequency again after every so many batches of them. The plan of a layer that it prunes says the ratio or level
/// that it has then.
struct PolicyEngine {
    let policies: [SchedulePolicy]
    /// σ at the first time, by policy and weight.
    private(set) var deviations: [String: Double]
    /// What policies of channels have masked.
    var masked: MaskedChannels

    init(
        _ policies: [SchedulePolicy], network: TrainedNetwork, deviations: [String: Double] = [:], masked: MaskedChannels = MaskedChannels()
    ) throws(TrainingFailure) {
        self.policies = policies
        self.deviations = deviations
        self.masked = masked
        network.mask(masked)
        let layers = network.layers
        let known = Set(layers.map(\.layer.weight))
        for policy in policies {
            if let name = policy.action.weights.sorted().first(where: { !known.contains($0) }) {
                throw .policy(name: policy.name, reason: "the network has no trained weights \(name)")
            }
            if case .filters(let filters) = policy.action { try FilterMasking.check(filters, of: policy, in: network) }
            for layer in layers { try Self.check(policy, layer) }
            if case .bytes = policy.action { try Self.checkBytes(policy, layers) }
            if case .dorefa(_, let activations) = policy.action, let name = activations.keys.sorted().first {
                throw .policy(name: policy.name, reason: "the activations of \(name) can't be quantized by a policy; set them in the plan")
            }
        }
    }

    /// Throws where norms of groups of a layer can't be what a policy says.
    private static func check(_ policy: SchedulePolicy, _ layer: TrainedLayer) throws(TrainingFailure) {
        let weight = layer.layer.weight
        func refuse(_ reason: String) -> TrainingFailure { .policy(name: policy.name, reason: "\(weight): \(reason)") }
        switch policy.action {
        case .penalty(let penalty):
            for term in penalty.terms[weight] ?? [] {
                if let reason = layer.obstacle(to: term, kind: penalty.kind) { throw refuse(reason) }
                if penalty.keepsZeros, layer.plan.pattern != nil { throw refuse("it has a pattern, which masks of groups would cut") }
            }
        case .structures(let terms, _):
            for term in terms[weight] ?? [] {
                if StructureGroups(term.structure, of: layer.layer) == nil { throw refuse("it has no \(term.structure.rawValue)") }
                if layer.plan.pattern != nil { throw refuse("it has a pattern, which masks of groups would cut") }
            }
        default: break
        }
    }

    static func isActive(_ policy: SchedulePolicy, epoch: Int) -> Bool {
        epoch >= policy.start && epoch < policy.end && (epoch - policy.start) % policy.frequency == 0
    }

    /// Before the first batch of an epoch.
    mutating func begin(epoch: Int, layers: [TrainedLayer]) {
        for policy in policies where Self.isActive(policy, epoch: epoch) { apply(policy, epoch: epoch, layers: layers) }
    }

    /// After `batches` batches of an epoch, of `count`.
    mutating func after(batches: Int, of count: Int, epoch: Int, layers: [TrainedLayer]) {
        for policy in policies where Self.isActive(policy, epoch: epoch) {
            if case .penalty(let penalty) = policy.action, let measure = penalty.zeros {
                let isLast = batches == count && epoch + policy.frequency >= policy.end
                for layer in layers {
                    for term in penalty.terms[layer.layer.weight] ?? [] {
                        layer.clear(term, by: measure, keeps: isLast && penalty.keepsZeros)
                    }
                }
            }
            guard let frequency = policy.batchFrequency, batches % frequency == 0 else { continue }
            apply(policy, epoch: epoch, layers: layers)
        }
    }

    /// What the rate is multiplied by in an epoch, after the epochs measured so far; `rate` is that of the recipe at its start.
    func rateFactor(epoch: Int, measured: [TrainingProgress.Epoch], rate: Double) -> Double {
        policies.reduce(1) { product, policy in
            switch policy.action {
            case .rate(let factors): factors.keys.sorted().reduce(product) { $1 <= epoch ? $0 * (factors[$1] ?? 1) : $0 }
            case .plateau(let rule): product * rule.factor(after: Self.values(of: policy, rule, epoch, measured), rate: rate)
            default: product
            }
        }
    }

    /// What the rule watches, at the end of the policy's epochs before `epoch`; ∞ where a cross-entropy has no finite value, which betters nothing.
    private static func values(
        of policy: SchedulePolicy, _ rule: PlateauRule, _ epoch: Int, _ measured: [TrainingProgress.Epoch]
    ) -> [Double] {
        // Epoch 0 is measured before the first step, so the number of an epoch is one more than its place here.
        let finished = measured.filter { $0.number > 0 && $0.number <= epoch && isActive(policy, epoch: $0.number - 1) }
        return finished.map { rule.measure == .accuracy ? $0.accuracy : $0.crossEntropy ?? .infinity }
    }

    /// Adds the gradients of the L1 terms and those of groups of an epoch and returns what they add to the loss.
    func addPenalties(epoch: Int, layers: [TrainedLayer]) -> Double {
        var penalty = 0.0
        for policy in policies where Self.isActive(policy, epoch: epoch) {
            for layer in layers {
                switch policy.action {
                case .lasso(let strengths):
                    guard let strength = strengths[layer.layer.weight], strength > 0 else { continue }
                    penalty += strength * layer.addLasso(strength)
                case .bytes(let term):
                    let price = bitPrice(term, policy, epoch)
                    if price > 0, term.names(layer.layer.weight) { penalty += price * layer.addRate(price) }
                case .penalty(let own):
                    for term in own.terms[layer.layer.weight] ?? [] { penalty += layer.addPenalty(own.kind, term) }
                default: break
                }
            }
        }
        return penalty
    }

    private mutating func apply(_ policy: SchedulePolicy, epoch: Int, layers: [TrainedLayer]) {
        for layer in layers {
            let weight = layer.layer.weight
            switch policy.action {
            case .magnitude(let thresholds):
                if let threshold = thresholds[weight] { layer.prune(rule: .threshold(threshold), as: nil) }
            case .sensitivity(let sensitivities):
                guard let sensitivity = sensitivities[weight] else { continue }
                let key = "\(policy.name)/\(weight)"
                let deviation = deviations[key] ?? layer.floatDeviation
                deviations[key] = deviation
                layer.prune(rule: .threshold(sensitivity * deviation), as: nil)
            case .level(let levels):
                if let level = levels[weight] { layer.prune(level: level) }
            case .gradual(let initial, let final, let weights):
                guard weights.contains(weight) else { continue }
                layer.prune(level: Self.gradualLevel(initial: initial, final: final, policy: policy, epoch: epoch))
            case .splicing(let sensitivities, let low, let high, let growth):
                guard let sensitivity = sensitivities[weight] else { continue }
                layer.splice(sensitivity: sensitivity * (1 + (growth ?? 0) * Double(epoch - policy.start)), low: low, high: high)
            case .dorefa(let weights, _):
                guard let bits = weights[weight], layer.plan.weights != .dorefa(bits: bits) else { continue }
                var plan = layer.plan
                plan.weights = .dorefa(bits: bits)
                layer.adopt(plan, mask: layer.keptMask, threshold: layer.threshold)
            case .structures(let terms, let measure):
                for term in terms[weight] ?? [] { layer.clear(term, by: measure, keeps: true) }
            case .bytes(let term): if term.names(weight) { layer.priceBits() }
            case .filters, .ranks, .lasso, .penalty, .rate, .plateau: break
            }
        }
    }

    /// s = final + (initial − final) · (1 − t / span)³, t = epoch − start, span = ((end − start − 1) div frequency) · frequency
    /// (Zhu and Gupta 2017, as Distiller's AutomatedGradualPruner); final where the span is 0.
    package static func gradualLevel(initial: Double, final: Double, policy: SchedulePolicy, epoch: Int) -> Double {
        let span = (policy.end - policy.start - 1) / policy.frequency * policy.frequency
        guard span > 0 else { return final }
        return final + (initial - final) * pow(1 - Double(epoch - policy.start) / Double(span), 3)
    }
}

extension ScheduleAction {
    /// The weights that it names.
    var weights: [String] {
        switch self {
        case .magnitude(let values), .sensitivity(let values), .level(let values), .lasso(let values): Array(values.keys)
        case .gradual(_, _, let weights): weights
        case .filters(let filters): filters.weights
        case .bytes(let term): term.weights
        case .penalty(let penalty): Array(penalty.terms.keys)
        case .structures(let terms, _): Array(terms.keys)
        case .ranks(let settings): settings.weights
        case .splicing(let sensitivities, _, _, _): Array(sensitivities.keys)
        case .dorefa(let weights, _): Array(weights.keys)
        case .rate, .plateau: []
        }
    }
}
