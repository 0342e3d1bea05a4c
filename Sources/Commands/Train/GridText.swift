import Engine
import Foundation
import Frames
import Reports

/// A grid on its way, and as a table.
final class GridText {
    private static let numbers = NumberFormat.unicode
    private let isJSON: Bool
    private let progress: ProgressText
    private var shown: Int
    private var place: TrainingGrid.Place?

    private struct CellLine: Encodable {
        let event = "cell"
        var cell: TrainingGrid.Cell
    }

    private struct GridLine: Encodable {
        let event = "grid"
        var grid: TrainingGrid
        /// Of each number of bits, the temperature of the highest accuracy.
        var best: [TrainingGrid.Place]
        /// Parts of the plan without effect; missing where there are none.
        var warnings: [String]?
    }

    /// `known` cells were finished before.
    init(isJSON: Bool, known: Int) {
        self.isJSON = isJSON
        shown = known
        progress = ProgressText(isQuiet: isJSON && isatty(STDERR_FILENO) == 0)
    }

    /// Says what is new; true where a cell was finished.
    func show(_ report: GridReport) throws -> Bool {
        if let place = report.place, place != self.place {
            self.place = place
            progress.restart()
            let bits = Self.numbers.count(place.bits, "bit")
            progress.write("\(bits), T \(Self.plain(place.temperature)): cell \(report.grid.cells.count + 1)")
        }
        if let state = report.progress { progress.show(state) }
        let new = report.grid.cells.dropFirst(shown)
        shown += new.count
        if isJSON { for cell in new { Standard.output(try TrainingLine.text(CellLine(cell: cell))) } }
        return !new.isEmpty
    }

    func finish(_ grid: TrainingGrid, warnings: [String] = []) throws {
        let missing = grid.missing.count
        if missing > 0 { Standard.error("pare: stopped with \(missing) of \(Self.numbers.count(grid.places.count, "cell")) missing.") }
        guard isJSON else { return Standard.output(Self.table(grid)) }
        let best = grid.bits.compactMap { grid.best(bits: $0) }.map { TrainingGrid.Place(bits: $0.bits, temperature: $0.temperature) }
        Standard.output(try TrainingLine.text(GridLine(grid: grid, best: best, warnings: warnings.isEmpty ? nil : warnings)))
    }

    /// The best temperature of each number of bits has a `*`.
    static func table(_ grid: TrainingGrid) -> String {
        var table = TextTable([
            ("bits", .right), ("T", .right), ("accuracy", .right), ("", .left), ("CE at T 1", .right), ("KL at T 1", .right),
            ("epoch", .right),
            ("seconds", .right),
        ])
        table.rows = grid.places.map { place in
            let start = [String(place.bits), plain(place.temperature)]
            guard let cell = grid.cell(at: place) else { return start + ["–", "", "", "", "", ""] }
            return start + [
                numbers.percent(cell.accuracy, digits: 2), grid.best(bits: place.bits) == cell ? "*" : cell.isDiverged ? "diverged" : "",
                numbers.decimal(cell.crossEntropy, digits: 4) + leftOut(cell.crossEntropyLeftOut),
                cell.divergence.map { numbers.decimal($0, digits: 4) } ?? "",
                numbers.integer(cell.epoch), numbers.decimal(cell.seconds, digits: 1),
            ]
        }
        return table.text
    }

    /// ` (12 left out)`: examples without a finite cross-entropy.
    private static func leftOut(_ count: Int?) -> String { count.map { $0 > 0 ? " (\(numbers.integer($0)) left out)" : "" } ?? "" }

    /// `0.5`, `4`.
    private static func plain(_ value: Double) -> String { String(format: "%g", value) }
}
