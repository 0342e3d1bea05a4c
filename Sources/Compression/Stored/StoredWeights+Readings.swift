import CKernels
import Tensors

extension StoredWeights {
    /// The most values of a codebook: the limit of a level's Huffman code.
    public static let largestCodebook = 4_096

    /// Weights that are multiples of their channel's scale by at most `largest`; nil where one is not.
    init?(_ floats: [Float], shape: Shape, isTransposed: Bool, scales: [Float], largest: Int) {
        self.init(shape: shape, isTransposed: isTransposed, values: .grid(scales: scales, largest: largest), levels: [])
        guard Self.allows(scales: scales.count, shape: shape, channels: channels, isTransposed: isTransposed),
            scales.allSatisfy({ $0.isFinite && $0 >= 0 })
        else { return nil }
        let length = max(1, floats.count / max(1, scales.count))
        var levels: [Int32] = []
        levels.reserveCapacity(floats.count)
        for (index, weight) in floats.enumerated() {
            let scale = scales.count == 1 ? scales[0] : scales[isTransposed ? index % scales.count : index / length]
            guard let level = StoredWeights.level(of: weight, scale: scale, largest: largest) else { return nil }
            levels.append(level)
        }
        self.levels = levels
    }

    /// Weights that are one of 16 values times their group's scale; nil where one is not.
    init?(_ floats: [Float], shape: Shape, isTransposed: Bool, normalScales scales: [Float]) {
        let table = NormalFloatCoder.values
        self.init(
            shape: shape, isTransposed: isTransposed,
            values: .scaled(negatives: table.filter { $0 < 0 }.reversed(), positives: table.filter { $0 > 0 }, scales: scales), levels: [])
        guard Self.allows(scales: scales.count, shape: shape, channels: channels, isTransposed: isTransposed),
            scales.allSatisfy({ $0.isFinite && $0 >= 0 }), case .scaled(let negatives, let positives, _) = values
        else { return nil }
        var levels: [Int32] = []
        levels.reserveCapacity(floats.count)
        for (index, weight) in floats.enumerated() {
            let scale = scales[scalePlace(of: index, scales: scales.count, count: floats.count)]
            let list = weight < 0 ? negatives : positives
            guard weight.bitPattern != 0 else {
                levels.append(0)
                continue
            }
            guard let place = list.firstIndex(where: { ($0 * scale).bitPattern == weight.bitPattern }) else { return nil }
            levels.append(Int32(weight < 0 ? -place - 1 : place + 1))
        }
        self.levels = levels
    }

    /// Which scale the weight at `index` of `count` has.
    func scalePlace(of index: Int, scales: Int, count: Int) -> Int {
        scales == 1 ? 0 : isTransposed ? index % scales : index / max(1, count / scales)
    }

    private static func level(of weight: Float, scale: Float, largest: Int) -> Int32? {
        if weight.bitPattern == 0 { return 0 }
        let quotient = (Double(weight) / Double(scale)).rounded()
        guard quotient.magnitude <= Double(largest), quotient != 0 else { return nil }
        let level = Int32(quotient)
        return (Float(level) * scale).bitPattern == weight.bitPattern ? level : nil
    }

    /// Weights on a lattice of this step; the largest level is what occurs. Nil where one is not on it.
    init?(_ floats: [Float], shape: Shape, isTransposed: Bool, step: Float, dither: UInt32?) {
        guard step.isFinite, step > 0 else { return nil }
        var levels: [Int32] = []
        levels.reserveCapacity(floats.count)
        for (index, weight) in floats.enumerated() {
            let shift = weight == 0 ? 0 : dither.map { pare_dither(UInt64($0), UInt64(index)) } ?? 0
            let level = (weight / step + shift).rounded()
            guard level.magnitude <= Float(LatticeQuantization.largestLevel),
                ((level - shift) * step).bitPattern == weight.bitPattern, weight == 0 || level != 0
            else { return nil }
            levels.append(Int32(level))
        }
        let largest = levels.reduce(0) { max($0, Int($1.magnitude)) }
        self.init(
            shape: shape, isTransposed: isTransposed,
            values: dither.map { .dithered(scale: step, largest: largest, seed: $0) } ?? .grid(scales: [step], largest: largest),
            levels: levels)
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
