import Compression
import Foundation
import Networks

/// One entry of the undo history: which layers changed, from what to what.
///
/// Steps of one knob of one layer without a pause of 500 ms are one entry.
public struct PlanChange: Codable, Hashable, Sendable {
    /// What the user reads: "fc1 ratio 0.50 → 1.50".
    public var label: String
    /// What was turned, `fc1.weight/ratio`; equal keys may be merged.
    public var key: String
    /// When the last step of it happened, milliseconds since 1970.
    public var time: Int64
    /// The changed layers by weight parameter name.
    public var before: [String: LayerPlan]
    public var after: [String: LayerPlan]
    /// Temperature and loss weights, where they changed.
    public var temperatureBefore: Double?
    public var temperatureAfter: Double?
    public var lossWeightsBefore: LossWeights?
    public var lossWeightsAfter: LossWeights?
    /// What becomes of sums, where that changed.
    public var sums: SumsChange?
    /// The state that the plan applies to, where it changed: a training, or the way back to before one.
    public var state: StateChange?

    /// From one trained state to another; nil is the original network.
    public struct StateChange: Codable, Hashable, Sendable {
        public var before: String?
        public var after: String?

        public init(before: String?, after: String?) {
            self.before = before
            self.after = after
        }
    }

    /// From one way to quantize sums to another; nil leaves them float.
    public struct SumsChange: Codable, Hashable, Sendable {
        public var before: ActivationQuantization?
        public var after: ActivationQuantization?

        public init(before: ActivationQuantization?, after: ActivationQuantization?) {
            self.before = before
            self.after = after
        }
    }

    public init(
        label: String, key: String, time: Int64, before: [String: LayerPlan], after: [String: LayerPlan],
        temperatureBefore: Double? = nil, temperatureAfter: Double? = nil, lossWeightsBefore: LossWeights? = nil,
        lossWeightsAfter: LossWeights? = nil, state: StateChange? = nil
    ) {
        self.label = label
        self.key = key
        self.time = time
        self.before = before
        self.after = after
        self.temperatureBefore = temperatureBefore
        self.temperatureAfter = temperatureAfter
        self.lossWeightsBefore = lossWeightsBefore
        self.lossWeightsAfter = lossWeightsAfter
        self.state = state
    }
}

extension PlanChange {
    /// What leads from one plan to another: the layers that differ, temperature and loss weights, and the state where that changes.
    public init(
        label: String, key: String, time: Int64, from before: ResolvedPlan, to after: ResolvedPlan, state: StateChange? = nil
    ) {
        let changed = Set(before.layers.keys).union(after.layers.keys).filter { before[$0] != after[$0] }
        self.init(
            label: label, key: key, time: time, before: Dictionary(uniqueKeysWithValues: changed.map { ($0, before[$0]) }),
            after: Dictionary(uniqueKeysWithValues: changed.map { ($0, after[$0]) }),
            state: state.flatMap { $0.before == $0.after ? nil : $0 })
        if before.temperature != after.temperature { (temperatureBefore, temperatureAfter) = (before.temperature, after.temperature) }
        if before.lossWeights != after.lossWeights { (lossWeightsBefore, lossWeightsAfter) = (before.lossWeights, after.lossWeights) }
        if before.sums != after.sums { sums = SumsChange(before: before.sums, after: after.sums) }
    }

    /// Whether the last plan and state are the first ones again, as after a step up and a step down.
    public var changesNothing: Bool {
        before == after && temperatureBefore == temperatureAfter && lossWeightsBefore == lossWeightsAfter && state == nil
            && sums?.before == sums?.after
    }

    /// The plan that it leads to from `plan`, or with `isUndone` the one that it came from; it may name layers that only one of two graphs has.
    public func applied(to plan: ResolvedPlan, isUndone: Bool = false) -> ResolvedPlan {
        var plan = plan.taking(isUndone ? before : after)
        plan.temperature = (isUndone ? temperatureBefore : temperatureAfter) ?? plan.temperature
        plan.lossWeights = (isUndone ? lossWeightsBefore : lossWeightsAfter) ?? plan.lossWeights
        if let sums { plan.sums = isUndone ? sums.before : sums.after }
        return plan
    }
}

/// The undo history: changes in order, of which the first `applied` are in force.
public struct PlanHistory: Codable, Hashable, Sendable {
    public var changes: [PlanChange]
    /// 0…changes.count; what stands after it can be redone.
    public var applied: Int

    public init(changes: [PlanChange] = [], applied: Int = 0) {
        self.changes = changes
        self.applied = applied
    }

    /// Adds a change behind those that are in force, drops what was undone, and returns its position.
    @discardableResult
    public mutating func append(_ change: PlanChange) -> Int {
        let position = applied
        changes.removeSubrange(position...)
        changes.append(change)
        applied = position + 1
        return position
    }

    /// The trained state in force, nil for the original network: where the last applied change of it led.
    public var state: String? { changes.prefix(applied).last { $0.state != nil }?.state?.after }

    /// Every state that undo or redo can lead to.
    public var states: Set<String> {
        Set(changes.compactMap(\.state).flatMap { [$0.before, $0.after] }.compactMap { $0 })
    }
}
