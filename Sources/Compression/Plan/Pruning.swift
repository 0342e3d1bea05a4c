/// Which weights become zero, by magnitude.
public struct Pruning: Codable, Hashable, Sendable {
    /// What the amount means.
    public enum Criterion: String, Codable, Sendable, CaseIterable {
        /// Threshold t = amount · σ; a weight stays when |w| > t (Distiller's SensitivityPruner; Han 2015).
        case ratio
        /// Exactly round(amount · n) zeros, the smallest magnitudes first, ties by index.
        case level
    }

    /// Whose weights are ranked together.
    public enum Scope: String, Codable, Sendable, CaseIterable {
        case layer
        /// All layers of the plan with the same criterion, amount and this scope.
        case global
    }

    /// Which weights σ is taken over.
    public enum Deviation: String, Codable, Sendable, CaseIterable {
        case all
        /// Only the weights that are not zero already, for a network that comes pruned.
        case nonzero
    }

    public var criterion: Criterion
    /// A ratio of σ (0…) or a fraction of the weights (0…1); 0 prunes nothing.
    public var amount: Double
    public var scope: Scope
    public var deviation: Deviation

    public init(
        criterion: Criterion = .ratio, amount: Double = 0, scope: Scope = .layer, deviation: Deviation = .all
    ) {
        self.criterion = criterion
        self.amount = amount
        self.scope = scope
        self.deviation = deviation
    }

    public static func ratio(_ amount: Double) -> Pruning { Pruning(criterion: .ratio, amount: amount) }
    public static func level(_ amount: Double) -> Pruning { Pruning(criterion: .level, amount: amount) }
}
