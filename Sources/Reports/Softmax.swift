import Foundation
import Networks

/// softmax(z / T), entropy and divergence, in double precision (Hinton, Vinyals and Dean 2015, section 2).
public enum Softmax {
    /// qᵢ = exp(zᵢ / T) / Σⱼ exp(zⱼ / T), with the largest zᵢ taken out first. Cost: O(classes).
    public static func probabilities(_ logits: some Collection<Float>, temperature: Double) -> [Double] {
        let largest = Double(logits.max() ?? 0)
        let powers = logits.map { exp((Double($0) - largest) / temperature) }
        let sum = powers.reduce(0, +)
        return powers.map { $0 / sum }
    }

    /// H(q) = −Σ qᵢ · ln qᵢ, in nats; 0 · ln 0 is 0.
    public static func entropy(_ probabilities: [Double]) -> Double {
        -probabilities.reduce(0) { $1 > 0 ? $0 + $1 * log($1) : $0 }
    }

    /// ``Divergence/kullbackLeibler(classes:share:logarithm:from:)`` of p from q, which is kept above 1e-300.
    public static func divergence(_ p: [Double], from q: [Double]) -> Double {
        Divergence.kullbackLeibler(
            classes: min(p.count, q.count), share: { p[$0] }, logarithm: { log(p[$0]) }, from: { log(max(q[$0], 1e-300)) })
    }
}
