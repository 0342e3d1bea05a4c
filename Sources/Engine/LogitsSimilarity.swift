import Foundation
import Networks

/// Running means of how alike the logits of two networks are.
struct LogitsSimilarity {
    private var cosines = 0.0
    private var divergences = 0.0
    private var count = 0
    /// Examples that were not added: a logit is not finite.
    private(set) var leftOut = 0

    /// Mean of Σ a·b / √(Σ a² · Σ b²); nil without examples.
    var cosine: Double? { count == 0 ? nil : cosines / Double(count) }
    /// Mean of Σ p · ln(p / q) with p and q the softmax of both, in nats.
    var divergence: Double? { count == 0 ? nil : divergences / Double(count) }

    /// Adds one example; one with a logit that is not finite is left out and counted. Two rows of zeros have the cosine 1, a row of zeros and another 0. Cost: O(classes).
    mutating func add(_ original: ArraySlice<Float>, _ current: ArraySlice<Float>) {
        guard original.allSatisfy(\.isFinite), current.allSatisfy(\.isFinite), !original.isEmpty else { return leftOut += 1 }
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

    /// KL of the softmax of both, with ln Σ exp found less the largest logit.
    private static func divergence(_ original: ArraySlice<Float>, _ current: ArraySlice<Float>) -> Double {
        let (total, other) = (logarithm(of: original), logarithm(of: current))
        return Divergence.kullbackLeibler(
            classes: original.count, share: { exp(Double(original[original.startIndex + $0]) - total) },
            logarithm: { Double(original[original.startIndex + $0]) - total },
            from: { Double(current[current.startIndex + $0]) - other })
    }

    /// ln Σ exp of the logits.
    private static func logarithm(of logits: ArraySlice<Float>) -> Double {
        let largest = Double(logits.max() ?? 0)
        return largest + log(logits.reduce(0.0) { $0 + exp(Double($1) - largest) })
    }
}
