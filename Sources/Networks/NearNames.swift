/// Finds the names that a mistyped one may have meant.
public enum NearNames {
    /// At most `limit` candidates within a third of the name's length (at least 2 edits) or holding it, nearest first.
    ///
    /// Distance: insertions, deletions, replacements and swaps of neighbours (optimal string alignment), case ignored.
    /// Names over 200 characters are cut. Cost: O(candidates · length²).
    public static func of(_ name: String, among candidates: [String], limit: Int = 3) -> [String] {
        let wanted = Array(name.lowercased().prefix(200))
        let allowed = max(2, wanted.count / 3)
        let ranked = candidates.enumerated().compactMap { index, candidate -> (distance: Int, index: Int)? in
            let characters = Array(candidate.lowercased().prefix(200))
            let distance = distance(wanted, characters)
            let holds = wanted.count > 1 && candidate.lowercased().contains(name.lowercased())
            return distance <= allowed || holds ? (distance, index) : nil
        }
        let sorted = ranked.sorted { ($0.distance, $0.index) < ($1.distance, $1.index) }
        return sorted.prefix(limit).map { candidates[$0.index] }
    }

    /// Three rows of the table are kept: the current one and the two before it.
    static func distance(_ first: [Character], _ second: [Character]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...second.count)
        for row in first.indices {
            var current = [row + 1]
            current.reserveCapacity(second.count + 1)
            for column in second.indices {
                let replaced = last[column] + (first[row] == second[column] ? 0 : 1)
                var best = min(replaced, last[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, first[row] == second[column - 1], first[row - 1] == second[column] {
                    best = min(best, beforeLast[column - 1] + 1)
                }
                current.append(best)
            }
            (beforeLast, last) = (last, current)
        }
        return last[second.count]
    }
}
