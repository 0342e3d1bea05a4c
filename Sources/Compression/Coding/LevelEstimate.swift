import CKernels
import Tensors

/// About how many bytes a layer takes in a file, quick enough for every turn of a knob.
enum LevelEstimate {
    /// Weights above which no estimate is made.
    static let most = 4 << 20
    /// The coder learns as it goes and its contexts are finer than those that are counted here; measured on the bundled networks.
    private static let learning = 1.02

    /// What the ways of writing take that know the pattern; nil for weights without one.
    private static func patternBytes(_ weights: StoredWeights) -> Int? {
        guard weights.pattern != nil else { return nil }
        return LevelCoders.sizes(of: weights, including: [.pattern, .patternHuffman]).values.min()
    }

    /// Bytes of values and stream; nil for floats and for large layers. Cost: O(n), some 20 ns a weight.
    static func bytes(_ layer: CompressedLayer) -> Int? {
        guard layer.layer.count <= most, !layer.summary.scales.isEmpty || !layer.summary.codebook.isEmpty else { return nil }
        let weights = layer.stored
        guard weights.rawBits == nil, weights.count > 0 else { return nil }
        let (rows, isTransposed) = (max(1, weights.channels), weights.isTransposed && weights.shape.rank > 1)
        let columns = weights.count / rows
        var matrix = pare_level_matrix(
            lines: rows, length: columns, line_step: isTransposed ? 1 : columns, step: isTransposed ? rows : 1, negatives: 0, positives: 0,
            period: Int32(MatrixPath.periods(shape: weights.shape, channels: rows).first ?? 0))
        let bits = pare_estimate_bits(weights.levels, &matrix)
        if bits < 0 { return nil }
        let estimate = Int((learning * bits / 8).rounded(.up))
        return min(estimate, patternBytes(weights) ?? estimate) + weights.tableByteCount
    }
}
