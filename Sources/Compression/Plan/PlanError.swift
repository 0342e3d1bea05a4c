import Networks

/// Why a plan can't be applied to a network.
public enum PlanError: Error, Hashable, Sendable {
    /// A name or glob that no layer has; `near` lists the names it may have meant, nearest first.
    case unknownName(pattern: String, near: [String])
    /// A name of a bias: biases are not pruned, their representation belongs to the layer's entry.
    case biasName(pattern: String, weight: String)
    /// Two entries name the same layer, for example `conv2` and `conv2.weight`.
    case duplicateEntry(first: String, second: String)
    /// A representation that a layer can't have.
    case unsuited(layer: String, representation: String, reason: String)
    /// A setting that factors don't have of their own.
    case settingOfLayers(entry: String, setting: String)
    /// A value outside the range of a setting, `linear.bits`; `entry` is nil for the settings of the whole plan.
    case outOfRange(entry: String?, setting: String, value: Double, allowed: ClosedRange<Double>)
}
