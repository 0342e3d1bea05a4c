/// What ratios are set on: the spread of a layer's dense weights. It is kept with a trained state, whose weights have another.
public struct DenseStatistics: Codable, Hashable, Sendable {
    /// n.
    public var count: Int
    /// Exact zeros that the layer came with.
    public var zeros: Int
    public var mean: Double
    /// Unbiased (n − 1); 0 for n < 2.
    public var standardDeviation: Double
    /// The same over the weights that are not zero.
    public var nonzeroStandardDeviation: Double

    public init(_ distribution: WeightDistribution) {
        count = distribution.count
        zeros = distribution.givenZeros
        mean = distribution.mean
        standardDeviation = distribution.standardDeviation
        nonzeroStandardDeviation = distribution.nonzeroStandardDeviation
    }

    /// σ over all weights or over those that are not zero.
    public func deviation(_ deviation: Pruning.Deviation) -> Double {
        deviation == .all ? standardDeviation : nonzeroStandardDeviation
    }
}

/// What the ratios of a layer of a trained state are set on.
public enum RatioBasis: Hashable, Sendable {
    case dense(DenseStatistics)
    /// States of early versions kept the layer's σ alone: every ratio is of that, whatever its scope.
    case deviation(Double)
}

extension TrainedState.Layer {
    public var ratioBasis: RatioBasis { dense.map(RatioBasis.dense) ?? .deviation(deviation) }
}
