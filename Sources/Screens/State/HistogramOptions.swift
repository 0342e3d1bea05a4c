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
    /// The range shown is ± max|w| / 2^zoom; 0 shows all weights.
    public var zoom = 0
    public var reference = Reference.none
    /// What the layer hands on in the place of its weights.
    public var showsActivations = false

    public static let zooms = 0...6
}
