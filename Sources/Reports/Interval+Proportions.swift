import Foundation

extension Interval {
    /// The 97.5 % point of the standard normal distribution.
    static let z = 1.959963984540054

    /// Wilson's 95 % score interval of a share (Wilson 1927), from `successes` of `count`; 0…1 where nothing was counted.
    public static func wilson(successes: Int, of count: Int) -> Interval {
        guard count > 0 else { return Interval(low: 0, high: 1) }
        let n = Double(count)
        let share = Double(successes) / n
        let center = (share + z * z / (2 * n)) / (1 + z * z / n)
        let half = z / (1 + z * z / n) * (share * (1 - share) / n + z * z / (4 * n * n)).squareRoot()
        return Interval(low: max(0, min(share, center - half)), high: min(1, max(share, center + half)))
    }

    /// So few unseen examples that their normal approximation holds too rarely: nothing is estimated of them.
    public static let fewUnseen = 20

    /// 95 % interval of the difference in accuracy over all `population` examples, from gains and losses among `count` of them.
    ///
    /// Bonett and Price (2012): one is added to each discordant cell, p⁺ = (gains + 1)/(n + 2), p⁻ = (losses + 1)/(n + 2), half width
    /// z · √((p⁺ + p⁻ − (p⁺ − p⁻)²)/(n + 2)), here times the finite-population factor √((N − n)/(N − 1)), around
    /// (gains − losses + (N − n)(p⁺ − p⁻))/N: what was seen is certain. The difference is a whole number of examples, so the bounds are rounded
    /// outwards to whole ones. They hold (gains − losses)/n and stay within the certain bounds (gains − losses ± (N − n))/N, which stand alone
    /// where at most ``fewUnseen`` examples are unseen. No width only for n = N.
    public static func pairedDifference(gains: Int, losses: Int, of count: Int, population: Int) -> Interval {
        guard count > 0 else { return Interval(low: -1, high: 1) }
        let (seen, unseen, whole) = (Double(gains - losses), Double(population - count), Double(population))
        let estimate = seen / Double(count)
        guard count < population else { return Interval(estimate) }
        let certain = Interval(low: (seen - unseen) / whole, high: (seen + unseen) / whole)
        guard population - count > fewUnseen else { return certain }
        let n = Double(count + 2)
        let (up, down) = (Double(gains + 1) / n, Double(losses + 1) / n)
        let half = z * ((up + down - (up - down) * (up - down)) / n * unseen / Double(population - 1)).squareRoot()
        let center = (seen + unseen * (up - down)) / whole
        return Interval(
            low: max(certain.low, wholeExamples(min(estimate, center - half), of: population, .down)),
            high: min(certain.high, wholeExamples(max(estimate, center + half), of: population, .up)))
    }

    /// The next share that is a whole number of examples; what is one but for rounding stays.
    private static func wholeExamples(_ share: Double, of population: Int, _ rule: FloatingPointRoundingRule) -> Double {
        let slack = rule == .down ? 1e-6 : -1e-6
        return (share * Double(population) + slack).rounded(rule) / Double(population)
    }

    /// 95 % interval of a mean over `population` values from the mean and variance of `count` of them; nil where one or none was seen of more.
    public static func mean(_ mean: Double, variance: Double, of count: Int, population: Int) -> Interval? {
        guard count < population else { return count > 0 ? Interval(mean) : nil }
        guard count > 1 else { return nil }
        let factor = Double(population - count) / Double(max(1, population - 1))
        let half = z * (variance / Double(count) * factor).squareRoot()
        return Interval(low: mean - half, high: mean + half)
    }
}

/// McNemar's test (1947) on discordant pairs.
public enum McNemar {
    /// The least p-value that is written as a number: below it a Double loses digits and then underflows.
    public static let leastPValue = 1e-300

    /// Exact two-sided p-value: 2 · P(X ≤ min(gains, losses)) for X ~ Binomial(gains + losses, ½), at most 1; 1 where nothing differs, and 0
    /// where it underflows, see ``log10PValue(gains:losses:)``.
    ///
    /// Cost: O(min(gains, losses)).
    public static func exactPValue(gains: Int, losses: Int) -> Double { exp(logarithm(gains: gains, losses: losses)) }

    /// log₁₀ of ``exactPValue(gains:losses:)``, at most 0, also of one that is too small for a Double. Cost: the same.
    public static func log10PValue(gains: Int, losses: Int) -> Double { logarithm(gains: gains, losses: losses) / log(10) }

    /// ln p; the sum begins with its largest term, the last one, taken out.
    private static func logarithm(gains: Int, losses: Int) -> Double {
        let trials = gains + losses
        guard gains != losses else { return 0 }
        func term(_ k: Int) -> Double {
            lgamma(Double(trials + 1)) - lgamma(Double(k + 1)) - lgamma(Double(trials - k + 1)) - Double(trials) * log(2)
        }
        let least = min(gains, losses)
        let largest = term(least)
        let sum = (0...least).reduce(0.0) { $0 + exp(term($1) - largest) }
        return min(0, log(2) + largest + log(sum))
    }
}
