import Foundation
import Testing

/// The 95 % interval against exact figures. `Scripts/coverage` runs it with 500 plans and writes `Docs/Coverage.md`.
@Suite("Coverage of the interval", .serialized, .enabled(if: Bundled.hasData, "the data set is not installed"))
struct CoverageTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let planCount = environment["PARE_COVERAGE"].flatMap { Int($0) } ?? 42

    @Test("In each stratum of true change the interval holds the exact figure")
    func coverage() throws {
        let study = try CoverageStudy(plans: Self.planCount, seed: 20)
        #expect(study.plans.count == Self.planCount)
        let single = study.rows(orders: 1)
        let many = study.rows(orders: 25)
        // 25 orders of 14 plans: 350 draws; a standard deviation of a coverage of 0.95 is 0.012.
        for row in many { #expect(row.coverage >= 0.93, "\(row)") }
        if Self.planCount >= 500 {
            for row in single { #expect(row.coverage >= 0.93, "\(row)") }
        }
        // What verdicts say is wrong in at most 5 of 100 draws, of a few hundred: 3 standard deviations of 0.012 above.
        let verdicts = study.verdictRows(orders: Self.planCount >= 500 ? 10 : 3)
        for row in verdicts { for share in row.shares { #expect(share <= (Self.planCount >= 500 ? 0.05 : 0.085), "\(row)") } }
        if Self.environment["PARE_WRITE_DOCS"] != nil {
            let url = Bundled.root.appendingPathComponent("Docs/Coverage.md")
            let old = try String(contentsOf: url, encoding: .utf8)
            let rest = old.range(of: ClusterCoverageTests.heading).map { "\n" + old[$0.lowerBound...] } ?? ""
            try Data((Self.document(study, single, many) + Self.section(verdicts) + rest).utf8).write(to: url)
        }
    }

    private static func section(_ rows: [CoverageStudy.VerdictRow]) -> String {
        let lines = rows.map { row in
            let shares = row.shares.map { String(format: "%.1f %%", 100 * $0) }
            return "| \(row.stratum.name) | \(row.watched) | \(shares.joined(separator: " | ")) |"
        }
        return """

            ## Verdicts

            What the verdict says of the same plans: "surely worse" or "surely better" while examples are counted, looked at from 32 examples on whenever there are
            25 % more; "within" or "over" a budget of 0.25, 0.5 or 1 point, and the hardest budgets there are, the plan's own loss and an example less than it. A draw is wrong
            where one of its looks is. Then the words of \(CoverageStudy.drawnSplit.formatted()) examples drawn from all, held against all. Asked for are at most 5 % in each place.

            | true change, points | draws | wrong words | wrong standings | at the edge | words on others | standings on others |
            |---|---:|---:|---:|---:|---:|---:|
            \(lines.joined(separator: "\n"))

            """
    }

    private static func document(_ study: CoverageStudy, _ single: [CoverageStudy.Row], _ many: [CoverageStudy.Row]) -> String {
        let lines = zip(single, many).map { one, all in
            String(
                format: "| %@ | %d | %.1f %% of %d | %.1f %% of %d | ±%.2f |", one.stratum.name, one.prefix, 100 * one.coverage,
                one.draws, 100 * all.coverage, all.draws, all.halfWidth / Double(all.draws))
        }
        return """
            # Coverage of the interval

            Made by `Scripts/coverage`; do not edit it by hand.

            The accuracy of a plan is estimated on the first n examples of a stratified order before all \(study.labels.count.formatted()) are measured, and
            shown with a 95 % interval. \(study.plans.count) random plans (seed 20) of lenet-5 and lenet-300-100 were measured exactly on the validation
            split of Fashion-MNIST; plans that change no prediction are left out. The table says how often the interval at n examples
            held the exact difference to the original, by the size of that difference in percentage points: once for each plan in an order
            of its own seed, and again over 25 orders a plan. Asked for are at least 93 % in each row.

            | true change, points | n | one order a plan | 25 orders a plan | mean half width, points |
            |---|---:|---:|---:|---:|
            \(lines.joined(separator: "\n"))

            """
    }
}
