import CKernels

/// Which elements a Dropout keeps: decided by the seed of the batch, the index of the node and the index of the element alone.
///
/// Both training executors take it from here, so that they drop the same elements whatever the number of threads or the layout. Each element
/// has 32 bits of a counter-based hash (the finalizer of MurmurHash3 in the form of SplitMix64; Steele, Lea and Flood, 2014); it is kept
/// where they are at least ratio · 2³².
public struct DropoutMask: Hashable, Sendable {
    /// The part that is dropped, 0…1.
    public let ratio: Float
    /// What kept values are multiplied by: 1 / (1 − ratio), 0 where nothing is kept.
    public let scale: Float
    private let key: UInt64
    private let threshold: UInt64

    /// The mask of one node, by its index in ``Network/nodes``, for one batch.
    public init(seed: UInt64, node: Int, ratio: Float) {
        self.ratio = ratio
        scale = ratio < 1 ? 1 / (1 - ratio) : 0
        key = Self.mixed(seed &+ Self.mixed(UInt64(truncatingIfNeeded: node) &+ 1))
        threshold = UInt64(Double(max(0, min(1, ratio))) * 0x1p32)
    }

    /// Whether the element at a row-major index is kept.
    public func keeps(_ element: Int) -> Bool {
        Self.mixed(key &+ UInt64(truncatingIfNeeded: element) &* Self.step) >> 32 >= threshold
    }

    /// Writes scale · x where an element is kept and 0 elsewhere; values and gradients alike. `first` is the index of the first element.
    ///
    /// `source` and `target` may be the same. Cost: O(count).
    public func apply(
        _ source: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>, count: Int, first: Int = 0
    ) {
        pare_drop(source, count, first, key, threshold, scale, target)
    }

    private static let step: UInt64 = 0x9E37_79B9_7F4A_7C15

    private static func mixed(_ value: UInt64) -> UInt64 {
        var z = value &+ step
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
