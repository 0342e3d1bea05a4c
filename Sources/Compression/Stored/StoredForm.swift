import Networks
import Tensors

/// What the weights of a layer, or a bias, are held as; their floats follow from it.
///
/// A coder returns it together with the floats, so that nobody has to find it in them again.
public enum StoredForm: Hashable, Sendable {
    /// Each a number of its own in this format.
    case floats(StoredWeights.FloatFormat)
    /// A level each, and what levels stand for.
    case levels(StoredWeights)
    /// The product of parts, each held as floats in a parameter of its own.
    case factors(Factors)

    /// Levels on a table; floats where a parameter of this shape may have no such table.
    init(shape: Shape, isTransposed: Bool, table: StoredWeights.Values, levels: [Int32]) {
        let weights = StoredWeights(shape: shape, isTransposed: isTransposed, values: table, levels: levels)
        if case .floats(let format) = table {
            self = .floats(format)
        } else {
            self = weights.isWellFormed ? .levels(weights) : .floats(.float32)
        }
    }

    /// What a coder made of a layer's weights, with the levels that it wrote.
    init(_ layer: Layer, _ coded: CodedValues, levels: [Int32]) {
        if let factors = coded.factors {
            self = .factors(factors)
            return
        }
        self.init(shape: layer.shape, isTransposed: layer.hasColumns, table: coded.table, levels: levels)
    }

    /// The levels and what they stand for; nil of floats.
    var levels: StoredWeights? { if case .levels(let weights) = self { weights } else { nil } }

    /// The parameters of the graph that hold a layer's weights, by name.
    func parameters(of layer: Layer, _ weights: Tensor) -> [(name: String, values: Tensor)] {
        if case .factors(let factors) = self { factors.parameters(of: layer) } else { [(layer.weight, weights)] }
    }

    /// The weights as a file holds them: the levels where their table saves something, else `floats` in the format, or as a codebook of
    /// the values that occur where that takes fewer bits. Cost: O(n).
    func packed(_ floats: Tensor, shape: Shape, isTransposed: Bool) -> StoredWeights {
        switch self {
        case .levels(let weights) where weights.levels.allSatisfy { $0 == 0 }: weights.withoutTable
        case .levels(let weights) where weights.savesOverFloats: weights
        case .levels, .factors: StoredWeights(packing: floats.floats, shape: shape, isTransposed: isTransposed, as: .float32)
        case .floats(let format): StoredWeights(packing: floats.floats, shape: shape, isTransposed: isTransposed, as: format)
        }
    }
}

extension StoredWeights {
    /// Whether its scales are finite, and as many as its shape allows.
    var isWellFormed: Bool {
        switch values {
        case .codebook, .floats: true
        case .grid(let scales, _), .scaled(_, _, let scales):
            scales.allSatisfy { $0.isFinite && $0 >= 0 }
                && Self.allows(scales: scales.count, shape: shape, channels: channels, isTransposed: isTransposed)
        case .cells(let books):
            books.count > 1 && Self.allows(scales: books.count, shape: shape, channels: channels, isTransposed: isTransposed)
        case .dithered(let scale, _, _): scale.isFinite && scale > 0
        }
    }

    /// The same levels, all 0, on the smallest table.
    var withoutTable: StoredWeights {
        StoredWeights(shape: shape, isTransposed: isTransposed, values: .codebook(negatives: [], positives: []), levels: levels)
    }

    /// Whether table and levels take fewer bits than the weights other than 0 as float32; asked of one codebook only, for other tables are small.
    var savesOverFloats: Bool {
        guard case .codebook(let negatives, let positives) = values else { return true }
        return Self.saves(values: negatives.count + positives.count, uses: levels.count { $0 != 0 }, format: .float32)
    }

    /// Whether a codebook of so many float32 values and an index for each use take fewer bits than the uses as numbers of a format.
    static func saves(values: Int, uses: Int, format: FloatFormat) -> Bool {
        let indexBits = Int.bitWidth - max(0, values - 1).leadingZeroBitCount
        return values == 0 || 32 * values + indexBits * uses < format.bits * uses
    }

    /// Floats in a format that holds them: as a codebook of the different values where that takes fewer bits, else as they are, −0 as +0.
    init(packing floats: [Float], shape: Shape, isTransposed: Bool, as format: FloatFormat) {
        let floats = floats.withoutNegativeZeros
        self =
            StoredWeights(floats, shape: shape, isTransposed: isTransposed, savingFrom: format)
            ?? StoredWeights(floats, shape: shape, isTransposed: isTransposed, format: format)
            ?? StoredWeights(
                shape: shape, isTransposed: isTransposed, values: .floats(.float32), levels: floats.map { Int32(bitPattern: $0.bitPattern) }
            )
    }
}
