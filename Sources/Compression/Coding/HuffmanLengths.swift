/// Code lengths of an optimal prefix code (Huffman 1952), optionally of limited length (Larmore and Hirschberg 1990).
public enum HuffmanLengths {
    /// Bits of each symbol's code; 0 for a symbol that does not occur, 1 for the only one that does.
    ///
    /// Codes are canonical: lengths are all that a decoder needs. `limit` is the longest length allowed, raised where 2^limit
    /// codes would not do. Cost: O(s · log s) for s symbols, O(s · limit) more with a limit.
    public static func lengths(counts: [Int], limit: Int? = nil) -> [Int] {
        let used = counts.indices.filter { counts[$0] > 0 }.sorted { (counts[$0], $0) < (counts[$1], $1) }
        var lengths = [Int](repeating: 0, count: counts.count)
        guard used.count > 1 else {
            if let only = used.first { lengths[only] = 1 }
            return lengths
        }
        let ascending = used.map { counts[$0] }
        var found = unlimited(ascending)
        if let limit, let longest = found.first, longest > limit {
            found = limited(ascending, limit: max(limit, Int.bitWidth - (used.count - 1).leadingZeroBitCount))
        }
        for (symbol, length) in zip(used, found) { lengths[symbol] = length }
        return lengths
    }

    /// Bits of all symbols coded: Σ count · length, without the table of lengths.
    public static func totalBits(counts: [Int], limit: Int? = nil) -> Int {
        zip(counts, lengths(counts: counts, limit: limit)).reduce(0) { $0 + $1.0 * $1.1 }
    }

    /// Joins the two lightest of leaves and trees until one is left; joined trees come out in order, so two queues will do.
    private static func unlimited(_ ascending: [Int]) -> [Int] {
        let leaves = ascending.count
        var weights = ascending
        var parents = [Int](repeating: 0, count: 2 * leaves - 1)
        var (leaf, tree) = (0, leaves)
        for node in leaves..<2 * leaves - 1 {
            var weight = 0
            for _ in 0..<2 {
                let takesLeaf = leaf < leaves && (tree >= node || weights[leaf] <= weights[tree])
                let taken = takesLeaf ? leaf : tree
                if takesLeaf { leaf += 1 } else { tree += 1 }
                weight += weights[taken]
                parents[taken] = node
            }
            weights.append(weight)
        }
        var depths = [Int](repeating: 0, count: 2 * leaves - 1)
        for node in (0..<2 * leaves - 2).reversed() { depths[node] = depths[parents[node]] + 1 }
        return Array(depths.prefix(leaves))
    }

    /// Package-merge: at each length leaves and pairs of the longer lengths compete; those taken lengthen a leaf's code.
    private static func limited(_ ascending: [Int], limit: Int) -> [Int] {
        var rows: [[Bool]] = []
        var packages: [Int] = []
        for _ in 0..<limit {
            let (row, weights) = merged(leaves: ascending, packages: packages)
            rows.append(row)
            packages = stride(from: 0, to: weights.count - 1, by: 2).map { weights[$0] + weights[$0 + 1] }
        }
        var lengths = [Int](repeating: 0, count: ascending.count)
        var taken = 2 * ascending.count - 2
        for row in rows.reversed() {
            let leaves = row.prefix(taken).count { $0 }
            for leaf in 0..<leaves { lengths[leaf] += 1 }
            taken = 2 * (min(taken, row.count) - leaves)
        }
        return lengths
    }

    /// Both lists in one ascending order, and which entries are leaves.
    private static func merged(leaves: [Int], packages: [Int]) -> (isLeaf: [Bool], weights: [Int]) {
        var (isLeaf, weights): ([Bool], [Int]) = ([], [])
        var (leaf, package) = (0, 0)
        while leaf < leaves.count || package < packages.count {
            let takesLeaf = package >= packages.count || (leaf < leaves.count && leaves[leaf] <= packages[package])
            isLeaf.append(takesLeaf)
            weights.append(takesLeaf ? leaves[leaf] : packages[package])
            if takesLeaf { leaf += 1 } else { package += 1 }
        }
        return (isLeaf, weights)
    }
}
