import Compression
import Formats
import Networks
import Tensors

extension CompactValues {
    /// The smallest form that gives exactly these weights; nil where floats are as small.
    ///
    /// A grid becomes integers of 4, 8 or 16 bits (whichever is the next larger), few values indices into a table, 16-bit floats themselves.
    init?(_ weights: StoredWeights) {
        let forms = [Self.scaled(weights), Self.blocks(weights), Self.looked(weights), Self.half(weights)].compactMap { $0 }
        guard let smallest = forms.min(by: { $0.byteCount < $1.byteCount }), smallest.byteCount + Self.nodeByteCount < 4 * weights.count
        else {
            return nil
        }
        self = smallest
    }

    private static func scaled(_ weights: StoredWeights) -> CompactValues? {
        guard case .grid(let scales, _) = weights.grid else { return nil }
        let axis = weights.isTransposed ? weights.shape.rank - 1 : 0
        return codes(weights, scales).map { .scaled($0, scales: scales, zeroPoints: $1, axis: axis) }
    }

    /// A matrix with a scale for each of equal pieces of its rows.
    private static func blocks(_ weights: StoredWeights) -> CompactValues? {
        guard case .grid(let scales, _) = weights.values, scales.count > 1, scales.count != weights.channels, !weights.isTransposed,
            weights.shape.rank == 2, scales.count.isMultiple(of: weights.channels), weights.count.isMultiple(of: scales.count)
        else { return nil }
        let (turned, signed) = turned(weights, scales)
        return codes(turned, signed).map { .blocks($0, scales: signed, zeroPoints: $1, block: weights.count / scales.count) }
    }

    /// Levels and scales with other signs where that is all that 4 bits need: −7…8 times s is −8…7 times −s, which MatMulNBits has.
    private static func turned(_ weights: StoredWeights, _ scales: [Float]) -> (StoredWeights, [Float]) {
        let ranges = weights.levelRanges(channels: scales.count)
        guard ranges.allSatisfy({ $0.lowerBound >= -8 && $0.upperBound <= 8 && ($0.lowerBound > -8 || $0.upperBound < 8) }),
            ranges.contains(where: { $0.upperBound == 8 })
        else { return (weights, scales) }
        var (turned, signed) = (weights, scales)
        for place in signed.indices where ranges[place].upperBound == 8 { signed[place] = -signed[place] }
        for index in turned.levels.indices where signed[weights.channel(of: index, among: scales.count)] < 0 {
            turned.levels[index].negate()
        }
        return (turned, signed)
    }

    /// Levels as the smallest integers that hold them, with zero points where these are needed.
    private static func codes(_ weights: StoredWeights, _ scales: [Float]) -> (IntegerCodes, [Int32])? {
        let channels = weights.levelRanges(channels: scales.count)
        for bits in [4, 8, 16] {
            guard let container = IntegerCodes.Container(rawValue: "int\(bits)"),
                let shifted = IntegerCodes.Container(rawValue: "uint\(bits)")
            else { continue }
            if channels.allSatisfy({ container.range.contains($0.lowerBound) && container.range.contains($0.upperBound) }) {
                return (IntegerCodes(container, weights.levels), [])
            }
            guard channels.allSatisfy({ $0.upperBound - $0.lowerBound <= shifted.range.upperBound }) else { continue }
            let points = channels.map { -$0.lowerBound }
            let codes = weights.levels.indices.map { weights.levels[$0] + points[weights.channel(of: $0, among: points.count)] }
            return (IntegerCodes(shifted, codes), points)
        }
        return nil
    }

    private static func looked(_ weights: StoredWeights) -> CompactValues? {
        guard let table = weights.valueTable(limit: 1 << 16) else { return nil }
        let container: IntegerCodes.Container = table.values.count <= 16 ? .uint4 : table.values.count <= 256 ? .uint8 : .uint16
        return .looked(IntegerCodes(container, table.codes), table: table.values)
    }

    private static func half(_ weights: StoredWeights) -> CompactValues? {
        guard case .floats(let format) = weights.values, format != .float32 else { return nil }
        return .half(weights.levels.map { UInt16(truncatingIfNeeded: $0) }, isBrainFloat: format == .bfloat16)
    }
}

extension CompactValues {
    /// A bias on the grid that its file had it on, as integers of 32 bits; nil where a value is not on it.
    init?(bias: Tensor, origin: IntegerOrigin) {
        let (floats, steps) = (bias.floats, origin.steps)
        guard !floats.isEmpty, steps.count == 1 || steps.count == floats.count, steps.allSatisfy({ $0 > 0 && $0.isFinite }) else {
            return nil
        }
        var codes: [Int32] = []
        codes.reserveCapacity(floats.count)
        for (index, value) in floats.enumerated() {
            let step = steps[steps.count == 1 ? 0 : index]
            let code = (value / step).rounded()
            guard let number = Int32(exactly: code), Float(number) * step == value else { return nil }
            codes.append(number)
        }
        self = .scaled(
            IntegerCodes(.int32, codes), scales: steps, zeroPoints: [], axis: bias.shape.dimensions.firstIndex(of: floats.count) ?? 0)
    }
}
