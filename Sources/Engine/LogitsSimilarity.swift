import Foundation

/// Running means of how alike the logits of two networks are.
struct LogitsSimilarity {
    private var cosines = 0.0
    private var divergences = 0.0
    private var count = 0

    /// Mean of Σ a·b / √(Σ a² · Σ b²); nil without examples.
    var cosine: Double? { count == 0 ? nil : cosines / Double(count) }
    /// Mean of Σ p · ln(p / q) with p and q the softmax of both, in nats.
    var divergence: Double? { count == 0 ? nil : divergences / Double(count) }

    /// Adds one example; one with a logit that is not finite is left out. Two rows of zeros have the cosine 1, a row of zeros and another 0. Cost: O(classes).
    mutating func add(_ original: ArraySlice<Float>, _ current: ArraySlice<Float>) {
        guard original.allSatisfy(\.isFinite), current.allSatisfy(\.isFinite), !original.isEmpty else { return }
        var (dot, first, second) = (0.0, 0.0, 0.0)
        for (a, b) in zip(original, current) {
            dot += Double(a) * Double(b)
            first += Double(a) * Double(a)
            second += Double(b) * Double(b)
        }
        let norm = (first * second).squareRoot()
        cosines += norm > 0 ? min(1, max(-1, dot / norm)) : first == second ? 1 : 0
        divergences += Self.divergence(original, current)
        count += 1
    }

    /// Σ p · (a − b) − ln Σ exp a + ln Σ exp b, with the largest logit taken out of both.
    private static func divergence(_ original: ArraySlice<Float>, _ current: ArraySlice<Float>) -> Double {
        let (largest, other) = (Double(original.max() ?? 0), Double(current.max() ?? 0))
        var (sum, otherSum, weighted) = (0.0, 0.0, 0.0)
        for (a, b) in zip(original, current) {
            let (shifted, otherShifted) = (Double(a) - largest, Double(b) - other)
            let power = exp(shifted)
            sum += power
            otherSum += exp(otherShifted)
            weighted += power * (shifted - otherShifted)
        }
        return max(0, weighted / sum - log(sum) + log(otherSum))
    }
}
