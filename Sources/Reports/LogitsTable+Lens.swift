import Foundation
import Networks

extension LogitsTable {
    /// Mean entropies at T of both networks and the mean KL(original ‖ current) between them, over the evaluated examples.
    ///
    /// With z = logits / T − max and S = Σ exp z, of each network: entropy = ln S − Σ exp(z) · z / S, and
    /// KL = Σ exp(z) / S · (z − ln S − z′ + ln S′). Examples with a logit that is not finite are left out and counted. Cost: O(examples · classes).
    public func summary(temperature: Double) -> LensSummary {
        var sums = (original: 0.0, current: 0.0, divergence: 0.0, examples: 0)
        withRows { original, current in
            withUnsafeTemporaryAllocation(of: Double.self, capacity: 4 * classCount) { scratch in
                let (p, q) = (Softened(scratch[..<(2 * classCount)]), Softened(scratch[(2 * classCount)...]))
                for example in evaluated {
                    let row = example * classCount
                    guard let first = p.soften(original + row, temperature: temperature),
                        let second = q.soften(current + row, temperature: temperature)
                    else { continue }
                    sums.original += first.entropy
                    sums.current += second.entropy
                    sums.divergence += p.divergence(first, from: q, second)
                    sums.examples += 1
                }
            }
        }
        let n = Double(sums.examples)
        func mean(_ sum: Double) -> Double? { sums.examples == 0 ? nil : sum / n }
        return LensSummary(
            temperature: temperature, originalEntropy: mean(sums.original), currentEntropy: mean(sums.current),
            divergence: mean(sums.divergence), examples: sums.examples, leftOut: evaluated.count - sums.examples)
    }

    /// Lends the first logits of both networks; nothing is done where there are none.
    private func withRows(_ body: (UnsafePointer<Float>, UnsafePointer<Float>) -> Void) {
        original.withUnsafeBufferPointer { original in
            current.withUnsafeBufferPointer { current in
                if let first = original.baseAddress, let second = current.baseAddress { body(first, second) }
            }
        }
    }
}

/// The logits of one example over T, less the largest.
private struct Softened {
    /// What is known of a softened row.
    struct Sums {
        /// ln S.
        var logarithm: Double
        var entropy: Double
        var sum: Double
    }

    private let shifted: UnsafeMutableBufferPointer<Double>
    /// exp z.
    private let powers: UnsafeMutableBufferPointer<Double>

    /// Works in twice as many numbers as there are classes.
    init(_ memory: Swift.Slice<UnsafeMutableBufferPointer<Double>>) {
        let half = memory.startIndex + memory.count / 2
        shifted = UnsafeMutableBufferPointer(rebasing: memory[..<half])
        powers = UnsafeMutableBufferPointer(rebasing: memory[half...])
    }

    /// Nil where a logit is not finite.
    func soften(_ logits: UnsafePointer<Float>, temperature: Double) -> Sums? {
        var largest = -Double.infinity
        for index in shifted.indices {
            let value = Double(logits[index]) / temperature
            guard value.isFinite else { return nil }
            shifted[index] = value
            largest = max(largest, value)
        }
        var (sum, weighted) = (0.0, 0.0)
        for index in shifted.indices {
            let value = shifted[index] - largest
            let power = exp(value)
            shifted[index] = value
            powers[index] = power
            sum += power
            weighted += power * value
        }
        let logarithm = log(sum)
        return Sums(logarithm: logarithm, entropy: logarithm - weighted / sum, sum: sum)
    }

    /// KL of these outputs from those of another network.
    func divergence(_ sums: Sums, from other: Softened, _ others: Sums) -> Double {
        Divergence.kullbackLeibler(
            classes: shifted.count, share: { powers[$0] / sums.sum }, logarithm: { shifted[$0] - sums.logarithm },
            from: { other.shifted[$0] - others.logarithm })
    }
}
