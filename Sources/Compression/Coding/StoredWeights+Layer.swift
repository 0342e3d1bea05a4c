import Networks
import Tensors

extension StoredWeights {
    /// The weights of a state by what its plan and summary say they are, held against the weights themselves.
    ///
    /// Linear, binary and lattices become a grid, ternary one of a single step; shared, DoReFa and floats with few distinct values a codebook where
    /// that is smaller, or one for each cell; other floats the format that holds them. Where a reading does not give every weight back bit for bit, the next
    /// one is taken; float32 always does. A weight −0 is level 0, which is +0. Cost: O(n).
    public init(_ layer: CompressedLayer) {
        let summary = layer.summary
        self.init(
            floats: layer.weights.floats, shape: layer.layer.shape,
            isTransposed: layer.layer.isTransposed && layer.layer.shape.rank > 1,
            readings: StoredWeights.readings(summary, layer.layer))
    }

    /// A bias or normalization as its representation rounds it: float32, float16, or a grid of 255 levels. Cost: O(n).
    public init(parameter: Tensor, representation: BiasRepresentation = .float32) {
        let floats = parameter.floats
        let readings: [Reading] =
            switch representation {
            case .float32: []
            case .float16: [.format(.float16)]
            case .int8: StoredWeights.eightBitScales(floats).map { .grid([$0], largest: 127) }
            }
        self.init(floats: floats, shape: parameter.shape, isTransposed: false, readings: readings)
    }

    /// How weights may be read before a codebook is tried.
    enum Reading {
        case grid([Float], largest: Int)
        case lattice(step: Float, dither: UInt32?)
        case normal([Float])
        case cells(Int)
        case format(FloatFormat)
    }

    private static func readings(_ summary: LayerSummary, _ layer: Layer) -> [Reading] {
        let scales = summary.scales.map { Float($0) }
        guard !summary.plan.bypass else { return [] }
        switch summary.plan.weights {
        case .linear(let linear):
            let largest = linear.isSymmetric ? (1 << (linear.bits - 1)) - 1 : (1 << linear.bits) - 1
            return [.grid(scales, largest: largest)]
        case .ternary, .binary: return [.grid(scales, largest: 1)]
        case .lattice(let lattice): return scales.map { .lattice(step: $0, dither: lattice.dither) }
        case .normalFloat: return [.normal(scales)]
        case .float16: return [.format(.float16)]
        case .bfloat16: return [.format(.bfloat16)]
        case .shared(let sharing) where sharing.span != nil: return [.cells(sharing.cells(ChannelLayout(layer)).channels)]
        case .dorefa, .shared, .float32: return []
        }
    }

    /// The scale max|b| / 127 of the rounded values; rounding may have moved the largest, so its neighbours are tried too.
    private static func eightBitScales(_ floats: [Float]) -> [Float] {
        let scale = (floats.map(\.magnitude).max() ?? 0) / 127
        return scale > 0 && scale.isFinite ? [scale, scale.nextUp, scale.nextDown] : []
    }

    /// The first reading that gives every float back, −0 as +0, against a codebook of the distinct values where floats would take more.
    init(floats: [Float], shape: Shape, isTransposed: Bool, readings: [Reading]) {
        let floats = floats.withoutNegativeZeros
        for reading in readings {
            let found: StoredWeights? =
                switch reading {
                case .grid(let scales, let largest):
                    StoredWeights(floats, shape: shape, isTransposed: isTransposed, scales: scales, largest: largest)
                case .lattice(let step, let dither):
                    StoredWeights(floats, shape: shape, isTransposed: isTransposed, step: step, dither: dither)
                case .normal(let scales):
                    StoredWeights(floats, shape: shape, isTransposed: isTransposed, normalScales: scales)
                case .cells(let count): StoredWeights(floats, shape: shape, isTransposed: isTransposed, cells: count)
                case .format(let format):
                    StoredWeights(floats, shape: shape, isTransposed: isTransposed, savingFrom: format)
                        ?? StoredWeights(floats, shape: shape, isTransposed: isTransposed, format: format)
                }
            if let found {
                self = found
                return
            }
        }
        self =
            StoredWeights(floats, shape: shape, isTransposed: isTransposed, savingFrom: .float32)
            ?? StoredWeights(
                shape: shape, isTransposed: isTransposed, values: .floats(.float32),
                levels: floats.map { Int32(bitPattern: $0.bitPattern) })
    }
}
