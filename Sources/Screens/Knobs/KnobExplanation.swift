import Compression
import Networks

/// What a knob is for, in a few words on the free row: its group, what it does, and what it may be.
package struct KnobExplanation {
    /// What knobs are about.
    package enum Group: String, CaseIterable {
        case prune, store, structure, code, distil
    }

    package let group: Group
    package let words: String

    /// Of every knob, by its id.
    private static let all: [String: KnobExplanation] = [
        "amount": .init(.prune, "a threshold of so many σ, or the share of zeros"),
        "criterion": .init(.prune, "ratio is a threshold over σ, level a share of zeros"),
        "scope": .init(.prune, "the layer's own threshold, or one over all that say so"),
        "deviation": .init(.prune, "σ over all weights, or over those that are not zero"),
        "pattern": .init(.prune, "zeros one by one, N of M, or in blocks of outputs"),
        "mask": .init(.prune, "the smallest first, or those that others make good"),
        "keep": .init(.prune, "so many weights of the layer stay, whatever prunes it"),
        "bits": .init(.store, "bits of one stored value, before entropy coding"),
        "representation": .init(.store, "floats, a grid, shared centroids, signs or factors"),
        "start": .init(.store, "where the centroids of k-means start"),
        "method": .init(.store, "Lloyd's steps from the start, or the best centroids there are"),
        "seed": .init(.store, "of the random start"),
        "symmetry": .init(.store, "a grid around 0, or one with a zero point of its own"),
        "channels": .init(.store, "one scale for the layer, or one for each output channel"),
        "clip": .init(.store, "where the grid ends: the largest weight, least error …"),
        "percentile": .init(.store, "the share of weights that lie within the grid"),
        "scale": .init(.store, "one scale for the layer, or one for each output channel"),
        "step": .init(.store, "distance of two levels"),
        "lambda": .init(.store, "how much a bit weighs beside the squared error"),
        "rate": .init(.store, "how much a bit weighs beside the squared error"),
        "fit": .init(.store, "each weight alone, or all for the layer's outputs"),
        "biases": .init(.store, "how the layer's biases are stored"),
        "activations": .init(.store, "bits of the values that the layer hands on"),
        "activationClip": .init(.store, "where they end: calibrated on examples, or learned"),
        "sums": .init(.store, "bits of what sums of two ways hand on, of all layers"),
        "sumsClip": .init(.store, "where they end: calibrated on examples, or learned"),
        "rank": .init(.structure, "singular values that stay, the filters in between"),
        "rankBy": .init(.structure, "the rank as a number, or as a share of the largest"),
        "factorMethod": .init(.structure, "window then 1 × 1, column then row, or Tucker's two"),
        "outputRank": .init(.structure, "Tucker's second rank, on the side of the outputs"),
        "outputsBy": .init(.structure, "the second rank as a number, or as a share"),
        "weighting": .init(.structure, "error of the weights, or of the layer's outputs"),
        "indexBits": .init(.code, "bits of a gap between weights that stay; * is usual"),
        "coder": .init(.code, "how levels are written to .pare; smallest chooses"),
        "temperature": .init(.distil, "softmax temperature of teacher and student"),
    ]

    private init(_ group: Group, _ words: String) { (self.group, self.words) = (group, words) }

    /// Nil for a knob that nobody explained; a test holds that there is none.
    package init?(_ knob: Knob) {
        guard let found = Self.all[knob.rawValue] else { return nil }
        self = found
    }
}
