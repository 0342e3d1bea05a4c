/// The blocks of a layer by their mean |w|.
struct RankedBlocks {
    let lines: PatternLines
    /// First weight and number of weights of each block, in the order of their first weights.
    private(set) var places: [(first: Int, count: Int)] = []
    /// Mean |w| of each.
    private(set) var means: [Double] = []
    /// The blocks by rising mean, equal ones by place.
    let order: [Int]

    /// Nil when cancelled. Cost: O(n), and a sort of the blocks.
    init?(_ weights: UnsafeBufferPointer<Float>, _ lines: PatternLines, size: Int, blocks: WeightBlocks) {
        self.lines = lines
        var (places, means): ([(first: Int, count: Int)], [Double]) = ([], [])
        let isDone = lines.forEach(of: size, blocks: blocks) { first, count in
            var sum = 0.0
            for place in 0..<count { sum += Double(weights[first + place * lines.step].magnitude) }
            places.append((first, count))
            means.append(sum / Double(count))
        }
        guard isDone else { return nil }
        (self.places, self.means) = (places, means)
        order = places.indices.sorted { (means[$0], $0) < (means[$1], $1) }
    }

    var count: Int { places.count }

    /// Blocks whose mean |w| is at most `limit`: the first so many of ``order``.
    func count(upTo limit: Double) -> Int {
        var (low, high) = (0, order.count)
        while low < high {
            let middle = (low + high) / 2
            if means[order[middle]] <= limit { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Prunes these blocks in their order, as long as at least `keep` weights stay.
    func clear(_ pruned: some Sequence<Int>, leaving keep: Int, in mask: UnsafeMutableBufferPointer<UInt8>) {
        var left = lines.count
        for block in pruned {
            let (first, count) = places[block]
            guard left - count >= keep else { return }
            left -= count
            for place in 0..<count { mask[first + place * lines.step] = 0 }
        }
    }
}
