import Networks
import Tensors

/// What was said of how examples become inputs; what is nil is taken from the model card, or recognized.
public struct InputOptions: Hashable, Sendable {
    /// (pixel · scale − mean) / standardDeviation, one value or one a channel.
    public var scale: Float?
    public var mean: [Float]?
    public var standardDeviation: [Float]?
    public var layout: ImageLayout?
    /// The shorter side that pictures are resized to before the middle is cut out.
    public var side: Int?

    public init(
        scale: Float? = nil, mean: [Float]? = nil, standardDeviation: [Float]? = nil, layout: ImageLayout? = nil, side: Int? = nil
    ) {
        (self.scale, self.mean, self.standardDeviation, self.layout, self.side) = (scale, mean, standardDeviation, layout, side)
    }

    public var isNormalizationGiven: Bool { scale != nil || mean != nil || standardDeviation != nil }
}
