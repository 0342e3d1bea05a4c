/// How the weights of one layer become those of several in a row.
public enum FactorMethod: String, Codable, Hashable, Sendable, CaseIterable {
    /// Two dense layers; of a convolution one with the same window and as many filters as the rank, then one of 1 × 1 (Zhang and others 2015).
    case channel
    /// A convolution of kh × 1 with as many filters as the rank, then one of 1 × kw (Jaderberg, Vedaldi and Zisserman 2014).
    case spatial
    /// Convolutions of 1 × 1, of the window and of 1 × 1 again, with a rank between each two (Tucker-2, Kim and others 2016).
    case tucker
}

extension FactorMethod {
    /// The largest ranks that a group of such weights can have: of ``tucker`` that of the inputs, then that of the outputs.
    public func largestRanks(of weights: WeightGeometry) -> [Int] {
        let (outputs, inputs, window) = (weights.outputs, weights.inputs, weights.window)
        return switch self {
        case .channel: [min(outputs, inputs * window)]
        case .spatial: [min(inputs * weights.height, outputs * weights.width)]
        case .tucker: [min(inputs, outputs * window), min(outputs, inputs * window)]
        }
    }

    /// Why such weights have no factors by this method; nil where they have.
    public func obstacle(in weights: WeightGeometry) -> String? {
        if weights.groups > 1, weights.inputs == 1 { return "each filter of a depthwise convolution reads one channel: nothing to factor" }
        if self == .channel { return nil }
        if !weights.isConvolution { return "a dense layer has no window; its method is channel" }
        let axes = weights.kernel.count
        guard self == .spatial, axes != 2 else { return nil }
        return "spatial splits a window of two axes, and this one has \(axes); channel and tucker take any"
    }
}
