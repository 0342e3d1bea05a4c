import CKernels

/// Which levels occur, and how often.
struct LevelCounts {
    /// The least and the largest level; 0…0 for none.
    private(set) var range: ClosedRange<Int> = 0...0
    /// Of each level of `range`; empty where that is wider than ``widest``.
    private(set) var counts: [Int] = []
    /// Levels that were counted.
    private(set) var total = 0

    /// More different levels than this have no Huffman code.
    static let widest = 8_193

    /// Counts by value, the first being of `low`; zeros at the ends are cut off.
    init(low: Int, counts: [Int]) {
        guard let first = counts.firstIndex(where: { $0 > 0 }), let last = counts.lastIndex(where: { $0 > 0 }) else { return }
        range = low + first...low + last
        self.counts = Array(counts[first...last])
        total = self.counts.reduce(0, +)
    }

    /// Numbers that are written as they are: only how many.
    init(total: Int) { self.total = total }

    /// Cost: O(n).
    init(_ levels: [Int32]) {
        guard !levels.isEmpty else { return }
        var (low, high): (Int32, Int32) = (0, 0)
        pare_level_range(levels, levels.count, &low, &high)
        range = Int(low)...Int(high)
        total = levels.count
        guard range.count <= LevelCounts.widest else { return }
        var counts = [Int64](repeating: 0, count: range.count)
        pare_count_levels(levels, levels.count, low, &counts)
        self.counts = counts.map { Int($0) }
    }

    /// How often a level occurs.
    func count(of level: Int) -> Int { range.contains(level) && !counts.isEmpty ? counts[level - range.lowerBound] : 0 }

    /// The same with another count of 0, and `total` with it.
    func with(zeros: Int, total: Int) -> LevelCounts {
        let all = min(range.lowerBound, 0)...max(range.upperBound, 0)
        guard !counts.isEmpty || self.total == 0 else {
            var wide = self
            (wide.range, wide.total) = (all, total)
            return wide
        }
        var wide = [Int](repeating: 0, count: all.count)
        for (offset, count) in counts.enumerated() { wide[range.lowerBound - all.lowerBound + offset] = count }
        wide[-all.lowerBound] = zeros
        return LevelCounts(low: all.lowerBound, counts: wide)
    }
}
