import Networks

/// Replaces the surviving weights of a layer by what its representation can hold.
protocol SurvivorCoder {
    /// Rewrites the values, in which zero stands for a weight that does not survive, and writes the level of each; nil when cancelled. Cost: O(n).
    ///
    /// A weight whose value becomes 0 has level 0.
    func encode(_ buffers: CodeBuffers, of input: CoderInput) -> CodedValues?
    /// Whether it writes levels for weights that came as they did; where not, there is no room for them.
    func hasLevels(_ given: GivenStructure) -> Bool
}

extension SurvivorCoder {
    func hasLevels(_ given: GivenStructure) -> Bool { true }
}

/// What a coder may know of its layer.
struct CoderInput {
    let layout: ChannelLayout
    /// The survivors as searches.
    let survivors: Survivors
    let given: GivenStructure
    /// Whether zeros are a mask to be kept, rather than small weights.
    let isPruned: Bool
    /// σ of the dense weights that ratios and steps are set on.
    let deviation: Double
    /// The main directions of what the layer gives, where its factors are nearest to that.
    var outputs: OutputBasis?
    /// The layer and its plan, for a representation whose parts have plans; nil for others.
    var whole: (layer: Layer, plan: LayerPlan)?
    let blocks: WeightBlocks
}

/// What a representation made of the survivors, besides the weights themselves.
struct CodedValues {
    /// Values in use by survivors, ascending, with their counts and errors; their counts add up to the survivors.
    var codebook: [Centroid] = []
    var scales: [Double] = []
    var clip: Double?
    var steps = 0
    var distanceFromOptimum: OptimumDistance?
    /// Σ (w − ŵ)² over the survivors.
    var squaredError = 0.0
    var coding: ValueCoding
    /// What the levels stand for; a format where the weights are floats, as they are too where no table gives every weight.
    var table: StoredWeights.Values = .floats(.float32)
    /// The levels of each grid, where they are not even about 0; empty of others.
    var levelRanges: [ClosedRange<Int>] = []
    /// What fitting to the layer's inputs took; nil where it was not done.
    var fit: FitFigures?
    var remarks: [LayerRemark] = []
    /// The singular values that factors were read off; nil of others.
    var spectrum: FactorSpectrum?
    /// What the weights are the product of; nil where each is held by itself.
    var factors: Factors?
    /// The factors as their plans made them, from right to left.
    var parts: [CompressedPart] = []
    /// ``LayerSummary/keptEnergy`` of it.
    var keptEnergy: Double?
    /// Σ (w − ŵ)² over all weights, where pruned ones get values other than 0 again; nil where they stay 0.
    var wholeSquaredError: Double?
}

extension StoredWeights.FloatFormat {
    /// The nearest number of the format, at most its largest finite one.
    var round: (Float) -> Float {
        switch self {
        case .float32: { $0 }
        case .float16: Float.finiteHalf
        case .bfloat16: Float.finiteBrainFloat
        }
    }
}

extension Float {
    /// Rounded to binary16; beyond its range its largest finite value.
    static func finiteHalf(_ value: Float) -> Float { value.roundedToHalf.clampedTo(65_504) }
    /// Rounded to bfloat16; beyond its range its largest finite value.
    static func finiteBrainFloat(_ value: Float) -> Float { value.roundedToBrainFloat.clampedTo(Float(bitPattern: 0x7F7F_0000)) }

    private func clampedTo(_ limit: Float) -> Float { Swift.min(Swift.max(self, -limit), limit) }
}
