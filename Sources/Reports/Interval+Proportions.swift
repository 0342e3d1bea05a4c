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

    /// 95 % interval of the difference in accuracy over all `population` examples, from gains and losses among `count` of them.
    ///
    /// Bonett and Price (2012): one is added to each discordant cell, p⁺ = (gains + 1)/(n + 2), p⁻ = (losses + 1)/(n + 2), half width
    /// z · √((p⁺ + p⁻ − (p⁺ − p⁻)²)/(n + 2)), here times the finite-population factor √((N − n)/(N − 1)).
    /// It holds (gains − losses)/n, stays within what the examples still unseen can change, and has no width only for n = N.
    public static func pairedDifference(gains: Int, losses: Int, of count: Int, population: Int) -> Interval {
        guard count > 0 else { return Interval(low: -1, high: 1) }
        let estimate = Double(gains - losses) / Double(count)
        guard count < population else { return Interval(estimate) }
        let n = Double(count + 2)
        let up = Double(gains + 1) / n
        let down = Double(losses + 1) / n
        let unseen = Double(population - count)
        let half = z * ((up + down - (up - down) * (up - down)) / n * unseen / Double(population - 1)).squareRoot()
        let seen = Double(gains - losses)
        let lowest = (seen - unseen) / Double(population)
        let highest = (seen + unseen) / Double(population)
        return Interval(
            low: max(lowest, min(estimate, up - down - half)), high: min(highest, max(estimate, up - down + half)))
    }

    /// 95 % interval of a mean over `population` values from the mean and variance of `count` of them.
    public static func mean(_ mean: Double, variance: Double, of count: Int, population: Int) -> Interval {
        guard count > 1, count < population else { return Interval(mean) }
        let factor = Double(population - count) / Double(max(1, population - 1))
        let half = z * (variance / Double(count) * factor).squareRoot()
        return Interval(low: mean - half, high: mean + half)
    }
}

/// McNemar's test (1947) on discordant pairs.
public enum McNemar {
    /// Exact two-sided p-value: 2 · P(X ≤ min(gains, losses)) for X ~ Binomial(gains + losses, ½), at most 1; 1 where nothing differs.
    ///
    /// Cost: O(min(gains, losses)).
    public static func exactPValue(gains: Int, losses: Int) -> Double {
        let trials = gains + losses
        guard trials > 0 else { return 1 }
        let base = lgamma(Double(trials + 1)) - Double(trials) * log(2)
        let tail = (0...min(gains, losses)).reduce(0.0) { sum, k in
            sum + exp(base - lgamma(Double(k + 1)) - lgamma(Double(trials - k + 1)))
        }
        return min(1, 2 * tail)
    }
}
