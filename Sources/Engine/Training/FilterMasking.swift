import Compression
import Networks
import Tensors

/// Masks the channels of an epoch's policies, one policy after another: ranks them on the weights as they are, and masks the least. Owned by one thread.
///
/// Criteria that need examples are measured on training examples. Cost: that of the criterion for each policy.
final class FilterMasking {
    /// With those of the policies that are done.
    private(set) var masked: MaskedChannels
    private var waiting: ArraySlice<SchedulePolicy>
    private let epoch: Int
    private let network: TrainedNetwork
    private let data: Dataset
    private var ranked: (network: Network, importance: MeasuredImportance)?

    /// Nil where no policy masks channels in this epoch, counted from 0.
    init?(_ parts: TrainingParts, epoch: Int, data: Dataset) {
        let own = parts.policies.policies.filter { policy in
            guard case .filters = policy.action else { return false }
            return PolicyEngine.isActive(policy, epoch: epoch)
        }
        guard !own.isEmpty else { return nil }
        (masked, waiting, self.epoch, network, self.data) = (parts.policies.masked, own[...], epoch, parts.network, data)
    }

    /// Throws where channels of a layer that is named can't be masked.
    static func check(_ filters: FilterPolicy, of policy: SchedulePolicy, in network: TrainedNetwork) throws(TrainingFailure) {
        func refuse(_ reason: String) -> TrainingFailure { .policy(name: policy.name, reason: reason) }
        if policy.batchFrequency != nil { throw refuse("channels are ranked at the start of epochs; leave its frequency of batches out") }
        if let (weight, reason) = filters.obstacle(in: network.network) {
            throw refuse("the channels of \(weight) can't be masked: \(reason)")
        }
        for weight in filters.masks(in: network.network).sorted() {
            guard let plan = network.layer(named: weight)?.plan, !plan.bypass else { continue }
            if case .factors = plan.weights {
                throw refuse("\(weight) has a rank, and factors have no filters to be masked; choose one of both")
            }
            if plan.pattern != nil {
                throw refuse("\(weight) has a pattern, whose blocks masks of channels would cut; choose one of both")
            }
        }
    }

    /// About 10 ms; false when all is done.
    func step() throws(TrainingFailure) -> Bool {
        guard let policy = waiting.first, case .filters(let filters) = policy.action else { return false }
        do throws(FilterObstacle) {
            guard let ranked else {
                let now = network.evaluated
                self.ranked = (now, try MeasuredImportance(filters.removal, in: now, data: .success(data)))
                return true
            }
            if try ranked.importance.step() { return true }
            let found = try filters.masked(
                at: share(filters, policy), in: ranked.network, by: ranked.importance.scores, beside: masked)
            masked.add(found)
        } catch { throw .policy(name: policy.name, reason: "\(error)") }
        network.mask(masked)
        ranked = nil
        waiting.removeFirst()
        return !waiting.isEmpty
    }

    private func share(_ filters: FilterPolicy, _ policy: SchedulePolicy) -> Double {
        guard let initial = filters.initial else { return filters.final }
        return PolicyEngine.gradualLevel(initial: initial, final: filters.final, policy: policy, epoch: epoch)
    }
}

extension TrainedNetwork {
    /// Masks channels in everything that is trained.
    func mask(_ channels: MaskedChannels) {
        for member in channels.members {
            if let layer = layer(named: member.parameter) {
                layer.mask(member)
            } else if let other = other(named: member.parameter), let shape = network.parameters[member.parameter]?.shape {
                other.mask(member, shape: shape)
            }
        }
    }

    /// The network with the values that it is run with now. Cost: O(parameters).
    var evaluated: Network {
        writeEffective()
        var result = network
        for name in executor.trainedParameters + executor.statistics {
            guard let shape = result.parameters[name]?.shape else { continue }
            result.parameters[name]?.values = Tensor(shape: shape, floats: Array(executor.values(of: name)))
        }
        return result
    }
}
