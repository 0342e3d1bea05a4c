import Networks

/// One way to change one layer: a value of a family of options, and the layer's plan with it.
public struct LayerOption: Codable, Hashable, Sendable {
    /// Names an option among those of a network.
    public struct Key: Codable, Hashable, Sendable {
        public var weight: String
        public var family: String
        public var value: Double

        public init(weight: String, family: String, value: Double) {
            (self.weight, self.family, self.value) = (weight, family, value)
        }
    }

    /// The layer's weight parameter, the family's name, and where the option stands in the family (``OptionFamily/values(of:)``).
    public var key: Key
    /// What the layer's plan becomes.
    public var plan: LayerPlan
    /// Whether it is among the few of its family that are measured first.
    public var isCoarse: Bool

    public init(_ key: Key, plan: LayerPlan, isCoarse: Bool = false) {
        (self.key, self.plan, self.isCoarse) = (key, plan, isCoarse)
    }

    public var weight: String { key.weight }
    public var family: String { key.family }
    public var value: Double { key.value }
    /// `level 0.85`, `4 bits`, `16 centroids`: what is said of it in a few words.
    public var label: String { OptionFamily.named(family)?.label(value) ?? "\(family) \(value)" }
}

extension CompressionPlan {
    /// The same with an option in the place of its layer's plan.
    public func taking(_ option: LayerOption) -> CompressionPlan {
        var plan = self
        plan[option.weight] = option.plan
        return plan
    }
}
