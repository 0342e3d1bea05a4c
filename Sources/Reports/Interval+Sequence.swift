import Foundation

extension Interval {
    /// 95 % confidence sequence of the difference in accuracy over all `population` examples, from gains g and losses l among `count` of them, n.
    ///
    /// It holds at every n at once, so that one may look after each example and stop when one likes (Waudby-Smith and Ramdas, Confidence sequences for
    /// sampling without replacement, 2020): all totals (G, L) with C(G, g) · C(L, l) · C(N − G − L, n − g − l) / C(N, n) > 0.05 · m(g, l), where m is the
    /// same likelihood averaged over totals as a mixture of Dirichlet-multinomial distributions has them; the interval is that of (G − L)/N over this set.
    /// By Ville's inequality the true totals ever leave it in at most 5 of 100 whole runs, for an order drawn at random. No width for n = N.
    ///
    /// Cost: O(log² N).
    ///
    /// - Parameter error: How many of all runs it may fail in; 0.05 for 95 %.
    public static func pairedSequence(gains: Int, losses: Int, of count: Int, population: Int, error: Double = 0.05) -> Interval {
        guard count > 0 else { return Interval(low: -1, high: 1) }
        return PairedSequence(gains: gains, losses: losses, count: count, population: population, error: error).interval
    }

    /// 95 % interval of the difference in accuracy over others like the examples that were drawn: Bonett and Price (2012), (gains − losses)/(n + 2) ±
    /// z · √((p⁺ + p⁻ − (p⁺ − p⁻)²)/(n + 2)) with p⁺ = (gains + 1)/(n + 2) and p⁻ = (losses + 1)/(n + 2); it holds (gains − losses)/n.
    public static func pairedDifference(gains: Int, losses: Int, of count: Int) -> Interval {
        guard count > 0 else { return Interval(low: -1, high: 1) }
        let n = Double(count + 2)
        let (up, down) = (Double(gains + 1) / n, Double(losses + 1) / n)
        let half = z * ((up + down - (up - down) * (up - down)) / n).squareRoot()
        let estimate = Double(gains - losses) / Double(count)
        return Interval(low: max(-1, min(estimate, up - down - half)), high: min(1, max(estimate, up - down + half)))
    }
}

/// The totals that gains and losses among the first examples of a random order leave possible.
struct PairedSequence {
    let gains, losses, count, population: Int
    /// ln of the likelihood that a pair of totals needs.
    private let least: Double

    /// Weights of gains, losses and unchanged answers in the Dirichlet distributions that are mixed: many changes, few, and hardly any.
    private static let mixture: [(Double, Double, Double)] = [(1, 1, 1), (1, 1, 25), (1, 1, 400)]

    init(gains: Int, losses: Int, count: Int, population: Int, error: Double = 0.05) {
        (self.gains, self.losses, self.count, self.population) = (gains, losses, count, population)
        let seen = (Double(gains), Double(losses), Double(count - gains - losses))
        let marginals = Self.mixture.map { Self.logMarginal($0, seen) }
        let largest = marginals.max() ?? 0
        let mean = marginals.reduce(0) { $0 + exp($1 - largest) } / Double(marginals.count)
        least = log(error) + largest + log(mean)
    }

    var interval: Interval {
        Interval(
            low: Double(end(from: likeliest, to: certain.lowerBound)) / Double(population),
            high: Double(end(from: likeliest, to: certain.upperBound)) / Double(population))
    }

    /// Differences of totals that what was seen allows.
    private var certain: ClosedRange<Int> { gains - losses - (population - count)...gains - losses + (population - count) }

    /// The difference of totals that the examples not seen yet make if they go on as those before.
    private var likeliest: Int {
        let whole = Int((Double(gains - losses) * Double(population) / Double(count)).rounded())
        return min(max(whole, certain.lowerBound), certain.upperBound)
    }

    /// Where ``interval`` lies beside −budget, from one of its ends. Cost: O(log N).
    func standing(beside budget: Double) -> Verdict.Standing {
        let limit = Int((-budget * Double(population) - Verdict.slack * Double(population)).rounded(.up))
        let isOver = likeliest < limit
        let other = isOver ? limit : limit - 1
        guard certain.contains(other), isPossible(other) else { return isOver ? .over : .within }
        return .open
    }

    /// The last difference of totals on the way to `limit` that is possible; they lie side by side, for the likelihood is log-concave.
    private func end(from start: Int, to limit: Int) -> Int {
        var (inside, outside) = (start, limit)
        if isPossible(limit) { return limit }
        while abs(outside - inside) > 1 {
            let middle = (inside + outside) / 2
            if isPossible(middle) { inside = middle } else { outside = middle }
        }
        return inside
    }

    /// Whether some totals with this difference are possible: the likeliest losses L, G = L + difference, by ternary search.
    private func isPossible(_ difference: Int) -> Bool {
        var low = max(losses, gains - difference)
        var high = min(
            population - (count - gains - losses) - max(gains, losses + difference),
            (population - (count - gains - losses) - difference) / 2)
        guard low <= high else { return false }
        while high - low > 2 {
            let third = (high - low) / 3
            if logLikelihood(low + third + difference, low + third) < logLikelihood(high - third + difference, high - third) {
                low += third
            } else {
                high -= third
            }
        }
        return (low...high).contains { logLikelihood($0 + difference, $0) >= least }
    }

    /// ln P(gains, losses | G, L), drawn without replacement.
    private func logLikelihood(_ allGains: Int, _ allLosses: Int) -> Double {
        let others = population - allGains - allLosses
        return Self.logChoose(allGains, gains) + Self.logChoose(allLosses, losses) + Self.logChoose(others, count - gains - losses)
            - Self.logChoose(population, count)
    }

    /// ln of n choose k; −∞ where k is more than n.
    private static func logChoose(_ n: Int, _ k: Int) -> Double {
        guard n >= k, k >= 0 else { return -.infinity }
        return lgamma(Double(n + 1)) - lgamma(Double(k + 1)) - lgamma(Double(n - k + 1))
    }

    /// ln of the chance of these counts where their shares are drawn from a Dirichlet distribution.
    private static func logMarginal(_ weights: (Double, Double, Double), _ seen: (Double, Double, Double)) -> Double {
        let (all, total) = (weights.0 + weights.1 + weights.2, seen.0 + seen.1 + seen.2)
        func part(_ weight: Double, _ count: Double) -> Double { lgamma(weight + count) - lgamma(weight) - lgamma(count + 1) }
        return lgamma(total + 1) + lgamma(all) - lgamma(all + total) + part(weights.0, seen.0) + part(weights.1, seen.1)
            + part(weights.2, seen.2)
    }
}
