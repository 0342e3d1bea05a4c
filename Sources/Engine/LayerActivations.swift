import Compression
import Networks

/// What one layer hands on over the calibration examples, before it is made coarse, and the clip in force.
public struct LayerActivations: TaskReport {
    /// The layer's weight parameter.
    public var weight: String
    /// The trained state whose effective weights were run; nil is the network as it was opened.
    public var base: String?
    public var values: ActivationValues
    /// What the plan asks for; nil where the values stay float.
    public var quantization: ActivationQuantization?
    /// α of clipped values: as trained, else calibrated.
    public var clip: Float?

    public init(weight: String, base: String?, values: ActivationValues, quantization: ActivationQuantization? = nil, clip: Float? = nil) {
        self.weight = weight
        self.base = base
        self.values = values
        self.quantization = quantization
        self.clip = clip
    }

    /// The values that a clipped quantizer hands on: 2^bits from 0 to the clip; −1 and 1 of signs; empty for floats.
    public var levels: [Double] {
        switch quantization {
        case nil: return []
        case .sign: return [-1, 1]
        case .clipped(let bits, _):
            guard let clip, clip > 0 else { return [] }
            let steps = (1 << bits) - 1
            return (0...steps).map { Double(clip) * Double($0) / Double(steps) }
        }
    }

    /// The share of all values that the clip cuts; nil without a clip.
    public var clippedShare: Double? {
        guard let clip, values.count > 0 else { return nil }
        let cut = values.above.map { $0.count - $0.zeros(threshold: Double(clip)) } ?? 0
        return Double(cut) / Double(values.count)
    }
}

/// Values of one layer, sorted; at most 2^17 of them, spread evenly over examples and places.
public struct ActivationValues: Sendable {
    /// All values that were looked at, without those that are not finite.
    public let count: Int
    /// Exactly 0, as a ReLU makes them.
    public let zeros: Int
    /// The values above 0 in order; nil where there are none.
    public let above: WeightDistribution?
    /// The values that are not 0 in order; nil where there are none.
    public let nonzero: WeightDistribution?

    /// Sorts them. Cost: O(n).
    public init(_ values: [Float]) {
        let finite = values.filter(\.isFinite)
        let rest = finite.filter { $0 != 0 }
        count = finite.count
        zeros = finite.count - rest.count
        above = ActivationCalibration.sorted(finite)
        nonzero =
            rest.isEmpty || rest.allSatisfy { $0 > 0 }
            ? above
            : try? rest.withUnsafeBufferPointer { buffer throws(DistributionError) in try WeightDistribution(buffer) }
    }
}
