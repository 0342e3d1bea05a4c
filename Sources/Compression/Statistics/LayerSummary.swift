import Networks
import Tensors

/// Everything that is known of one layer under one plan; each figure's definition stands here and nowhere else.
public struct LayerSummary: Codable, Hashable, Sendable {
    /// The layer's name, `conv2`.
    public var name: String
    /// The weight parameter's name, `conv2.weight`.
    public var weight: String
    public var shape: Shape
    /// Groups of a convolution that has several; nil for one.
    public var groups: Int?
    /// The number of weights, n.
    public var weights: Int
    /// σ of the original weights: unbiased (n − 1); 0 for n < 2.
    public var standardDeviation: Double
    public var plan: LayerPlan
    /// t: a weight stays when |w| > t; 0 where nothing is pruned, or a pattern prunes, which has none.
    public var threshold: Double
    /// Exact zeros after every step of the plan.
    public var zeros: Int
    /// Values that survivors got, ascending: centroids, quantization levels (0 among them) or ±α; counts add up to the survivors that
    /// were not zero. With a scale for each channel, the mean value of each code. Empty for floats, unless the layer came with a codebook.
    public var codebook: [Centroid]
    /// Scales of the representation: one, or one per output channel; empty where it has none.
    public var scales: [Double]
    /// The clip of a linear quantizer (largest over the channels), to be drawn on the histogram.
    public var clip: Double?
    /// Lloyd steps taken; 0 for other representations.
    public var steps: Int
    /// Squared error of the shared weights over the least possible one, ≥ 1; nil where not computed, or where that is not known.
    public var distanceFromOptimum: Double?
    /// Where the least possible error is only known within bounds: that quotient is at most this.
    public var distanceBound: Double?
    public var signalToNoise: SignalToNoise
    public var bytes: LayerBytes
    public var remarks: [LayerRemark]
    /// About how many bytes the layer takes in a file of Pare's own; nil for floats, and where it is too large for a guess at every turn.
    public var fileEstimate: Int?
    /// Of a product Σσ² of the singular values that it has over Σσ² of all, so that 1 loses nothing; where the plan weights by outputs the same of their
    /// main variances. Nil for other weights, and once they were trained.
    public var keptEnergy: Double?
    /// What the layer's weights take in the file that the network is written to; nil where that was not found.
    public var fileBytes: Int?
    /// What fitting to the layer's inputs took and gained; nil where it was not done.
    public var fit: FitFigures?
    /// The same of the factors that the weights are the product of, from right to left; nil of others, and in files of early versions.
    public var parts: [LayerSummary]?

    /// What the bytes in a file go with, from one plan to the next.
    public var estimatedBytes: Int { fileEstimate ?? bytes.huffman }
    /// Shape and groups of the weights.
    public var geometry: WeightGeometry { WeightGeometry(shape, groups: groups ?? 1) }
    /// The ranks of the product that the weights are; nil for others.
    public var factorization: Factorization? { plan.factorization(of: geometry) }
    /// 1 − sparsity.
    public var kept: Double { weights == 0 ? 0 : 1 - sparsity }
    /// zeros / weights after every step, 0…1; of factors that have plans the same over their numbers.
    public var sparsity: Double {
        let held = held
        return held.count == 0 ? 0 : Double(held.zeros) / Double(held.count)
    }

    /// - Parameter remarks: But those that follow from plan and shape alone.
    public init(
        name: String, weight: String, shape: Shape, groups: Int = 1, standardDeviation: Double, plan: LayerPlan, threshold: Double,
        zeros: Int, codebook: [Centroid], scales: [Double], clip: Double?, steps: Int, distanceFromOptimum: Double?,
        signalToNoise: SignalToNoise, bytes: LayerBytes, remarks: [LayerRemark]
    ) {
        self.name = name
        self.weight = weight
        self.shape = shape
        self.groups = groups > 1 ? groups : nil
        weights = shape.count
        self.standardDeviation = standardDeviation
        self.plan = plan
        self.threshold = threshold
        self.zeros = zeros
        self.codebook = codebook
        self.scales = scales
        self.clip = clip
        self.steps = steps
        self.distanceFromOptimum = distanceFromOptimum
        self.signalToNoise = signalToNoise
        self.bytes = bytes
        self.remarks = remarks + (plan.bypass ? [] : plan.remarks(on: WeightGeometry(shape, groups: groups)))
    }
}

/// One shared value: how many weights have it, and their squared error Σ (w − ŵ)².
public struct Centroid: Codable, Hashable, Sendable {
    public var value: Double
    public var count: Int
    public var squaredError: Double

    public init(value: Double, count: Int, squaredError: Double) {
        self.value = value
        self.count = count
        self.squaredError = squaredError
    }
}

/// Signal to noise in dB, in two parts and as a whole; nil where there is no noise.
public struct SignalToNoise: Codable, Hashable, Sendable {
    /// 10 · log₁₀(Σ w² / Σ_pruned w²).
    public var pruning: Double?
    /// 10 · log₁₀(Σ_kept w² / Σ_kept (w − ŵ)²).
    public var representation: Double?
    /// 10 · log₁₀(Σ w² / Σ (w − ŵ)²), with what pruned weights become in a product.
    public var whole: Double?

    public init(pruning: Double? = nil, representation: Double? = nil, whole: Double? = nil) {
        self.pruning = pruning
        self.representation = representation
        self.whole = whole
    }
}

/// Estimated bytes of one layer's weights in the accounting "han" (Han, Mao and Dally 2016): biases are not counted.
public struct LayerBytes: Codable, Hashable, Sendable {
    /// 4 · weights.
    public var dense: Int
    /// Values of b bits and relative indexes (with fillers), and the codebook as float32; see ``HanAccounting``.
    public var sparse: Int
    /// The same with values and indexes Huffman-coded, code lengths not counted; floats stay as they are, their indexes are coded.
    public var huffman: Int
    /// Filler zeros, where a gap exceeds the index.
    public var fillers: Int
    /// 0 where the layer is stored without an index.
    public var indexBits: Int
    /// Bits of one value.
    public var valueBits: Int

    public init(dense: Int, sparse: Int, huffman: Int, fillers: Int, indexBits: Int, valueBits: Int) {
        self.dense = dense
        self.sparse = sparse
        self.huffman = huffman
        self.fillers = fillers
        self.indexBits = indexBits
        self.valueBits = valueBits
    }
}

/// Something about a layer that a user should not overlook.
public enum LayerRemark: Codable, Hashable, Sendable {
    /// The threshold is below the smallest |w|: nothing is pruned.
    case thresholdBelowWeights(smallest: Double)
    /// So many weights stay only because the plan keeps at least so many.
    case keptByFloor(Int)
    /// The layer has what the pattern asks for already, or too few neighbours for it to leave any out.
    case patternPrunesNothing(PruningPattern)
    /// Every weight is zero.
    case everythingPruned
    /// More centroids than distinct values: each value is kept.
    case moreCentroidsThanValues(distinct: Int)
    /// All survivors were rounded to zero by the quantizer.
    case allRoundedToZero
    /// The relation of centroids found to the optimum is to that of a histogram: in sessions of early versions.
    case optimumOnHistogram(bins: Int)
    /// Made from the layer's distribution, without going through its weights: places of zeros are taken for random.
    case estimated
    /// H of a compensated layer had no factor until so large a share of its mean diagonal was added, after so many raises.
    case dampingRaised(share: Double, times: Int)
    /// Of so many groups of a compensated layer the inputs say nothing on the examples: their weights are rounded alone.
    case roundedAlone(groups: Int, of: Int)
    /// A rank that is above the largest, which is taken.
    case rankAboveLargest(Int, largest: Int)
    /// Factors of so many bytes, as float32, where the weights have no more; a rank up to `paying` would have fewer.
    case factorsAboveWeights(byteCount: Int, weights: Int, paying: Int)
    /// So many channels or groups have a codebook, of so many bytes in all, beside codes of so many bytes.
    case codebooks(count: Int, byteCount: Int, codes: Int)
    /// The file has floats of 16 bits of this type.
    case givenFloats(type: String)
    /// The layer came with exact zeros.
    case givenZeros(Int)
    /// The layer came with this few distinct values.
    case givenCodebook(distinct: Int)
    /// The file had integers of this type and so many bits, with so many scales or codebooks, which their values do not tell: more than 256.
    case givenCodes(type: String, bits: Int, scales: Int)
    /// The same, where the layer is still held as those integers.
    case keptCodes(type: String, bits: Int, scales: Int)
    /// All nonzero weights lie on a grid: multiples of `step`, with this many bits.
    case givenGrid(step: Double, bits: Int)
}
