import Compression
import Formats

extension CompactValues {
    /// The smallest form that gives exactly these weights; nil where floats are as small.
    ///
    /// A grid becomes integers of 4, 8 or 16 bits (whichever is the next larger), few values indices into a table, 16-bit floats themselves.
    init?(_ weights: StoredWeights) {
        let forms = [Self.scaled(weights), Self.looked(weights), Self.half(weights)].compactMap { $0 }
        guard let smallest = forms.min(by: { $0.byteCount < $1.byteCount }), smallest.byteCount + Self.nodeBytes < 4 * weights.count else {
            return nil
        }
        self = smallest
    }

    /// What the names and the nodes of a form add to a file, about.
    private static let nodeBytes = 200

    private static func scaled(_ weights: StoredWeights) -> CompactValues? {
        guard case .grid(let scales, _) = weights.grid else { return nil }
        let channels = weights.levelRanges(channels: scales.count)
        let axis = weights.isTransposed ? weights.shape.rank - 1 : 0
        for bits in [4, 8, 16] {
            guard let container = IntegerCodes.Container(rawValue: "int\(bits)"),
                let shifted = IntegerCodes.Container(rawValue: "uint\(bits)")
            else { continue }
            if channels.allSatisfy({ container.range.contains($0.lowerBound) && container.range.contains($0.upperBound) }) {
                return .scaled(IntegerCodes(container, weights.levels), scales: scales, zeroPoints: [], axis: axis)
            }
            guard channels.allSatisfy({ $0.upperBound - $0.lowerBound <= shifted.range.upperBound }) else { continue }
            let points = channels.map { -$0.lowerBound }
            let codes = weights.levels.indices.map { weights.levels[$0] + points[weights.channel(of: $0, among: points.count)] }
            return .scaled(IntegerCodes(shifted, codes), scales: scales, zeroPoints: points, axis: axis)
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
