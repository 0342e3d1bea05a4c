import Foundation

/// Shannon's entropy of symbols that were counted.
public enum Entropy {
    /// Bits per symbol: −Σ p · log₂ p over the counts that are not zero; 0 for no symbols (Shannon 1948).
    public static func bitsPerSymbol(_ counts: [Int]) -> Double {
        let total = Double(counts.reduce(0, +))
        guard total > 0 else { return 0 }
        let sum = counts.reduce(0.0) { sum, count in
            count > 0 ? sum - Double(count) / total * log2(Double(count) / total) : sum
        }
        return max(0, sum)
    }
}
