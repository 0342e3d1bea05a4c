import Frames
import Reports

/// The first line below the layers: the figure of both networks, their difference with its interval, budget and verdict, and what was counted.
///
/// Where there is little room the parts go in the order of their ranks; the figure, the difference and the budget stay.
struct VerdictLine {
    private struct Part {
        let text: StyledText
        /// The highest goes first; 0 stays.
        let rank: Int
    }

    private let explorer: Explorer
    private let report: AccuracyReport
    private let isFresh: Bool
    private var numbers: NumberFormat { explorer.numbers }

    init(_ explorer: Explorer, _ report: AccuracyReport) {
        (self.explorer, self.report) = (explorer, report)
        isFresh = explorer.isAccuracyFresh
    }

    /// As many parts as have room.
    func fitting(_ width: Int) -> StyledText {
        var parts = parts.filter { $0.text.cellWidth > 0 }
        func line() -> StyledText { parts.reduce(StyledText("")) { $0 + $1.text } }
        while line().cellWidth > width, let last = parts.map(\.rank).max(), last > 0 { parts.removeAll { $0.rank == last } }
        return line()
    }

    private var parts: [Part] {
        let verdict = VerdictText(report, allowing: explorer.budget, numbers: numbers)
        var parts = [Part(text: StyledText(" " + report.headlineName, .muted), rank: report.hasShare && !report.isAgreement ? 7 : 0)]
        parts.append(Part(text: figures, rank: 0))
        if let verdict, !report.isAgreement, verdict.verdict.word != .unchanged {
            parts.append(Part(text: difference(verdict), rank: 0))
            parts.append(Part(text: muted(" (\(verdict.interval))"), rank: 5))
        }
        parts.append(Part(text: explorer.changeSincePin(report), rank: 3))
        if let verdict { parts += words(verdict) }
        return parts + counts
    }

    /// ` 92.80 → 92.71 %`, with ± where it is an estimate, dimmed until that is narrower than the budget needs.
    private var figures: StyledText {
        let name = report.figureName
        var line = StyledText("")
        if !report.isAgreement {
            line += StyledText(" " + numbers.quality(report.original, name), .text)
            if report.originalEvaluated < report.count {
                line += muted(" " + numbers.qualityWidth(report.originalInterval.halfWidth, name))
            }
            line += muted(" \(explorer.glyphs.arrow)")
        }
        line += StyledText(" " + numbers.quality(report.current, name), isNarrow ? .value : .muted)
        if !report.isExact { line += muted(" " + numbers.qualityWidth(report.interval.halfWidth, name)) }
        return report.hasShare ? line + muted(" %") : line
    }

    /// Whether the figure is known as well as the budget needs; without one, to half a point or 0.005.
    private var isNarrow: Bool {
        isFresh && (report.isExact || report.interval.halfWidth <= (explorer.budget.flatMap { $0 > 0 ? $0 : nil } ?? 0.005))
    }

    private func difference(_ verdict: VerdictText) -> StyledText {
        let change = verdict.verdict.difference
        return StyledText("  " + verdict.difference, isNarrow ? change < 0 ? .bad : change > 0 ? .good : .value : .muted)
    }

    /// `  ✓ within 0.5  no difference seen`.
    private func words(_ verdict: VerdictText) -> [Part] {
        let standing = verdict.shortStanding.map { StyledText("  " + $0, isFresh ? Self.role(verdict.verdict) : .muted) }
        let word =
            report.isAgreement || verdict.verdict.word == .unchanged
            ? StyledText("") : StyledText("  " + verdict.word, isFresh ? Self.wordRole(verdict.verdict) : .muted)
        return [Part(text: standing ?? "", rank: 0), Part(text: word, rank: standing == nil ? 2 : 3)]
    }

    private static func role(_ verdict: Verdict) -> Role {
        switch verdict.standing {
        case .within: .good
        case .over: .bad
        case .open, nil: .warning
        }
    }

    private static func wordRole(_ verdict: Verdict) -> Role {
        switch verdict.word {
        case .better: .good
        case .worse: .bad
        case .open, .unchanged: .muted
        }
    }

    /// `  +12 −43  6,400/10,000 3 s left`, and how layers of 8 bits were computed.
    private var counts: [Part] {
        let arithmetic = report.arithmeticName.map { StyledText("  " + ($0 == "mixed" ? "part integer" : $0), .badge) } ?? ""
        if report.isAgreement {
            let name = report.exampleName + (report.count == 1 ? "" : "s")
            let all = muted("  with the original on \(extent) ") + StyledText(name, .text)
            return [Part(text: all, rank: 9), Part(text: arithmetic, rank: 4)]
        }
        var changes = StyledText("")
        if report.figure?.reading.decision != .values {
            changes =
                StyledText("  +" + numbers.integer(report.gains), isFresh ? .good : .muted)
                + StyledText(" " + numbers.minus + numbers.integer(report.losses), isFresh ? .bad : .muted)
            if let found = report.figure { changes += muted(" \(found.reading.answerName)s") }
        }
        let error = report.figure?.rows.first { $0.name == .squaredError }?.current
        let mean = error.map { muted("  MSE ") + StyledText(numbers.significant($0), isFresh ? .value : .muted) } ?? ""
        return [
            Part(text: changes, rank: 8), Part(text: mean, rank: 8),
            Part(text: muted(report.isExact ? "  of \(extent)" : "  \(extent)"), rank: report.isExact ? 9 : 1),
            Part(text: arithmetic, rank: 4),
        ]
    }

    /// `10,000`, `6,400/10,000 3 s left`.
    private var extent: String {
        guard !report.isExact else { return numbers.integer(report.count) }
        return "\(numbers.integer(report.evaluated))/\(numbers.integer(report.count))" + timeLeft
    }

    /// ` 12 s left`; nothing below a second.
    private var timeLeft: String {
        guard let left = explorer.findings.timeLeft, left.generation == explorer.generation, left.value >= 1 else { return "" }
        return " " + numbers.timeLeft(seconds: left.value)
    }

    private func muted(_ text: String) -> StyledText { StyledText(text, .muted) }
}

extension AccuracyReport {
    /// What the figure is called before its numbers: `accuracy`, `agreement`, `fidelity`, `mIoU`, `R²`.
    var headlineName: String { figure == nil && fidelity != nil ? "fidelity" : figureName }
}
