import Reports

/// Accuracy under one plan, as a point of the trend in the accuracy pane.
public struct TrendPoint: Hashable, Sendable {
    public var generation: UInt64
    public var accuracy: Double
    public var interval: Interval
    public var isExact: Bool

    /// How many plans the trend remembers.
    static let kept = 240
}
