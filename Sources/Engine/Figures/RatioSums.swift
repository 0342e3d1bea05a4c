import Reports

/// A mean of ratios of sums over examples, value = (1 / K) Σ_k (Σ_i a_ik / Σ_i b_ik) over the K kinds with Σ_i b_ik > 0, with what each example has to do
/// with it.
///
/// One kind of right answers and answers is an accuracy over positions; a kind a class of intersections and unions is mIoU. Intervals are by examples, for
/// what lies within one is no independent draw: the value is linearized (Cochran, Sampling Techniques, 1977, chapter 6).
struct RatioSums {
    struct Part {
        var kind: Int
        var numerator: Double
        var denominator: Double
    }

    private var parts: [Part] = []
    private var starts = [0]
    private var totals: [Int: (numerator: Double, denominator: Double)] = [:]

    /// Examples.
    var count: Int { starts.count - 1 }

    /// Cost: O(parts).
    mutating func add(_ example: [Part]) {
        for part in example where part.denominator != 0 || part.numerator != 0 {
            parts.append(part)
            let (numerator, denominator) = totals[part.kind] ?? (0, 0)
            totals[part.kind] = (numerator + part.numerator, denominator + part.denominator)
        }
        starts.append(parts.count)
    }

    private var kinds: Int { totals.values.count { $0.denominator > 0 } }

    /// Nil while nothing was counted. Cost: O(kinds).
    var value: Double? {
        let ratios = totals.sorted { $0.key < $1.key }.compactMap { $1.denominator > 0 ? $1.numerator / $1.denominator : nil }
        return ratios.isEmpty ? nil : ratios.reduce(0, +) / Double(ratios.count)
    }

    /// What each example adds to the value, n · ∂value/∂(its weight): (1 / K) Σ_k (a_ik − R_k b_ik) / mean_i b_ik. Cost: O(parts).
    var influences: [Double] {
        let (n, kinds) = (Double(count), Double(max(1, kinds)))
        return (0..<count).map { example in
            parts[starts[example]..<starts[example + 1]].reduce(0.0) { sum, part in
                guard let total = totals[part.kind], total.denominator > 0 else { return sum }
                let ratio = total.numerator / total.denominator
                return sum + (part.numerator - ratio * part.denominator) / (total.denominator / n) / kinds
            }
        }
    }
}

extension Interval {
    /// 95 % interval of a value over `population` examples from the influences of some, for whose variance two more count that change it by as much as the
    /// largest one, once up and once down, and at least by `step`: as Bonett and Price (2012) add one to each discordant cell, so that what did not happen yet
    /// may happen.
    static func linearized(_ value: Double, _ influences: [Double], step: Double, population: Int) -> Interval? {
        let n = influences.count
        guard n < population else { return n > 0 ? Interval(value) : nil }
        guard n > 1 else { return nil }
        let largest = influences.reduce(step) { max($0, abs($1)) }
        let squares = influences.reduce(0.0) { $0 + $1 * $1 } + 2 * largest * largest
        return mean(value, variance: squares / Double(n + 1), of: n, population: population)
    }
}
