import Tensors

/// Codebooks of the cells of a parameter, one after another: output channels, or equal pieces of the rows that channels are.
///
/// Values are the upper halves of float32 (bfloat16) and never 0. In each cell level −k is the k-th negative value by rising magnitude, level k the
/// k-th positive one. Memory: 2 bytes a value and 6 a cell.
public struct CellCodebooks: Hashable, Sendable {
    /// At most so many values has a cell.
    static let largest = 256

    /// Upper halves, in each cell ascending by value.
    private var values: [UInt16] = []
    /// Where the positive values of each cell begin among all.
    private var middles: [Int32] = []
    /// How many values are negative in each cell.
    private var negatives: [UInt16] = []

    init() {}

    /// The number of cells.
    public var count: Int { middles.count }
    /// Values of all cells.
    public var entryCount: Int { values.count }

    /// Appends a cell: magnitudes of its negative and of its positive values as bit patterns, each rising.
    mutating func append(negatives below: [UInt16], positives above: [UInt16]) {
        for value in below.reversed() { values.append(value | 0x8000) }
        middles.append(Int32(values.count))
        negatives.append(UInt16(below.count))
        values += above
    }

    /// Appends the values other than 0 that floats have; false where one is no bfloat16 or there are too many.
    mutating func append(distinctOf floats: some Sequence<Float>) -> Bool {
        let patterns = Set(floats.lazy.filter { $0.bitPattern != 0 }.map(\.bitPattern))
        guard patterns.count <= Self.largest, patterns.allSatisfy({ $0 & 0xFFFF == 0 && $0 & 0x7FFF_FFFF != 0 }) else { return false }
        let halves = patterns.map { UInt16($0 >> 16) }
        let below = halves.filter { $0 & 0x8000 != 0 }.map { $0 & 0x7FFF }
        append(negatives: below.sorted(), positives: halves.filter { $0 & 0x8000 == 0 }.sorted())
        return true
    }

    /// Where a cell's values lie among all.
    private func range(_ cell: Int) -> Range<Int> {
        let end = cell + 1 < count ? Int(middles[cell + 1]) - Int(negatives[cell + 1]) : values.count
        return Int(middles[cell]) - Int(negatives[cell])..<end
    }

    /// What a level of a cell stands for; nil where it has no such level.
    package func value(of level: Int32, cell: Int) -> Float? {
        if level == 0 { return 0 }
        let place = Int(middles[cell]) + Int(level) - (level > 0 ? 1 : 0)
        return range(cell).contains(place) ? Float(bitPattern: UInt32(values[place]) << 16) : nil
    }

    /// The level of a value of the cell; nil where the cell lacks it. Cost: O(k).
    func level(of value: Float, cell: Int) -> Int32? {
        if value.bitPattern == 0 { return 0 }
        let pattern = UInt16(value.bitPattern >> 16)
        guard value.bitPattern & 0xFFFF == 0, let place = values[range(cell)].firstIndex(of: pattern) else { return nil }
        let level = place - Int(middles[cell])
        return Int32(level < 0 ? level : level + 1)
    }

    /// A cell's negative and positive values, each by rising magnitude.
    func signed(_ cell: Int) -> (negatives: [Float], positives: [Float]) {
        let lists = magnitudes(cell).map { $0.map { Float(bitPattern: UInt32($0) << 16) } }
        return (lists[0].map { -$0 }, lists[1])
    }

    /// The codebook of the only cell; nil where there are more.
    var single: StoredWeights.Values? {
        guard count == 1 else { return nil }
        let (negatives, positives) = signed(0)
        return .codebook(negatives: negatives, positives: positives)
    }

    /// The levels that some cell has.
    var levelRange: ClosedRange<Int> {
        let positives = (0..<count).reduce(0) { max($0, range($1).upperBound - Int(middles[$1])) }
        return -Int(negatives.max() ?? 0)...positives
    }

    /// The magnitudes of a cell's negative and positive values, each rising.
    private func magnitudes(_ cell: Int) -> [[UInt16]] {
        let (range, middle) = (range(cell), Int(middles[cell]))
        return [values[range.lowerBound..<middle].reversed().map { $0 & 0x7FFF }, Array(values[middle..<range.upperBound])]
    }
}

extension CellCodebooks {
    /// The number of cells, and for each the distances between the bit patterns of its magnitudes.
    func write(to writer: inout ByteWriter) {
        writer.number(count)
        for cell in 0..<count {
            for list in magnitudes(cell) {
                writer.number(list.count)
                var last: UInt16 = 0
                for value in list {
                    writer.number(Int(value - last))
                    last = value
                }
            }
        }
    }

    /// Bytes of ``write(to:)``. Cost: O(values).
    var byteCount: Int {
        (0..<count).reduce(ByteWriter.byteCount(count)) { sum, cell in
            magnitudes(cell).reduce(sum) { sum, list in
                zip(list, [0] + list).reduce(sum + ByteWriter.byteCount(list.count)) { $0 + ByteWriter.byteCount(Int($1.0 - $1.1)) }
            }
        }
    }

    /// What ``write(to:)`` wrote, for a parameter that may have so many cells. Memory: at most three times the bytes read.
    init(for form: StoredWeights, _ reader: inout ByteReader) throws(ContainerError) {
        let start = reader.position
        let count = try reader.number()
        guard count > 1, StoredWeights.allows(scales: count, shape: form.shape, channels: form.channels, isTransposed: form.isTransposed)
        else { throw reader.error(.badValues, at: start) }
        guard count <= reader.remaining / 2 else { throw reader.error(.endsEarly(missing: 2 * count - reader.remaining), at: start) }
        for _ in 0..<count {
            let place = reader.position
            let (below, above) = (try Self.magnitudes(&reader), try Self.magnitudes(&reader))
            guard below.count + above.count <= Self.largest else { throw reader.error(.badValues, at: place) }
            append(negatives: below, positives: above)
        }
    }

    /// Bit patterns that rise from 1 to infinity's at most.
    private static func magnitudes(_ reader: inout ByteReader) throws(ContainerError) -> [UInt16] {
        let start = reader.position
        let count = try reader.number()
        guard count <= largest else { throw reader.error(.badValues, at: start) }
        var values: [UInt16] = []
        var last = 0
        for _ in 0..<count {
            let place = reader.position
            let step = try reader.number()
            guard step > 0, step <= Int(Float.infinity.bitPattern >> 16) - last else { throw reader.error(.badValues, at: place) }
            last += step
            values.append(UInt16(last))
        }
        return values
    }
}

extension StoredWeights {
    /// Weights that are each one of at most 256 values of their cell; nil where they are not.
    init?(_ floats: [Float], shape: Shape, isTransposed: Bool, cells: Int) {
        self.init(shape: shape, isTransposed: isTransposed, values: .floats(.float32), levels: [])
        guard cells > 1, Self.allows(scales: cells, shape: shape, channels: channels, isTransposed: isTransposed) else { return nil }
        var books = CellCodebooks()
        let length = floats.count / cells
        for cell in 0..<cells {
            let isCovered =
                isTransposed
                ? books.append(distinctOf: stride(from: cell, to: floats.count, by: cells).lazy.map { floats[$0] })
                : books.append(distinctOf: floats[cell * length..<(cell + 1) * length])
            guard isCovered else { return nil }
        }
        self.init(floats, shape: shape, isTransposed: isTransposed, on: .cells(books))
    }
}
