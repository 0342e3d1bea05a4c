import Foundation

extension LogitsTable {
    /// Mean entropies at T of both networks and the mean KL(original ‖ current) between them, over the evaluated examples.
    ///
    /// Examples with a logit that is not finite are left out. Cost: O(examples · classes).
    public func summary(temperature: Double) -> LensSummary {
        var sums = (original: 0.0, current: 0.0, divergence: 0.0, examples: 0)
        var p = Softened(classCount: classCount)
        var q = Softened(classCount: classCount)
        for example in evaluated {
            guard p.soften(original, row: example, temperature: temperature),
                q.soften(current, row: example, temperature: temperature)
            else { continue }
            sums.original += p.entropy
            sums.current += q.entropy
            sums.divergence += p.divergence(from: q)
            sums.examples += 1
        }
        let n = Double(max(1, sums.examples))
        return LensSummary(
            temperature: temperature, originalEntropy: sums.original / n, currentEntropy: sums.current / n,
            divergence: sums.divergence / n, examples: sums.examples)
    }
}

/// One softened row, with its logarithms kept so that entropy and divergence are sums of products.
private struct Softened {
    private var probabilities: [Double]
    private var logarithms: [Double]

    init(classCount: Int) {
        probabilities = Array(repeating: 0, count: classCount)
        logarithms = probabilities
    }

    /// ln qᵢ = zᵢ/T − ln Σ exp(zⱼ/T); false where a logit is not finite.
    mutating func soften(_ logits: [Float], row: Int, temperature: Double) -> Bool {
        let offset = row * logarithms.count
        var largest = -Double.infinity
        for index in logarithms.indices {
            let value = Double(logits[offset + index]) / temperature
            guard value.isFinite else { return false }
            logarithms[index] = value
            largest = max(largest, value)
        }
        var sum = 0.0
        for index in logarithms.indices {
            probabilities[index] = exp(logarithms[index] - largest)
            sum += probabilities[index]
        }
        let shift = largest + log(sum)
        for index in logarithms.indices {
            probabilities[index] /= sum
            logarithms[index] -= shift
        }
        return true
    }

    /// −Σ qᵢ ln qᵢ.
    var entropy: Double { -zip(probabilities, logarithms).reduce(0) { $0 + $1.0 * $1.1 } }

    /// Σ pᵢ (ln pᵢ − ln qᵢ).
    func divergence(from other: Softened) -> Double {
        var sum = 0.0
        for index in probabilities.indices {
            sum += probabilities[index] * (logarithms[index] - other.logarithms[index])
        }
        return max(0, sum)
    }
}
