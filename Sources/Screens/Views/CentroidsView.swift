import Compression
import Foundation
import Frames
import Networks

/// The values that the surviving weights of the selected layer share: centroids, a grid's codes, or the few values of a sign.
///
/// Where there is little room, the heading goes first (below four rows), then the columns error, share and count.
package struct CentroidsView: PaneView {
    package static var place: Place { .centroids }

    /// The selected row.
    var selection = 0

    package init() {}

    /// `Centroids 32`, `Grid 15`, `Values 3`.
    package func title(_ explorer: Explorer) -> String {
        guard let layer = explorer.selectedLayer else { return "Centroids" }
        if let rank = explorer.plan(of: layer).factorization(of: layer.geometry) { return "Factors, rank \(rank.text)" }
        guard let summary = explorer.summary(of: layer), !summary.codebook.isEmpty else { return "Centroids" }
        let word =
            switch summary.plan.weights.form.table {
            case .grid: "Grid"
            case .levels: "Levels"
            case .values: "Values"
            case .none, .centroids, .cells: "Centroids"
            }
        return "\(word) \(explorer.numbers.integer(summary.codebook.count))"
    }

    package func draw(_ explorer: Explorer, in area: Rect, on frame: inout Frame) {
        guard !area.isEmpty, let layer = explorer.selectedLayer else { return }
        guard let summary = explorer.summary(of: layer) else {
            return ViewText.hint("the figures of \(layer.name) are being made", explorer, in: area, on: &frame)
        }
        guard !summary.codebook.isEmpty else {
            if summary.factorization != nil, explorer.plan(of: layer).inForce.weights.isProduct {
                ViewText.draw(CentroidHeading.parts(explorer, layer, summary), explorer, in: area, on: &frame)
                return
            }
            return ViewText.hint(CentroidHeading.absence(explorer, layer), explorer, in: area, on: &frame)
        }
        ViewText.draw(Self.heading(explorer, layer, summary, in: area), explorer, in: area, on: &frame)
        table(explorer, layer, summary).draw(
            in: Self.tableRect(explorer, layer, summary, in: area), on: &frame, glyphs: explorer.glyphs)
    }

    package var rowWord: String { "centroid" }

    package mutating func move(by offset: Int, _ explorer: inout Explorer) {
        selection = min(max(0, selection + offset), max(0, explorer.centroidCount - 1))
    }

    package mutating func press(_ mouse: Mouse, _ explorer: inout Explorer, in area: Rect, time: Int64) {
        if let row = row(at: mouse.point, explorer, in: area) { move(by: row - selection, &explorer) }
    }

    package func row(at point: Point, _ explorer: Explorer, in area: Rect) -> Int? {
        guard let layer = explorer.selectedLayer, let summary = explorer.summary(of: layer), !summary.codebook.isEmpty
        else { return nil }
        return table(explorer, layer, summary).row(at: point, in: Self.tableRect(explorer, layer, summary, in: area))
    }

    /// At most a third of the rows.
    private static func heading(_ explorer: Explorer, _ layer: Layer, _ summary: LayerSummary, in area: Rect) -> [StyledText] {
        guard area.height >= 4 else { return [] }
        let lines = ViewText.flow(CentroidHeading.parts(explorer, layer, summary), width: area.width)
        return Array(lines.prefix(max(1, area.height / 3)))
    }

    private static func tableRect(_ explorer: Explorer, _ layer: Layer, _ summary: LayerSummary, in area: Rect) -> Rect {
        area.splitTop(heading(explorer, layer, summary, in: area).count).rest
    }

    private func table(_ explorer: Explorer, _ layer: Layer, _ summary: LayerSummary) -> Table {
        let rows = CentroidRows(
            summary: summary, isFresh: explorer.isFresh(layer), numbers: explorer.numbers)
        return Table(
            columns: CentroidRows.columns, rows: rows.all, selected: min(selection, summary.codebook.count - 1),
            isFocused: explorer.place == .centroids)
    }
}

/// The cells of the table of shared values.
struct CentroidRows {
    let summary: LayerSummary
    let isFresh: Bool
    let numbers: NumberFormat

    static let columns: [Table.Column] = [
        .init("#", alignment: .left, minimumWidth: 2, priority: 4), .init("value", minimumWidth: 5, priority: 5),
        .init("count", minimumWidth: 3, priority: 3), .init("share", minimumWidth: 4, priority: 2),
        .init("error", minimumWidth: 4, priority: 1),
    ]

    /// Shares are of all weights that have a value of the table, and of their whole squared error.
    var all: [Table.Row] {
        let total = Double(summary.codebook.reduce(0) { $0 + $1.count })
        let error = summary.codebook.reduce(0) { $0 + $1.squaredError }
        let digits = digits
        return summary.codebook.enumerated().map { index, centroid in
            let share = total > 0 ? Double(centroid.count) / total : nil
            let errorShare = error > 0 ? centroid.squaredError / error : nil
            return Table.Row([
                StyledText(numbers.integer(index), .muted),
                ViewText.figure(numbers.decimal(centroid.value, digits: digits), isFresh: isFresh),
                ViewText.figure(numbers.integer(centroid.count), isFresh: isFresh, .text),
                ViewText.figure(numbers.percent(share), isFresh: isFresh, .text),
                ViewText.figure(numbers.percent(errorShare), isFresh: isFresh, .text),
            ])
        }
    }

    /// As many digits for all, so that the column lines up: three significant ones of the largest value.
    private var digits: Int {
        let largest = summary.codebook.map { abs($0.value) }.max() ?? 0
        guard largest > 0, largest.isFinite else { return 0 }
        return min(9, max(0, 2 - Int(floor(log10(largest)))))
    }
}

extension Place {
    public static let centroids = Place("centroids", .pane(number: 3))
}
