import Foundation
import Frames
import Networks
import Reports

/// A verdict in words, for the screen and for reports.
package struct VerdictText {
    let verdict: Verdict
    /// Whether the figure is a share, written in points of a hundred; R² is a number.
    let isShare: Bool
    /// Of the split.
    let count: Int
    let numbers: NumberFormat

    /// Nil where there is none.
    package init?(_ report: AccuracyReport, allowing budget: Double?, numbers: NumberFormat) {
        guard let verdict = report.verdict(allowing: budget) else { return nil }
        (self.verdict, count, self.numbers) = (verdict, report.count, numbers)
        isShare = report.hasShare
    }

    /// `−0.09 pt`, `−0.0043`.
    package var difference: String { signed(verdict.difference) + (isShare ? " pt" : "") }

    /// `−0.22…+0.05`.
    package var interval: String { signed(verdict.interval.low) + "…" + signed(verdict.interval.high) }

    package var word: String {
        switch verdict.word {
        case .unchanged: isShare ? "no answer changed" : "no value moved"
        case .worse: "surely worse"
        case .better: "surely better"
        case .open: "no difference seen"
        }
    }

    /// What the interval is of: `on these 10,000`, `on others like them`.
    package var scope: String { verdict.scope == .split ? "on these \(numbers.integer(count))" : "on others like them" }

    /// `within 0.5`, `over 0.5`, `budget 0.5: not yet known, about 3,200 examples more`; nil without a budget.
    package var standing: String? {
        guard let budget = verdict.budget, let standing = verdict.standing else { return nil }
        let amount = Self.amount(budget, isShare: isShare)
        switch standing {
        case .within: return "within \(amount)"
        case .over: return "over \(amount)"
        case .open: return "budget \(amount): not yet known" + more
        }
    }

    /// The same in a few cells: `✓ within 0.5`, `× over 0.5`, `? of 0.5`.
    var shortStanding: String? {
        guard let budget = verdict.budget, let standing = verdict.standing else { return nil }
        let amount = Self.amount(budget, isShare: isShare)
        switch standing {
        case .within: return "✓ within \(amount)"
        case .over: return "× over \(amount)"
        case .open: return "? budget \(amount)" + (verdict.needed.map { ", ~\(numbers.integer($0)) more" } ?? "")
        }
    }

    /// `−0.09 pt (95 % on others like them: −0.22…+0.05): no difference seen; within 0.5`.
    package func sentence(isAgreement: Bool) -> String {
        let words = isAgreement ? standing : [word, standing].compactMap(\.self).joined(separator: "; ")
        return "\(difference) (95 % \(scope): \(interval))" + (words.map { ": " + $0 } ?? "")
    }

    private var more: String {
        guard let needed = verdict.needed else { return "" }
        let others = verdict.scope == .others ? "like these " : ""
        return ", about \(numbers.count(needed, "example")) \(others)more"
    }

    /// A budget in the unit in which it is typed: points of a share, else the figure's own.
    package static func amount(_ budget: Double, isShare: Bool) -> String {
        String(format: "%.6g", isShare ? 100 * budget : budget)
    }

    private func signed(_ value: Double) -> String { numbers.signed(isShare ? 100 * value : value, digits: isShare ? 2 : 4) }
}

extension AccuracyReport {
    /// Whether the figure is a share of answers, in %.
    package var hasShare: Bool { figure?.reading.measure != .r2 }
}
