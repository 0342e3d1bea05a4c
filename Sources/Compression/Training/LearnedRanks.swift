import Foundation

/// Ranks that are learned while a network is trained, so that all layers together cost so much in the end: min L(W) with W = Θ, each Θ of a rank, Σ cost ≤ B.
///
/// Learning and compression take turns (Idelbayev and Carreira-Perpiñán 2020, with the budget as a bound in the place of its multiplier): training goes on with
/// the penalty μ/2 · Σ ‖W − Θ‖² / ‖W‖², and ``RankStep`` finds the ranks and the nearest Θ of the weights as they are; μ grows with each turn, so that the weights become
/// what they are replaced by.
public struct LearnedRanks: Codable, Hashable, Sendable {
    /// ``BudgetUnit/parameters`` or ``BudgetUnit/multiplyAdds``.
    public var unit: BudgetUnit
    /// Of what the whole network costs without ranks, 0…1.
    public var share: Double
    /// μ of the first turn.
    public var penalty: Double
    /// What μ is multiplied by at each turn.
    public var growth: Double
    /// The weights that may get a rank; none are all that can have one.
    public var weights: [String]

    public static let penalty = 10.0
    public static let growth = 2.0

    public init(
        _ unit: BudgetUnit = .parameters, share: Double, penalty: Double = Self.penalty, growth: Double = Self.growth,
        weights: [String] = []
    ) {
        (self.unit, self.share, self.penalty, self.growth, self.weights) = (unit, share, penalty, growth, weights)
    }

    /// μ after so many turns, from 0.
    public func penalty(turn: Int) -> Double { min(1e30, penalty * pow(growth, Double(turn))) }

    /// Whether a layer takes part as it is: its weights are floats, and none is pruned.
    public func includes(_ layer: TrainedLayer) -> Bool {
        obstacle(layer) == nil && (weights.isEmpty || weights.contains(layer.layer.weight))
    }

    /// Why a layer can't take part; nil where it can.
    public func obstacle(_ layer: TrainedLayer) -> String? {
        if !layer.layer.hasSpectrum { return "\(layer.layer.name) can't be factored" }
        if layer.plan.bypass { return "\(layer.layer.name) is bypassed" }
        if layer.plan.weights != .float32 { return "\(layer.layer.name) has \(layer.plan.weights.name) weights in its plan" }
        return layer.prunedCount > 0 || layer.plan.prunes ? "\(layer.layer.name) is pruned" : nil
    }
}
