import Foundation

/// Weights as multiples of a step, chosen by what they lose and what they cost: ŵ = k · Δ minimizes ((w − ŵ) / Δ)² + λ · bits(k).
///
/// Tried are the nearest k, the next one towards zero, and 0, so that with λ small weights are pruned and rare levels avoided
/// (Chou, Lookabaugh and Gray 1989; with the prices of an adaptive coder Wiedemann 2020, DeepCABAC). With a dither ŵ = (k − u) · Δ for k ≠ 0,
/// u uniform in −½…½ by seed and place: universal quantization (Ziv 1985; Choi, El-Khamy and Lee 2018).
public struct LatticeQuantization: Codable, Hashable, Sendable {
    /// What bits(k) is.
    public enum Rate: String, Codable, Hashable, Sendable, CaseIterable {
        /// Whether a weight is 0 by how full its row and column are and by its neighbours, as the arithmetic coder sees them.
        case contexts
        /// The entropy of the layer's levels.
        case independent
    }

    /// Δ in σ of the layer's dense weights, 0.01…16.
    public var step: Double
    /// λ, what a bit may cost in Δ², 0…10; 0 takes the nearest level.
    public var lambda: Double
    public var rate: Rate
    /// The seed of the dither; nil without one.
    public var dither: UInt32?

    /// The largest |k|: what lies beyond is cut.
    public static let largestLevel = 2_047

    public init(step: Double, lambda: Double = 0.1, rate: Rate = .contexts, dither: UInt32? = nil) {
        self.step = step
        self.lambda = lambda
        self.rate = rate
        self.dither = dither
    }
}

extension LatticeQuantization {
    /// Bits that hold the levels within ±4 σ.
    public var bits: Int {
        get { max(1, Int(log2(8 / step + 1).rounded(.up))) }
        set { step = 8 / (pow(2, Double(newValue)) - 1) }
    }

    /// The bits that a step may have.
    public static let bitRange = 1...8
}
