/// How the surviving weights of a layer are stored.
public enum WeightRepresentation: Codable, Hashable, Sendable {
    case float32
    /// IEEE binary16, nearest even.
    case float16
    /// The upper half of float32, nearest even.
    case bfloat16
    case linear(LinearQuantization)
    case shared(WeightSharing)
    /// −s, 0, s with threshold 0.7 · mean|w| and s the mean of the survivors (Li, Zhang and Liu 2016, TWN).
    case ternary
    /// α · sign(w), sign(0) = +1; zeros of a pruned layer stay, and α is over the survivors.
    case binary(BinaryScale)
    /// 2 · q(tanh w / (2 · max|tanh w|) + ½) − 1 with q to 2^bits − 1 steps, 1…8 bits; at 1 bit mean|w| · sign(w) (Zhou 2016, DoReFa-Net).
    /// Zeros of a pruned layer stay, and maximum and mean are over the survivors.
    case dorefa(bits: Int)
    /// The largest magnitude of a group of so many weights times one of 16 values, even in the quantiles of a normal distribution
    /// (Dettmers 2023, NF4).
    case normalFloat(group: Int)
    /// Multiples of a step, with or without a dither, chosen by squared error and bits.
    case lattice(LatticeQuantization)
    /// The product of two matrices of a lower rank, each a layer of its own in the graph.
    case factors(LowRank)

    /// Bits of DoReFa weights.
    public static let dorefaBitRange = 1...8
}

/// Over which weights the scale α = mean|w| of binary weights is taken.
public enum BinaryScale: String, Codable, Hashable, Sendable, CaseIterable {
    /// One per output channel (Rastegari 2016, XNOR-Net).
    case channel
    /// One per layer (Zhou 2016, DoReFa-Net).
    case layer
}

/// Uniform quantization to `bits` bits.
public struct LinearQuantization: Codable, Hashable, Sendable {
    /// Where the range of the codes ends.
    public enum Clip: Codable, Hashable, Sendable {
        /// At max |w|.
        case maximum
        /// At this percentile of |w|, 0…100.
        case percentile(Double)
        /// Where the squared error of the survivors is least.
        case meanSquaredError
    }

    /// 2…8.
    public var bits: Int
    /// Codes −(2^(b−1) − 1)…2^(b−1) − 1 without a zero point; else 0…2^b − 1 with one and a range that contains 0.
    public var isSymmetric: Bool
    public var isPerChannel: Bool
    /// Weights of an output channel that share a scale, one of ``WeightGroups/sizes``; nil for one a channel or a layer.
    public var group: Int?
    public var clip: Clip

    public static let bitRange = 2...8

    public init(bits: Int, isSymmetric: Bool = true, isPerChannel: Bool = false, clip: Clip = .meanSquaredError, group: Int? = nil) {
        self.group = group
        self.bits = bits
        self.isSymmetric = isSymmetric
        self.isPerChannel = isPerChannel
        self.clip = clip
    }
}

/// Shared weights: at most 2^bits centroids over the survivors (Han, Mao and Dally 2016, section 3).
public struct WeightSharing: Codable, Hashable, Sendable {
    /// Where the centroids start.
    public enum Start: String, Codable, Sendable, CaseIterable {
        /// Evenly from the smallest to the largest survivor.
        case linear
        /// Evenly over the cumulative distribution.
        case density
        /// At survivors drawn with the seed.
        case random
    }

    /// How the centroids are found.
    public enum Method: String, Codable, Sendable, CaseIterable {
        /// Lloyd's algorithm from the start.
        case lloyd
        /// The least squared error (1-D dynamic programme).
        case optimal
    }

    /// Which weights have a codebook of their own.
    public enum Span: Codable, Hashable, Sendable {
        /// Those of an output channel (Kim 2023, SqueezeLLM).
        case channel
        /// So many neighbours in an output channel, one of ``WeightGroups/sizes``.
        case group(Int)
    }

    /// 1…8.
    public var bits: Int
    public var start: Start
    public var method: Method
    /// For the random start.
    public var seed: UInt64
    /// Nil for one codebook of the layer.
    public var span: Span?

    public static let bitRange = 1...8

    public init(bits: Int, start: Start = .linear, method: Method = .lloyd, seed: UInt64 = 1, span: Span? = nil) {
        self.bits = bits
        self.span = span
        self.start = start
        self.method = method
        self.seed = seed
    }
}

/// How the biases of a layer are stored.
public enum BiasRepresentation: String, Codable, Hashable, Sendable, CaseIterable {
    case float32, float16
    /// Symmetric, scale at max |b|.
    case int8, int4

    /// The largest level of a grid, 127 or 7; nil of floats.
    var largestLevel: Int? {
        switch self {
        case .float32, .float16: nil
        case .int8: 127
        case .int4: 7
        }
    }
}
