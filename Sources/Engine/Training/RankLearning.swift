import Compression
import Networks
import Tensors

/// Follows the policy that learns ranks while a network is trained: when its turns are, what the weights are pulled to, and what becomes of them in the end.
///
/// A turn is done in pieces, one layer each. The last one comes with the last batch of the policy, or of the training: each layer becomes the factors of
/// its rank.
struct RankLearning {
    /// What is kept of it beside the targets, between turns.
    struct Kept: Codable, Hashable, Sendable {
        /// Turns that have begun, and when the last of them did.
        var turns = 0
        var epoch = -1
        var batch = 0
        var isFinished = false
        /// ‖W‖² of the layers that have a target.
        var norms: [String: Double] = [:]
    }

    let policy: SchedulePolicy
    let settings: LearnedRanks
    /// The epoch from 0 at whose end it ends.
    private let lastEpoch: Int
    private(set) var kept: Kept
    /// What weights are pulled to, by weight.
    private(set) var targets: [String: Tensor]
    /// Whether a turn is to be done before the next batch, and whether that is the last one.
    private(set) var isDue = false
    private var isLast = false
    /// The turn under way.
    private var step: RankStep?
    /// What the last turn found.
    private var ranks: [String: Int]?

    /// Nil where no policy learns ranks; throws for one that can't be followed.
    init?(
        _ policies: [SchedulePolicy], epochs: Int, layers: [TrainedLayer], kept: Kept? = nil, targets: [String: Tensor] = [:]
    ) throws(TrainingFailure) {
        let own = policies.compactMap { policy -> (SchedulePolicy, LearnedRanks)? in
            if case .ranks(let settings) = policy.action { (policy, settings) } else { nil }
        }
        guard let (policy, settings) = own.first else { return nil }
        if own.count > 1 { throw .policy(name: own[1].0.name, reason: "\(policy.name) learns ranks already, and only one can") }
        (self.policy, self.settings) = (policy, settings)
        lastEpoch = min(policy.end, epochs) - 1
        (self.kept, self.targets) = (kept ?? Kept(), targets)
        guard kept == nil else { return }
        for layer in layers where settings.weights.contains(layer.layer.weight) {
            if let reason = settings.obstacle(layer) { throw .policy(name: policy.name, reason: reason) }
        }
        guard layers.contains(where: settings.includes) else {
            throw .policy(name: policy.name, reason: "no layer can get a rank: they have none, or their plans prune or code their weights")
        }
    }

    private func isActive(_ epoch: Int) -> Bool {
        !kept.isFinished && epoch >= policy.start && epoch <= lastEpoch && (epoch - policy.start) % policy.frequency == 0
    }

    /// Before the first batch of an epoch.
    mutating func begin(epoch: Int) { if isActive(epoch) { begin(epoch: epoch, batch: 0) } }

    /// After `batches` batches of an epoch.
    mutating func after(batches: Int, of count: Int, epoch: Int) {
        if epoch == lastEpoch, batches == count, !kept.isFinished, kept.turns > 0 {
            begin(epoch: epoch, batch: batches)
            return isLast = true
        }
        guard let frequency = policy.batchFrequency, isActive(epoch), batches % frequency == 0, batches < count else { return }
        begin(epoch: epoch, batch: batches)
    }

    /// The same turn begun again, as after an interruption, is the same turn.
    private mutating func begin(epoch: Int, batch: Int) {
        if kept.turns == 0 || (kept.epoch, kept.batch) != (epoch, batch) { kept.turns += 1 }
        (kept.epoch, kept.batch, isDue) = (epoch, batch, true)
    }

    /// Does a piece of the turn that is due; false when there is nothing more to do.
    mutating func advance(_ layers: [TrainedLayer], of network: Network) throws(TrainingFailure) -> Bool {
        guard isDue else { return false }
        if isLast, let ranks { return become(ranks, layers) }
        var step = step ?? RankStep(settings)
        if let layer = layers.first(where: { settings.includes($0) && !step.isKnown($0.layer.weight) }) {
            step.decompose(layer)
            self.step = step
            return true
        }
        self.step = nil
        let plans = Dictionary(layers.map { ($0.layer.weight, $0.plan) }) { first, _ in first }
        let found: [String: Int]
        do throws(ShapeError) { found = try step.ranks(network, plans: plans) } catch {
            throw .policy(name: policy.name, reason: "\(error.node): expected \(error.expected), found \(error.actual)")
        }
        if isLast {
            ranks = found
            return true
        }
        (targets, kept.norms, isDue) = ([:], [:], false)
        for layer in layers {
            guard let rank = found[layer.layer.weight], let target = step.target(of: layer.layer, rank: rank) else { continue }
            (targets[layer.layer.weight], kept.norms[layer.layer.weight]) = (target.values, target.squaredNorm)
        }
        return true
    }

    /// Makes the next layer the factors of its rank.
    private mutating func become(_ ranks: [String: Int], _ layers: [TrainedLayer]) -> Bool {
        guard let layer = layers.first(where: { settings.includes($0) && ranks[$0.layer.weight] != nil }),
            let rank = ranks[layer.layer.weight]
        else {
            (targets, kept.norms, isDue, kept.isFinished) = ([:], [:], false, true)
            return true
        }
        layer.adopt(layer.plan.ranked(rank, weighting: .plain), mask: layer.keptMask, threshold: layer.threshold)
        return true
    }

    /// After the step of the optimizer: the implicit step of the penalty with the same rate.
    func pull(_ layers: [TrainedLayer], rate: Double) {
        let penalty = settings.penalty(turn: kept.turns - 1)
        for layer in layers where settings.includes(layer) {
            guard let target = targets[layer.layer.weight], let norm = kept.norms[layer.layer.weight], norm > 0 else { continue }
            let strength = rate * penalty / norm
            layer.pull(to: target, share: Float(strength / (1 + strength)))
        }
    }
}
