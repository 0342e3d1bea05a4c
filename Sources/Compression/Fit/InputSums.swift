import CKernels

/// Σ x xᵀ of what a layer reads, column by column, of each group by itself, in pieces of some milliseconds. Owned by one thread.
///
/// Cost: columns · groups · d² / 2.
public struct InputSums: Sendable {
    public let groups: Int
    /// d.
    public let size: Int
    /// Lower triangles, [groups, d, d].
    public private(set) var values: [Double]
    /// Columns that were taken.
    public private(set) var columns = 0
    /// The columns under way [groups · d, columns], and how many of their rows are counted.
    private var block: [Float] = []
    private var done = 0

    /// Multiply-adds of one piece.
    private static let work = 1 << 24

    public init(groups: Int, size: Int) {
        (self.groups, self.size) = (groups, size)
        values = Array(repeating: 0, count: groups * size * size)
    }

    private var width: Int { block.count / max(1, groups * size) }

    /// Takes columns that lie side by side, [groups · d, columns]; their products are counted by ``step()``.
    public mutating func take(_ block: [Float]) {
        (self.block, done) = (block, 0)
        columns += width
    }

    /// Counts some more of the products; false where there are none left.
    public mutating func step() -> Bool {
        let (size, width) = (size, width)
        guard done < groups * size, width > 0 else { return false }
        let (group, first) = (done / size, done % size)
        let rows = max(1, Self.work / max(1, 4 * size * width)) * 4
        let end = min(size, first + rows)
        block.withUnsafeBufferPointer { block in
            values.withUnsafeMutableBufferPointer { sums in
                guard let block = block.baseAddress, let sums = sums.baseAddress else { return }
                pare_add_gram(block + group * size * width, size, width, first, end, sums + group * size * size)
            }
        }
        done = group * size + end
        if done == groups * size { block = [] }
        return done < groups * size
    }
}

extension InputSums {
    /// Of columns x₀ above x, [groups, 2 d, columns]: Σ x xᵀ, whose lower triangles are read, and Σ x₀ xᵀ, both [groups, d, d]. Cost: O(values).
    public var halves: (own: [Double], cross: [Double]) {
        let half = size / 2
        var (own, cross) = ([Double](repeating: 0, count: groups * half * half), [Double](repeating: 0, count: groups * half * half))
        for group in 0..<groups {
            let (from, to) = (group * size * size, group * half * half)
            for row in 0..<half {
                let start = from + (half + row) * size
                for column in 0..<half {
                    cross[to + column * half + row] = values[start + column]
                    if column <= row { own[to + row * half + column] = values[start + half + column] }
                }
            }
        }
        return (own, cross)
    }
}
