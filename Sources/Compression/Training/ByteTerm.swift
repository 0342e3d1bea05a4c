/// A term of the loss for the bytes that levels take: λ · R / 8,000, R in bits as an adaptive coder would write the levels now (Oktay and others 2020).
public struct ByteTerm: Codable, Hashable, Sendable {
    /// λ: what 1,000 bytes may cost in loss.
    public var lambda: Double
    /// λ in the first epoch, from which it rises evenly to that of the last one; nil is `lambda` from the start.
    public var initial: Double?
    /// By weight parameter; none names all layers that have levels on a lattice.
    public var weights: [String]

    public static let range = 0.0...1_000

    public init(_ lambda: Double, initial: Double? = nil, weights: [String] = []) {
        (self.lambda, self.initial, self.weights) = (lambda, initial, weights)
    }

    /// Whether it is of a layer, as far as names go.
    public func names(_ weight: String) -> Bool { weights.isEmpty || weights.contains(weight) }

    /// λ in the epoch with number `time` of `count` epochs, from 0.
    public func lambda(at time: Int, of count: Int) -> Double {
        guard let initial, count > 1 else { return lambda }
        return initial + (lambda - initial) * Double(min(time, count - 1)) / Double(count - 1)
    }
}

extension TrainedLayer {
    /// Why the bits of its levels are no term of a loss; nil where they may be one.
    public var rateObstacle: String? {
        guard let lattice = (representation as? LatticeWeights)?.lattice else {
            return "only levels of \"entropy\" have bits that training can lower"
        }
        return lattice.dither == nil ? nil : "dithered levels have no such term"
    }

    private var rated: LatticeWeights? { rateObstacle == nil ? representation as? LatticeWeights : nil }

    /// Finds prices of bits by the levels as they are now; nothing without levels. Cost: six passes of counting.
    public func priceBits() { rated?.priceBits(context) }

    /// Adds the gradient of strength · R to those of ``vectors``, and returns R in bits; 0 without levels. Cost: O(n).
    public func addRate(_ strength: Double) -> Double {
        guard let rated, shadow.gradient.count == layer.count else { return 0 }
        return rated.addRate(strength, context, into: shadow.gradient)
    }
}
