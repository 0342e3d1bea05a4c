import Networks

/// Replaces the surviving weights of a layer by what its representation can hold.
protocol SurvivorCoder {
    /// Rewrites `values`, in which zero stands for a weight that does not survive; nil when cancelled. Cost: O(n).
    func encode(_ values: UnsafeMutableBufferPointer<Float>, of input: CoderInput) -> CodedValues?
}

/// What a coder may know of its layer.
struct CoderInput {
    let layout: ChannelLayout
    /// The survivors as searches.
    let survivors: Survivors
    let given: GivenStructure
    /// Whether zeros are a mask to be kept, rather than small weights.
    let isPruned: Bool
    let blocks: WeightBlocks
}

/// What a representation made of the survivors, besides the weights themselves.
struct CodedValues {
    /// Values in use by survivors, ascending, with their counts and errors; their counts add up to the survivors.
    var codebook: [Centroid] = []
    var scales: [Double] = []
    var clip: Double?
    var steps = 0
    var distanceFromOptimum: Double?
    /// Σ (w − ŵ)² over the survivors.
    var squaredError = 0.0
    var coding: ValueCoding
    var remarks: [LayerRemark] = []
}

extension WeightRepresentation {
    func coder(warmStart: [Double]?, findsOptimum: Bool) -> any SurvivorCoder {
        switch self {
        case .float32: GivenCoder()
        case .float16: FloatCoder { $0.roundedToHalf.clampedTo(65_504) }
        case .bfloat16: FloatCoder { $0.roundedToBrainFloat.clampedTo(Float(bitPattern: 0x7F7F_0000)) }
        case .linear(let linear): LinearCoder(linear: linear)
        case .shared(let sharing): SharedCoder(sharing: sharing, warmStart: warmStart, findsOptimum: findsOptimum)
        case .ternary: TernaryCoder()
        case .binary(let scale): BinaryCoder(scale: scale)
        }
    }
}

extension Float {
    /// Where rounding left the range of a 16-bit type, its largest finite value.
    fileprivate func clampedTo(_ limit: Float) -> Float { Swift.min(Swift.max(self, -limit), limit) }
}
