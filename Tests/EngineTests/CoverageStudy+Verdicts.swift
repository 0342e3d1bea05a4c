import Engine
import Foundation
import Reports
import Tensors

extension CoverageStudy {
    /// How often what a verdict said was wrong, for one stratum: at any look while examples are counted, and once of others like the split.
    struct VerdictRow {
        var stratum: Stratum
        /// Orders that were watched, and those in which a word, or a standing beside a budget, was wrong at some look.
        var watched = 0
        var wrongWords = 0
        var wrongStandings = 0
        /// The same with the hardest budgets there are for a plan: its own loss, and an example less.
        var wrongAtEdge = 0
        /// Splits that were drawn from all examples, and those whose verdict on all of them was wrong.
        var drawn = 0
        var wrongOfOthers = 0
        var wrongStandingsOfOthers = 0

        var shares: [Double] {
            [wrongWords, wrongStandings, wrongAtEdge].map { Double($0) / Double(max(1, watched)) }
                + [wrongOfOthers, wrongStandingsOfOthers].map { Double($0) / Double(max(1, drawn)) }
        }
    }

    /// In points: 0.25, 0.5, 1.
    static let budgets = [0.0025, 0.005, 0.01]
    /// Examples of a split that is drawn from all.
    static let drawnSplit = 2_500

    /// Each look is 25 % more examples than the last one, from 32 on.
    private static func looks(of count: Int) -> [Int] {
        Array(sequence(first: 32) { $0 * 5 / 4 }.prefix { $0 < count })
    }

    func verdictRows(orders: Int) -> [VerdictRow] {
        var rows = Stratum.allCases.map { VerdictRow(stratum: $0) }
        for plan in plans {
            for index in 0..<orders {
                let order = EvaluationOrder.stratified(labels: labels, seed: plan.seed &+ UInt64(1_000 + index))
                watch(plan, order, &rows[plan.stratum.rawValue])
                draw(plan, seed: plan.seed &+ UInt64(index), &rows[plan.stratum.rawValue])
            }
        }
        return rows
    }

    private func watch(_ plan: Measured, _ order: [Int], _ row: inout VerdictRow) {
        let edge = max(0, -plan.difference)
        let edges = plan.difference < 0 ? [edge, edge - 1 / Double(order.count)] : []
        var wrong = (word: false, standing: false, edge: false)
        var (gains, losses, seen) = (0, 0, 0)
        for look in Self.looks(of: order.count) {
            for example in order[seen..<look] {
                if plan.signs[example] > 0 { gains += 1 }
                if plan.signs[example] < 0 { losses += 1 }
            }
            seen = look
            guard let verdict = Self.report(gains, losses, of: look, population: order.count).verdict() else { continue }
            if Self.isWrong(verdict, plan.difference) { wrong.word = true }
            if Self.budgets.contains(where: { Self.isWrong(verdict, beside: $0, plan.difference) }) { wrong.standing = true }
            if edges.contains(where: { Self.isWrong(verdict, beside: $0, plan.difference) }) { wrong.edge = true }
        }
        row.watched += 1
        row.wrongWords += wrong.word ? 1 : 0
        row.wrongStandings += wrong.standing ? 1 : 0
        row.wrongAtEdge += wrong.edge ? 1 : 0
    }

    /// A split of examples drawn with replacement, whose verdict is held against all of them.
    private func draw(_ plan: Measured, seed: UInt64, _ row: inout VerdictRow) {
        var generator = SeededGenerator(seed: seed)
        let signs = (0..<Self.drawnSplit).map { _ in plan.signs[Int.random(in: 0..<plan.signs.count, using: &generator)] }
        let (gains, losses) = (signs.count { $0 > 0 }, signs.count { $0 < 0 })
        guard let verdict = Self.report(gains, losses, of: signs.count, population: signs.count).verdict() else { return }
        row.drawn += 1
        if Self.isWrong(verdict, plan.difference) { row.wrongOfOthers += 1 }
        if Self.budgets.contains(where: { Self.isWrong(verdict, beside: $0, plan.difference) }) { row.wrongStandingsOfOthers += 1 }
    }

    /// Whether the word is not so of the true difference.
    private static func isWrong(_ verdict: Verdict, _ truth: Double) -> Bool {
        verdict.word == .worse && truth >= 0 || verdict.word == .better && truth <= 0
    }

    /// Whether the standing is not so.
    private static func isWrong(_ verdict: Verdict, beside budget: Double, _ truth: Double) -> Bool {
        let (standing, isWithin) = (Verdict.standing(of: verdict.interval, beside: budget), truth >= -budget - 1e-12)
        return standing == .within && !isWithin || standing == .over && isWithin
    }

    private static func report(_ gains: Int, _ losses: Int, of count: Int, population: Int) -> AccuracyReport {
        AccuracyReport(
            split: .validation, count: population, evaluated: count, originalEvaluated: count, original: 0.9,
            originalInterval: Interval(0.9),
            current: 0.9, interval: Interval(0.9), gains: gains, losses: losses, mcNemar: 1, crossEntropy: nil, originalCrossEntropy: nil,
            crossEntropyDifference: nil, agreement: 1, topFive: nil, notANumber: 0, confusion: ConfusionTable(classCount: 2),
            originalConfusion: ConfusionTable(classCount: 2), flipped: [], seed: 1)
    }
}
