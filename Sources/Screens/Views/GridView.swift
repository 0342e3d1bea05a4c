import Compression
import Frames
import Reports

/// The grid temperature × bits: what is trained, a row for each cell with its accuracy and what can be compared at T = 1.
///
/// Of each number of bits the temperature of the highest accuracy carries the mark.
package struct GridView: ScreenView {
    package static var place: Place { .grid }

    /// The first row shown.
    private var scroll = 0

    package init?(_ explorer: Explorer) {}

    package func title(_ explorer: Explorer) -> String { "Temperature × bits" }

    package func draw(_ explorer: Explorer, in area: Rect, on frame: inout Frame) {
        let grid = explorer.gridTable
        let table = Table(columns: Self.columns, rows: grid.places.map { Self.row($0, grid, explorer) }, offset: scroll)
        ViewText.draw(table, below: Self.heading(explorer, grid), explorer, in: area, on: &frame)
    }

    package mutating func move(by offset: Int, _ explorer: inout Explorer) {
        scroll = min(max(0, scroll + offset), max(0, explorer.gridTable.places.count - 1))
    }

    private static let columns: [Table.Column] = [
        .init("bits", minimumWidth: 4, priority: 9), .init("T", minimumWidth: 4, priority: 9),
        .init("accuracy", minimumWidth: 8, priority: 8), .init("", alignment: .left, minimumWidth: 6, priority: 7),
        .init("CE at T 1", minimumWidth: 9, priority: 6), .init("KL at T 1", minimumWidth: 9, priority: 6),
        .init("epoch", minimumWidth: 5, priority: 3), .init("time", minimumWidth: 8, priority: 2),
    ]

    private static func heading(_ explorer: Explorer, _ grid: TrainingGrid) -> [StyledText] {
        let numbers = explorer.numbers
        let names = Set(grid.plan.layers.filter { !$0.plan.bypass && $0.plan.weights.bitRange != nil }.map(\.plan.weights.name)).sorted()
        let done = grid.places.count - grid.missing.count
        let state = explorer.isGridRunning ? "running" : grid.missing.isEmpty ? "finished" : "Enter starts"
        let epochs = grid.recipe.epochs
        return [
            StyledText("\(numbers.integer(done)) of \(numbers.count(grid.places.count, "cell"))", .title) + StyledText(", \(state)", .text),
            StyledText("weights ", .muted) + StyledText(names.isEmpty ? "float" : names.joined(separator: ", "), .value),
            StyledText("from ", .muted) + StyledText(explorer.stateText, .text),
            StyledText("teacher ", .muted) + StyledText(grid.recipe.teachers.map(\.name).joined(separator: ", "), .text),
            StyledText("\(numbers.count(epochs, "epoch")) each, batches of \(numbers.integer(grid.recipe.batchSize))", .muted),
            StyledText("rate \(grid.recipe.rate.rate.plain) \(grid.recipe.rate.course.name)", .muted),
            StyledText("w \(grid.plan.lossWeights.distillation.trimmed)", .muted),
        ]
    }

    private static func row(_ place: TrainingGrid.Place, _ grid: TrainingGrid, _ explorer: Explorer) -> Table.Row {
        let start = [StyledText(String(place.bits), .title), StyledText(place.temperature.trimmed, .text)]
        guard let cell = grid.cell(at: place) else { return Table.Row(start + [progress(place, explorer)]) }
        let isBest = grid.best(bits: place.bits) == cell
        var remark =
            cell.isDiverged
            ? StyledText("diverged", .warning) : isBest ? StyledText("\(explorer.glyphs.mark) best", .good) : StyledText("", .text)
        if let leftOut = cell.crossEntropyLeftOut, leftOut > 0 {
            remark += StyledText(" \(explorer.numbers.integer(leftOut)) left out", .warning)
        }
        return Table.Row(
            start + [
                StyledText(explorer.numbers.percentFigure(cell.accuracy), isBest ? .good : .value), remark,
                StyledText(explorer.numbers.decimal(cell.crossEntropy, digits: 4), .text),
                StyledText(explorer.numbers.decimal(cell.divergence, digits: 4), .text),
                StyledText(cell.epoch == 0 ? "start" : explorer.numbers.integer(cell.epoch), .muted),
                StyledText(explorer.numbers.duration(seconds: cell.seconds), .muted),
            ])
    }

    /// How far the cell under way is; a dash for one that waits.
    private static func progress(_ place: TrainingGrid.Place, _ explorer: Explorer) -> StyledText {
        guard explorer.isGridRunning, let grid = explorer.trainings.grid, grid.place == place, let progress = grid.progress else {
            return StyledText(explorer.numbers.missing, .muted)
        }
        guard progress.phase != .preparing, progress.batches > 0, progress.epochs > 0 else { return StyledText("begins", .muted) }
        let done = Double(progress.epoch - 1) + Double(progress.batch) / Double(progress.batches)
        return StyledText(explorer.numbers.percent(min(1, done / Double(progress.epochs)), digits: 0), .knob)
    }
}

extension Place {
    public static let grid = Place("grid", .screen)
}
