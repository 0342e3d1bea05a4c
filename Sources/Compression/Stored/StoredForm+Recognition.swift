import Networks
import Tensors

extension StoredForm {
    /// What weights that come as floats are held as: states of files that keep no levels.
    ///
    /// The plan and the summary say what to look for; where that does not give every weight back bit for bit, they are floats. Never needed for what
    /// Pare's own coders made, which say it themselves. Cost: O(n).
    public init(recognizing weights: Tensor, of layer: Layer, summary: LayerSummary) {
        let floats = weights.floats.withoutNegativeZeros
        let form = (summary.plan.bypass ? WeightRepresentation.float32 : summary.plan.weights).codedForm
        for reading in form.readings(layer, scales: summary.scales.map { Float($0) }) {
            switch reading {
            case .format(let format):
                self = .floats(format)
                return
            default:
                if let found = reading.levels(floats, shape: layer.shape, isTransposed: layer.hasColumns) {
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
        case .int8, .int4:
            let largest = representation.largestLevel ?? 127
            let found = StoredForm.gridScales(floats, largest: largest).lazy.compactMap {
                Reading.table(.grid(scales: [$0], largest: largest)).levels(floats, shape: bias.shape, isTransposed: false)
            }.first
            self = found.map { .levels($0) } ?? .floats(.float32)
        }
    }

    /// What may be looked for in floats.
    enum Reading {
        case table(StoredWeights.Values)
        /// A grid of this step, its largest level the one that occurs.
        case lattice(step: Float, dither: UInt32?)
        case cells(Int)
        case codebook
        case format(StoredWeights.FloatFormat)
    }

    /// The scale max|b| / 127, or / 7, of the rounded values; rounding may have moved the largest, so its neighbours are tried too.
    private static func gridScales(_ floats: [Float], largest: Int) -> [Float] {
        let scale = (floats.map(\.magnitude).max() ?? 0) / Float(largest)
        return scale > 0 && scale.isFinite ? [scale, scale.nextUp, scale.nextDown] : []
    }
}

extension StoredForm.Reading {
    /// The levels; nil where they do not give every float back.
    func levels(_ floats: [Float], shape: Shape, isTransposed: Bool) -> StoredWeights? {
        switch self {
        case .table(let table): return StoredWeights(floats, shape: shape, isTransposed: isTransposed, on: table)
        case .lattice(let step, let dither):
            let widest = StoredWeights.Values.lattice(step, dither, largest: LatticeQuantization.largestLevel)
            guard var found = StoredWeights(floats, shape: shape, isTransposed: isTransposed, on: widest) else { return nil }
            found.values = .lattice(step, dither, largest: found.levels.reduce(0) { max($0, Int($1.magnitude)) })
            return found
        case .cells(let count): return StoredWeights(floats, shape: shape, isTransposed: isTransposed, cells: count)
        case .codebook:
            return StoredWeights(floats, shape: shape, isTransposed: isTransposed, distinctAtMost: StoredWeights.largestCodebook)
        case .format: return nil
        }
    }
}

extension StoredWeights.Values {
    fileprivate static func lattice(_ step: Float, _ dither: UInt32?, largest: Int) -> Self {
        dither.map { .dithered(scale: step, largest: largest, seed: $0) } ?? .grid(scales: [step], largest: largest)
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
