import Networks
import Tensors

/// What weights and bias of a state are held as, without their levels: kept beside the floats, from which the levels follow.
public struct StoredTables: Codable, Hashable, Sendable {
    public var weights: StoredWeights.Values
    public var bias: StoredWeights.Values?

    /// Those of a layer.
    public init(_ layer: CompressedLayer) {
        weights = layer.form.table
        bias = layer.bias == nil ? nil : layer.biasForm.table
    }
}

extension StoredForm {
    /// What the levels stand for; the format of floats.
    public var table: StoredWeights.Values {
        switch self {
        case .floats(let format): .floats(format)
        case .levels(let stored): stored.values
        }
    }

    /// Floats that are held on a table; nil where one of them is not on it. Cost: O(n).
    init?(_ floats: Tensor, on table: StoredWeights.Values, isTransposed: Bool) {
        if case .floats(let format) = table {
            self = .floats(format)
            return
        }
        guard let stored = StoredWeights(floats.floats.withoutNegativeZeros, shape: floats.shape, isTransposed: isTransposed, on: table),
            stored.isWellFormed
        else { return nil }
        self = .levels(stored)
    }
}

extension StoredWeights {
    /// The levels of floats on a table; nil where one is not on it. Cost: O(n log k).
    init?(_ floats: [Float], shape: Shape, isTransposed: Bool, on table: Values) {
        let found: StoredWeights?
        switch table {
        case .floats: return nil
        case .grid(let scales, let largest):
            found = StoredWeights(floats, shape: shape, isTransposed: isTransposed, scales: scales, largest: largest)
        case .dithered(let scale, _, let seed):
            found = StoredWeights(floats, shape: shape, isTransposed: isTransposed, step: scale, dither: seed)
        case .codebook(let negatives, let positives):
            let places = Self.places(negatives, positives)
            found = Self(floats, shape, isTransposed, table) { places[$1.bitPattern] }
        case .scaled(let negatives, let positives, let scales):
            found = Self(floats, shape, isTransposed, table) { place, weight in
                let (list, scale) = (weight < 0 ? negatives : positives, scales[place])
                return list.firstIndex { ($0 * scale).bitPattern == weight.bitPattern }.map { Int32(weight < 0 ? -$0 - 1 : $0 + 1) }
            }
        case .cells(let books): found = Self(floats, shape, isTransposed, table) { books.level(of: $1, cell: $0) }
        }
        guard let found else { return nil }
        self = found
        values = table
    }

    private static func places(_ negatives: [Float], _ positives: [Float]) -> [UInt32: Int32] {
        let pairs =
            negatives.enumerated().map { ($1.bitPattern, Int32(-$0 - 1)) } + positives.enumerated().map { ($1.bitPattern, Int32($0 + 1)) }
        return Dictionary(pairs) { first, _ in first }
    }

    /// `level` is asked for each weight other than 0 with the place of its scale or codebook.
    private init?(
        _ floats: [Float], _ shape: Shape, _ isTransposed: Bool, _ table: Values, _ level: (_ place: Int, _ weight: Float) -> Int32?
    ) {
        self.init(shape: shape, isTransposed: isTransposed, values: table, levels: [])
        let places = table.placeCount
        guard places == 1 || Self.allows(scales: places, shape: shape, channels: channels, isTransposed: isTransposed) else { return nil }
        levels.reserveCapacity(floats.count)
        for (index, weight) in floats.enumerated() {
            guard weight != 0 else {
                levels.append(0)
                continue
            }
            guard let level = level(scalePlace(of: index, scales: places, count: floats.count), weight) else { return nil }
            levels.append(level)
        }
    }
}

extension StoredWeights.Values {
    /// How many scales or codebooks there are.
    fileprivate var placeCount: Int {
        switch self {
        case .scaled(_, _, let scales), .grid(let scales, _): scales.count
        case .cells(let books): books.count
        case .codebook, .dithered, .floats: 1
        }
    }
}

extension CompressedLayer {
    /// A layer of a state whose weights and bias come as floats, with the tables that they are held on; without those, or where they do not fit,
    /// it is recognized, see ``StoredForm/init(recognizing:of:summary:)``.
    public init(weights: Tensor, bias: Tensor?, tables: StoredTables?, of layer: Layer, summary: LayerSummary) {
        let isTransposed = layer.isTransposed && layer.shape.rank > 1
        guard let tables, let form = StoredForm(weights, on: tables.weights, isTransposed: isTransposed) else {
            self.init(recognizing: weights, bias: bias, of: layer, summary: summary)
            return
        }
        let biasForm = bias.flatMap { bias in tables.bias.flatMap { StoredForm(bias, on: $0, isTransposed: false) } }
        self.init(
            layer: layer, weights: weights, form: form, bias: bias, biasForm: biasForm ?? .floats(.float32), summary: summary)
    }
}
