import Compression
import Foundation

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
    /// The trained states before and after, where the change is a training.
    public var state: StateMove?

    public init(
        label: String, key: String, time: Int64, before: [String: LayerPlan], after: [String: LayerPlan],
        temperatureBefore: Double? = nil, temperatureAfter: Double? = nil, state: StateMove? = nil
    ) {
        self.label = label
        self.key = key
        self.time = time
        self.before = before
        self.after = after
        self.temperatureBefore = temperatureBefore
        self.temperatureAfter = temperatureAfter
        self.state = state
    }
}

/// From one trained state to another, by id; nil is the network as it was opened.
public struct StateMove: Codable, Hashable, Sendable {
    public var before: String?
    public var after: String?

    public init(before: String?, after: String?) {
        self.before = before
        self.after = after
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
}
