import Foundation
import Networks

/// Running means of how alike the logits of two networks are.
struct LogitsSimilarity {
    private var cosines = 0.0
    /// Welford's sum of squared deviations of the cosine from its mean.
    private var deviation = 0.0
    private var squares = (error: 0.0, original: 0.0)
    private let isOfClasses: Bool
    private var divergences = 0.0
    private(set) var count = 0
    /// Examples that were not added: a logit is not finite.
    private(set) var leftOut = 0

    /// Mean of Σ a·b / √(Σ a² · Σ b²); nil without examples.
    var cosine: Double? { count == 0 ? nil : cosines / Double(count) }
    /// Mean of Σ p · ln(p / q) with p and q the softmax of both, in nats.
    var divergence: Double? { count == 0 || !isOfClasses ? nil : divergences / Double(count) }

    /// Variance of the cosine among examples; 0 below two.
    var variance: Double { count < 2 ? 0 : deviation / Double(count - 1) }
    /// Σ (current − original)² / Σ original² over all examples; nil where the original is zero.
    var squaredError: Double? { squares.original > 0 ? squares.error / squares.original : nil }
    /// The largest difference of a value.
    private(set) var largest = 0.0

    /// - Parameter isOfClasses: Whether rows are the logits of classes, which have a divergence.
    init(isOfClasses: Bool = true) { self.isOfClasses = isOfClasses }

    /// Adds one example; one with a logit that is not finite is left out and counted. Two rows of zeros have the cosine 1, a row of zeros and another 0. Cost: O(classes).
    mutating func add(_ original: ArraySlice<Float>, _ current: ArraySlice<Float>) {
        guard original.allSatisfy(\.isFinite), current.allSatisfy(\.isFinite), !original.isEmpty else { return leftOut += 1 }
        var (dot, first, second) = (0.0, 0.0, 0.0)
        for (a, b) in zip(original, current) {
            dot += Double(a) * Double(b)
            first += Double(a) * Double(a)
            second += Double(b) * Double(b)
            let difference = Double(b) - Double(a)
            squares.error += difference * difference
            largest = max(largest, abs(difference))
        }
        squares.original += first
        let norm = (first * second).squareRoot()
        let cosine = norm > 0 ? min(1, max(-1, dot / norm)) : first == second ? 1 : 0
        let distance = count == 0 ? 0 : cosine - cosines / Double(count)
        cosines += cosine
        if isOfClasses { divergences += Self.divergence(original, current) }
        count += 1
        deviation += distance * (cosine - cosines / Double(count))
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
