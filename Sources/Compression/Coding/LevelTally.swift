import CKernels

/// What the sizes of all codings follow from, counted once: each level, and the gaps between those that are not 0.
struct LevelTally {
    let weights: StoredWeights
    /// Of every weight; of floats only how many they are.
    let all: LevelCounts
    /// Of those that are not 0.
    let others: LevelCounts
    private let gaps5: Gaps
    private let gaps8: Gaps

    /// Entries of a relative index by their gap, fillers among them.
    struct Gaps {
        var gaps: LevelCounts
        var fillers: Int
    }

    /// Cost: O(n).
    init(_ weights: StoredWeights) {
        self.weights = weights
        gaps5 = LevelTally.gaps(weights.levels, bits: 5)
        gaps8 = LevelTally.gaps(weights.levels, bits: 8)
        if weights.rawBits != nil {
            all = LevelCounts(total: weights.count)
            others = LevelCounts(total: gaps8.gaps.total - gaps8.fillers)
        } else {
            all = LevelCounts(weights.levels)
            others = all.with(zeros: 0, total: gaps8.gaps.total - gaps8.fillers)
        }
    }

    /// The levels of a relative index: those that are not 0, and fillers.
    func entries(bits: Int) -> LevelCounts {
        let gaps = gaps(bits: bits)
        return weights.rawBits == nil
            ? others.with(zeros: gaps.fillers, total: gaps.gaps.total) : LevelCounts(total: gaps.gaps.total)
    }

    func gaps(bits: Int) -> Gaps { bits == 5 ? gaps5 : gaps8 }

    private static func gaps(_ levels: [Int32], bits: Int) -> Gaps {
        var counts = [Int64](repeating: 0, count: 1 << bits)
        let fillers = pare_count_gaps(levels, levels.count, Int32(bits), &counts)
        return Gaps(gaps: LevelCounts(low: 0, counts: counts.map { Int($0) }), fillers: fillers)
    }

    /// The levels that are not 0, one after another.
    func otherLevels() -> [Int32] {
        [Int32](unsafeUninitializedCapacity: others.total) { buffer, filled in
            guard let target = buffer.baseAddress else { return }
            filled = pare_list_levels(weights.levels, weights.count, target)
        }
    }
}

/// What a stream will take.
struct StreamSize: Hashable {
    var bytes: Int
    var positionBits: Int
    var valueBits: Int
}
