/// How the weights pane draws.
public struct HistogramOptions: Hashable, Sendable {
    /// What is drawn over the layer's own histogram.
    public enum Reference: Hashable, Sendable {
        case none
        /// The weights of the original network, unpruned, with full counts.
        case original
        /// Threshold and centroids of a snapshot, by its id.
        case snapshot(Int64)
    }

    /// Logarithmic counts.
    public var isLogarithmic = false
    /// 0 shows ± 4 σ, or up to the threshold where that is further, 1 and more that / 2^zoom, and ``all`` every weight. What a layer hands on is shown whole at 0.
    public var zoom = 0
    public var reference = Reference.none
    /// What the layer hands on in the place of its weights.
    public var showsActivations = false

    /// Every weight.
    public static let all = -1
    public static let zooms = all...6
    /// How many σ are shown of weights that reach further.
    static let usualDeviations = 4.0
}
