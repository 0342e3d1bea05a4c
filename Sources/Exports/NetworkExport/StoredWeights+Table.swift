import Compression
import Tensors

extension StoredWeights {
    /// The values in use and the place of each weight's value among them.
    struct Table {
        /// By rising level; 0 is among them where a weight is 0.
        var values: [Float]
        /// One a weight.
        var codes: [Int32]
    }

    /// The weights as indices into a table of at most `limit` values; nil for more, for a grid with a scale for each channel and for a dithered one.
    ///
    /// Cost: O(n + k log k) for k values, with a search by hash for each weight.
    func valueTable(limit: Int, withZero: Bool = true) -> Table? {
        if case .grid(let scales, _) = values, scales.count > 1 { return nil }
        switch values {
        case .dithered, .scaled, .cells: return nil
        default: break
        }
        var places: [Int32: Int32] = withZero ? [:] : [0: 0]
        for level in levels where places[level] == nil {
            guard places.count < limit else { return nil }
            places[level] = 0
        }
        if !withZero { places[0] = nil }
        let used = places.keys.sorted()
        for (place, level) in used.enumerated() { places[level] = Int32(place) }
        return Table(values: used.map { value(of: $0, channel: 0) }, codes: levels.map { places[$0] ?? 0 })
    }

    /// What a level stands for where its place does not matter; a dithered one counts without the dither.
    func value(of level: Int32, channel: Int) -> Float {
        guard level != 0 else { return 0 }
        switch values {
        case .scaled(let negatives, let positives, let scales):
            return (level < 0 ? negatives[Int(-level) - 1] : positives[Int(level) - 1]) * scales[scales.count == 1 ? 0 : channel]
        case .cells(let books): return books.value(of: level, cell: channel) ?? 0
        case .codebook(let negatives, let positives): return level < 0 ? negatives[Int(-level) - 1] : positives[Int(level) - 1]
        case .grid(let scales, _): return Float(level) * scales[scales.count == 1 ? 0 : channel]
        case .dithered(let scale, _, _): return Float(level) * scale
        case .floats(.float32): return Float(bitPattern: UInt32(bitPattern: level))
        case .floats(.float16): return Float(half: UInt16(truncatingIfNeeded: level))
        case .floats(.bfloat16): return Float(bitPattern: UInt32(bitPattern: level) << 16)
        }
    }

    /// The grid, also of a codebook that is one: −s and s.
    var grid: Values? {
        switch values {
        // Scales of groups are in no other format.
        case .grid(let scales, _): scales.count == 1 || scales.count == channels ? values : nil
        case .codebook(let negatives, let positives) where negatives.count <= 1 && positives.count <= 1:
            Set((negatives + positives).map(\.magnitude)).count == 1
                ? .grid(scales: [(positives.first ?? negatives[0]).magnitude], largest: 1) : nil
        default: nil
        }
    }

    /// The output channel of the weight at `index`; 0 where all have one scale.
    func channel(of index: Int, among channels: Int) -> Int {
        guard channels > 1 else { return 0 }
        return isTransposed ? index % channels : index / (count / channels)
    }

    /// The least and the largest level of each channel, or of all; 0 is always inside.
    func levelRanges(channels: Int) -> [ClosedRange<Int32>] {
        var ranges = [ClosedRange<Int32>](repeating: 0...0, count: max(1, channels))
        for (index, level) in levels.enumerated() {
            let channel = channel(of: index, among: channels)
            if !ranges[channel].contains(level) {
                ranges[channel] = min(level, ranges[channel].lowerBound)...max(level, ranges[channel].upperBound)
            }
        }
        return ranges
    }
}
