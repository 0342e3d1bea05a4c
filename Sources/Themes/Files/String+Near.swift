extension String {
    /// Those of `candidates` that differ by at most two letters or contain one another, the nearest first; at most three.
    func near(_ candidates: [String]) -> [String] {
        let text = String(prefix(40)).lowercased()
        let scored = candidates.compactMap { candidate -> (String, Int)? in
            let other = candidate.lowercased()
            let distance = Self.distance(Array(text), Array(other))
            if distance <= 2 { return (candidate, distance) }
            return text.count > 2 && (other.contains(text) || text.contains(other)) ? (candidate, 3) : nil
        }
        return scored.sorted { ($0.1, $0.0) < ($1.1, $1.0) }.prefix(3).map(\.0)
    }

    /// Insertions, deletions and changes of a letter that lead from one to the other (Levenshtein, 1966).
    private static func distance(_ first: [Character], _ second: [Character]) -> Int {
        var row = Array(0...second.count)
        for (i, letter) in first.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, other) in second.enumerated() {
                let change = diagonal + (letter == other ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = Swift.min(change, row[j] + 1, diagonal + 1)
            }
        }
        return row[second.count]
    }
}
