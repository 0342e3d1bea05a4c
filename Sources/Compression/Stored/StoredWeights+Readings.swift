import CKernels
import Tensors

extension StoredWeights {
    /// The most values of a codebook: the limit of a level's Huffman code.
    public static let largestCodebook = 4_096

    /// The levels of floats without −0 on a table; nil where one is not on it, or a parameter of this shape may have no such table.
    ///
    /// Cost: O(n) for grids and codebooks, O(n k) for k values with scales or of cells.
    init?(_ floats: [Float], shape: Shape, isTransposed: Bool, on table: Values) {
        self.init(shape: shape, isTransposed: isTransposed, values: table, levels: [])
        guard isWellFormed, floats.count == shape.count, let level = table.levelFinder else { return nil }
        let places = table.placeCount
        levels.reserveCapacity(floats.count)
        for (index, weight) in floats.enumerated() {
            guard weight.bitPattern != 0 else {
                levels.append(0)
                continue
            }
            let place = scalePlace(of: index, scales: places, count: floats.count)
            guard let level = level(weight, place, index), level != 0 else { return nil }
            levels.append(level)
        }
    }

    /// Which scale the weight at `index` of `count` has.
    public func scalePlace(of index: Int, scales: Int, count: Int) -> Int {
        scales == 1 ? 0 : isTransposed ? index % scales : index / max(1, count / scales)
    }

    /// Weights as indexes of their distinct values; nil for −0, NaN or more than ``largestCodebook`` of them, and where codebook and
    /// indexes take no fewer bits than the weights other than 0 as numbers of `format`.
    init?(_ floats: [Float], shape: Shape, isTransposed: Bool, savingFrom format: FloatFormat) {
        guard let distinct = DistinctValues(floats, atMost: StoredWeights.largestCodebook),
            Self.saves(values: distinct.negatives.count + distinct.positives.count, uses: distinct.uses, format: format)
        else { return nil }
        self.init(distinct, of: floats, shape: shape, isTransposed: isTransposed)
    }

    /// Weights as indexes of their distinct values, whatever that takes; nil for −0, NaN or more than `limit` of them.
    init?(_ floats: [Float], shape: Shape, isTransposed: Bool, distinctAtMost limit: Int) {
        guard let distinct = DistinctValues(floats, atMost: limit) else { return nil }
        self.init(distinct, of: floats, shape: shape, isTransposed: isTransposed)
    }

    private init(_ distinct: DistinctValues, of floats: [Float], shape: Shape, isTransposed: Bool) {
        self.init(
            shape: shape, isTransposed: isTransposed,
            values: .codebook(negatives: distinct.negatives, positives: distinct.positives), levels: distinct.levels(of: floats))
    }

    /// Weights as numbers of a 16-bit format; nil where one needs more.
    init?(_ floats: [Float], shape: Shape, isTransposed: Bool, format: FloatFormat) {
        var levels: [Int32] = []
        levels.reserveCapacity(floats.count)
        for weight in floats {
            let bits: UInt32
            switch format {
            case .float32: bits = weight.bitPattern
            case .float16:
                bits = UInt32(weight.halfBits)
                guard Float(half: weight.halfBits).bitPattern == weight.bitPattern else { return nil }
            case .bfloat16:
                bits = weight.bitPattern >> 16
                guard weight.bitPattern & 0xFFFF == 0 else { return nil }
            }
            levels.append(Int32(bitPattern: bits))
        }
        self.init(shape: shape, isTransposed: isTransposed, values: .floats(format), levels: levels)
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

    /// Finds the level of a weight other than 0 by the place of its scale or codebook and its own; nil for floats, which have none.
    fileprivate var levelFinder: ((_ weight: Float, _ place: Int, _ index: Int) -> Int32?)? {
        switch self {
        case .floats: return nil
        case .grid(let scales, let largest):
            return { weight, place, _ in
                let quotient = (Double(weight) / Double(scales[place])).rounded()
                guard quotient.magnitude <= Double(largest) else { return nil }
                return (Float(quotient) * scales[place]).bitPattern == weight.bitPattern ? Int32(quotient) : nil
            }
        case .dithered(let scale, let largest, let seed):
            return { weight, _, index in
                let level = (weight / scale + pare_dither(UInt64(seed), UInt64(index))).rounded()
                guard level.magnitude <= Float(largest) else { return nil }
                return StoredWeights.dithered(Int32(level), at: index, scale: scale, seed: seed).bitPattern == weight.bitPattern
                    ? Int32(level) : nil
            }
        case .codebook(let negatives, let positives):
            let levels = Self.levels(negatives, positives)
            return { weight, _, _ in levels[weight.bitPattern] }
        case .scaled(let negatives, let positives, let scales):
            return { weight, place, _ in
                let (list, scale) = (weight < 0 ? negatives : positives, scales[place])
                return list.firstIndex { ($0 * scale).bitPattern == weight.bitPattern }.map { Int32(weight < 0 ? -$0 - 1 : $0 + 1) }
            }
        case .cells(let books): return { weight, place, _ in books.level(of: weight, cell: place) }
        }
    }

    private static func levels(_ negatives: [Float], _ positives: [Float]) -> [UInt32: Int32] {
        let pairs =
            negatives.enumerated().map { ($1.bitPattern, Int32(-$0 - 1)) } + positives.enumerated().map { ($1.bitPattern, Int32($0 + 1)) }
        return Dictionary(pairs) { first, _ in first }
    }
}
