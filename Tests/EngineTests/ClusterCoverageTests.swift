import Foundation
import Networks
import Reports
import Tensors
import Testing

/// How often 95 % intervals by examples hold, where answers within an example are alike. `PARE_WRITE_DOCS` writes the second half of `Docs/Coverage.md`.
struct ClusterCoverageTests {
    static let heading = "## Answers within examples"
    private static let population = 600

    private struct Row {
        var name: String
        var prefix: Int
        var difference = 0
        var original = 0
        var halfWidth = 0.0
    }

    @Test("Intervals of positions, labels and values hold what all examples give")
    func coverage() throws {
        var rows: [Row] = []
        let forms: [(String, OutputReading)] = [
            ("accuracy over 24 positions", OutputReading(.accuracy, .classes(axis: 1), shape: [24, 3])),
            ("mIoU over 24 positions", OutputReading(.iou, .classes(axis: 1), shape: [24, 3])),
            ("R² of 2 values", OutputReading(.r2, .values, shape: [2])),
        ]
        for (name, reading) in forms {
            let sample = FigureSample(reading, count: Self.population, seed: 7)
            let whole = sample.report(Array(0..<Self.population), of: Self.population)
            for prefix in [50, 200] {
                var row = Row(name: name, prefix: prefix)
                for draw in 0..<100 {
                    var generator = SeededGenerator(seed: UInt64(1_000 + draw))
                    let order = Array((0..<Self.population).shuffled(using: &generator))
                    let known = sample.report(order, of: prefix, known: Self.population)
                    let found = try #require(known.figure).differenceInterval
                    let exact = whole.current - whole.original
                    if found.low <= exact, exact <= found.high { row.difference += 1 }
                    row.halfWidth += 100 * found.halfWidth
                    let unknown = sample.report(order, of: prefix).originalInterval
                    if unknown.low <= whole.original, whole.original <= unknown.high { row.original += 1 }
                }
                rows.append(row)
                // A standard deviation of a coverage of 0.95 in 100 draws is 0.022.
                #expect(row.difference >= 90 && row.original >= 90, "\(row)")
            }
        }
        guard ProcessInfo.processInfo.environment["PARE_WRITE_DOCS"] != nil else { return }
        let url = Bundled.root.appendingPathComponent("Docs/Coverage.md")
        let text = try String(contentsOf: url, encoding: .utf8)
        let start = text.range(of: Self.heading)?.lowerBound ?? text.endIndex
        let rest = text.range(of: SearchCoverageTests.heading).map { "\n" + text[$0.lowerBound...] } ?? ""
        try Data((text[..<start] + Self.section(rows) + rest).utf8).write(to: url)
    }

    private static func section(_ rows: [Row]) -> String {
        let lines = rows.map { row in
            String(
                format: "| %@ | %d | %d of 100 | %d of 100 | ±%.2f |", row.name, row.prefix, row.difference, row.original,
                row.halfWidth / 100)
        }
        return """
            \(heading)

            Answers at positions of one example, its labels or its values are no independent draws, so their intervals are by examples (Docs/Decisions.md). Made-up
            outputs of \(population) examples, some easy and some hard as a whole, were counted on the first n of 100 random orders: how often the interval held the
            exact difference of the plan to the original, and of the original alone while that is not known. Half widths are hundredths of the figure.

            | figure | n | difference | original | mean half width |
            |---|---:|---:|---:|---:|
            \(lines.joined(separator: "\n"))

            """
    }
}
