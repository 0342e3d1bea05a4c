import Foundation

/// What the examples say of a plan: how far its figure moved from the original's, how surely, and whether that is within what it may fall by.
public struct Verdict: Hashable, Sendable {
    /// What the interval is of.
    public enum Scope: String, Codable, Sendable {
        /// All examples of the split, of which some are measured: it may be watched while they are counted, see ``Interval/pairedSequence(gains:losses:of:population:)``.
        case split
        /// Others like those of the split, which is measured whole.
        case others
    }

    public enum Word: String, Codable, Sendable {
        /// No answer changed sides, or no value moved.
        case unchanged
        /// The interval lies below 0.
        case worse
        /// The interval lies above 0.
        case better
        /// The interval holds 0: there may be a difference as large as its ends.
        case open
    }

    /// Where the difference lies beside the budget b.
    public enum Standing: String, Codable, Sendable {
        /// The lower end is −b or more.
        case within
        /// The upper end is below −b.
        case over
        /// The interval holds −b.
        case open
    }

    /// Plan − original, over the examples measured with both.
    public var difference: Double
    /// 95 %.
    public var interval: Interval
    public var scope: Scope
    public var word: Word
    /// How far the figure may fall, b ≥ 0, in its own unit (a share of 1, or R²); nil where nothing was said.
    public var budget: Double?
    public var standing: Standing?
    /// About how many examples more an open standing needs, if the changes go on as they did; nil where it is not open, or where that is beyond ``most``.
    public var needed: Int?

    /// More examples than these are named by nobody.
    public static let most = 100_000_000
    /// What equals the budget but for rounding is within it.
    static let slack = 1e-9

    /// Where an interval of the difference lies beside a budget.
    package static func standing(of interval: Interval, beside budget: Double) -> Standing {
        interval.low >= -budget - slack ? .within : interval.high < -budget - slack ? .over : .open
    }
}

extension AccuracyReport {
    /// The verdict on the plan; nil where nothing is measured, where the output has no figure but its likeness, and where answers within examples are not
    /// all measured or have no interval, for of them no interval holds while one watches.
    ///
    /// - Parameter budget: How far the figure may fall, as a share of 1 or in R².
    /// - Complexity: O(log³ N).
    public func verdict(allowing budget: Double? = nil) -> Verdict? {
        guard evaluated > 0, fidelity == nil || figure != nil, let interval = verdictInterval else { return nil }
        let isUnchanged = gains + losses == 0 && difference == 0
        let word: Verdict.Word = isUnchanged ? .unchanged : interval.high < 0 ? .worse : interval.low > 0 ? .better : .open
        var verdict = Verdict(difference: difference, interval: interval, scope: isExact ? .others : .split, word: word)
        guard let budget else { return verdict }
        verdict.budget = budget
        verdict.standing = Verdict.standing(of: interval, beside: budget)
        if verdict.standing == .open, figure == nil { verdict.needed = examplesNeeded(budget) }
        return verdict
    }

    private var verdictInterval: Interval? {
        if let figure { return isExact ? figure.beyond : nil }
        return isExact
            ? .pairedDifference(gains: gains, losses: losses, of: evaluated)
            : .pairedSequence(gains: gains, losses: losses, of: evaluated, population: count)
    }

    /// The standing while examples are counted, from one end of the interval. Cost: O(log N).
    package func quickStanding(beside budget: Double) -> Verdict.Standing {
        PairedSequence(gains: gains, losses: losses, count: evaluated, population: count).standing(beside: budget)
    }

    /// The first of n · 1.1, n · 1.21 … examples at which the standing would be known, less n: of the split while it has them, else of others like them.
    private func examplesNeeded(_ budget: Double) -> Int? {
        var next = evaluated
        while next < Verdict.most {
            next = min(next < count ? count : Verdict.most, max(next + 1, next + next / 10))
            let scale = Double(next) / Double(evaluated)
            let (up, down) = (Int((Double(gains) * scale).rounded()), Int((Double(losses) * scale).rounded()))
            let standing =
                next < count
                ? PairedSequence(gains: up, losses: down, count: next, population: count).standing(beside: budget)
                : Verdict.standing(of: .pairedDifference(gains: up, losses: down, of: next), beside: budget)
            if standing != .open { return next - evaluated }
        }
        return nil
    }
}
