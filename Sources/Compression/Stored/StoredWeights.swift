import Networks
import Tensors

/// The weights of one parameter as a file stores them: an integer level for each weight, and what a level stands for.
///
/// ŵ = value(level, channel), bit for bit what is evaluated, with +0 for −0. Level 0 is +0 and nothing else is; the sign of a level is that of its value and
/// magnitudes rise with it, so that every coder sees significance, sign and magnitude, whatever the representation.
public struct StoredWeights: Hashable, Sendable {
    /// What a level other than 0 stands for.
    public enum Values: Hashable, Sendable {
        /// Level −k is `negatives[k − 1]`, level k is `positives[k − 1]`; each by rising magnitude, none is 0 or repeated.
        case codebook(negatives: [Float], positives: [Float])
        /// Float(level) · scale, with one scale for the parameter or one for each output channel; |level| ≤ `largest`. Where channels are rows
        /// there may be more scales, each for as many neighbours.
        case grid(scales: [Float], largest: Int)
        /// A codebook as in ``codebook(negatives:positives:)`` times a scale, with as many scales as a grid may have.
        case scaled(negatives: [Float], positives: [Float], scales: [Float])
        /// A codebook for each output channel, or for each of equal pieces of rows.
        case cells(CellCodebooks)
        /// (Float(level) − u) · scale, u in −½…½ by seed and place of the weight (`pare_dither`); |level| ≤ `largest`.
        case dithered(scale: Float, largest: Int, seed: UInt32)
        /// The level is the bit pattern of the number, of 32 or 16 bits; of 16 bits it is not sign-extended.
        case floats(FloatFormat)
    }

    /// The floating-point formats that weights are stored in.
    public enum FloatFormat: UInt8, Hashable, Sendable, CaseIterable {
        case float32, float16, bfloat16

        /// Bits of one number.
        public var bits: Int { self == .float32 ? 32 : 16 }

        /// The format of what is stored as a type: of 16 bits that one, of all others float32, which they are read as.
        public init(_ type: ElementType) {
            switch type {
            case .float16: self = .float16
            case .bfloat16: self = .bfloat16
            default: self = .float32
            }
        }
    }

    public var shape: Shape
    /// Whether the weights are stored [in, out], so that an output channel is a column.
    public var isTransposed: Bool
    public var values: Values
    /// One a weight, row-major.
    public var levels: [Int32]
    /// The pattern that the zeros among them have, for the ways of writing that use it; nil of others.
    public var pattern: StoredPattern?

    public init(shape: Shape, isTransposed: Bool, values: Values, levels: [Int32]) {
        self.shape = shape
        self.isTransposed = isTransposed
        self.values = values
        self.levels = levels
    }

    /// Whether a parameter of this shape may have so many scales: one, one a channel, or one for each of equal pieces of its rows.
    static func allows(scales: Int, shape: Shape, channels: Int, isTransposed: Bool) -> Bool {
        if scales == 1 || scales == channels { return true }
        return !isTransposed && scales > 0 && channels > 0 && scales.isMultiple(of: channels) && shape.count.isMultiple(of: scales)
    }

    /// The number of weights.
    public var count: Int { levels.count }
    /// Output channels; 1 for a scalar.
    public var channels: Int { shape.rank == 0 ? 1 : isTransposed ? shape[shape.rank - 1] : shape[0] }
}
