import Networks
import Tensors

extension StoredForm {
    /// What weights that come as floats are held as: states of files that keep no levels.
    ///
    /// The plan and the summary say what to look for; where that does not give every weight back bit for bit, they are floats. Never needed for what
    /// Pare's own coders made, which say it themselves. Cost: O(n).
    public init(recognizing weights: Tensor, of layer: Layer, summary: LayerSummary) {
        let isTransposed = layer.isTransposed && layer.shape.rank > 1
        let floats = weights.floats.withoutNegativeZeros
        let form = (summary.plan.bypass ? WeightRepresentation.float32 : summary.plan.weights).codedForm
        for reading in form.readings(layer, scales: summary.scales.map { Float($0) }) {
            switch reading {
            case .format(let format):
                self = .floats(format)
                return
            default:
                if let found = reading.levels(floats, shape: layer.shape, isTransposed: isTransposed) {
                    self = .levels(found)
                    return
                }
            }
        }
        self = .floats(.float32)
    }

    /// What a bias that comes as floats is held as. Cost: O(n).
    public init(recognizing bias: Tensor, as representation: BiasRepresentation) {
        let floats = bias.floats.withoutNegativeZeros
        switch representation {
        case .float32: self = .floats(.float32)
        case .float16: self = .floats(.float16)
        case .int8:
            let found = StoredForm.eightBitScales(floats).lazy.compactMap {
                Reading.grid([$0], largest: 127).levels(floats, shape: bias.shape, isTransposed: false)
            }.first
            self = found.map { .levels($0) } ?? .floats(.float32)
        }
    }

    /// What may be looked for in floats.
    enum Reading {
        case grid([Float], largest: Int)
        case lattice(step: Float, dither: UInt32?)
        case normal([Float])
        case cells(Int)
        case codebook
        case format(StoredWeights.FloatFormat)
    }

    /// The scale max|b| / 127 of the rounded values; rounding may have moved the largest, so its neighbours are tried too.
    private static func eightBitScales(_ floats: [Float]) -> [Float] {
        let scale = (floats.map(\.magnitude).max() ?? 0) / 127
        return scale > 0 && scale.isFinite ? [scale, scale.nextUp, scale.nextDown] : []
    }
}

extension StoredForm.Reading {
    /// The levels; nil where they do not give every float back.
    func levels(_ floats: [Float], shape: Shape, isTransposed: Bool) -> StoredWeights? {
        switch self {
        case .grid(let scales, let largest):
            StoredWeights(floats, shape: shape, isTransposed: isTransposed, scales: scales, largest: largest)
        case .lattice(let step, let dither): StoredWeights(floats, shape: shape, isTransposed: isTransposed, step: step, dither: dither)
        case .normal(let scales): StoredWeights(floats, shape: shape, isTransposed: isTransposed, normalScales: scales)
        case .cells(let count): StoredWeights(floats, shape: shape, isTransposed: isTransposed, cells: count)
        case .codebook: StoredWeights(floats, shape: shape, isTransposed: isTransposed, distinctAtMost: StoredWeights.largestCodebook)
        case .format: nil
        }
    }
}

extension CompressedLayer {
    /// A layer whose weights and bias come as floats, see ``StoredForm/init(recognizing:of:summary:)``.
    public init(recognizing weights: Tensor, bias: Tensor?, of layer: Layer, summary: LayerSummary) {
        let representation = summary.plan.bypass ? .float32 : summary.plan.biases
        self.init(
            layer: layer, weights: weights, form: StoredForm(recognizing: weights, of: layer, summary: summary), bias: bias,
            biasForm: bias.map { StoredForm(recognizing: $0, as: representation) } ?? .floats(.float32), summary: summary)
    }
}
