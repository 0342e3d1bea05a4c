import Frames
import Reports

/// A row for each class: a bar of its accuracy with the original's as a line, both figures, and its row of the confusion matrix.
struct ClassesChart {
    private let explorer: Explorer
    private let accuracy: AccuracyReport
    /// The first row.
    private let scroll: Int
    private var numbers: NumberFormat { explorer.numbers }
    private let names: [String]
    private let widestName: Int
    private let shares: [Double?]
    private let originalShares: [Double?]

    init(_ explorer: Explorer, _ accuracy: AccuracyReport, scroll: Int) {
        (self.explorer, self.accuracy, self.scroll) = (explorer, accuracy, scroll)
        let given = explorer.dataset?.classNames ?? []
        (shares, originalShares) = (accuracy.perClass, accuracy.originalPerClass)
        let names = (0..<accuracy.confusion.classCount).map { given.indices.contains($0) ? given[$0] : String($0) }
        self.names = names
        widestName = names.map(\.cellWidth).max() ?? 0
    }

    func draw(in area: Rect, on frame: inout Frame) {
        guard area.height >= 2, area.width >= 16, !names.isEmpty else { return }
        let (heading, rows) = area.splitTop(1)
        let bars = barsRect(in: rows)
        let matrix = rows.splitLeft(bars.width + 2).rest
        frame.draw(
            accuracy.isAgreement ? "agreement by the original's class" : "accuracy by class", at: Point(x: heading.x, y: heading.y),
            style: Style(.muted), clip: heading.splitLeft(bars.width).left)
        let hasMatrix = matrix.width >= cellWidth * names.count
        if hasMatrix { drawMatrixHeading(in: heading.splitLeft(bars.width + 2).rest, on: &frame) }
        let window = ScrollWindow(count: names.count, height: rows.height, offset: scroll, selected: nil)
        for index in window.rows {
            let y = rows.y + index - window.offset
            drawBar(index, in: bars.row(y), on: &frame)
            if hasMatrix { drawMatrixRow(index, in: matrix.row(y), on: &frame) }
        }
    }

    /// All of the width, or what the matrix leaves, at most 60 cells.
    private func barsRect(in rows: Rect) -> Rect {
        let matrixWidth = cellWidth * names.count + 2
        let isBoth = rows.width >= matrixWidth + 34
        return rows.splitLeft(isBoth ? min(60, rows.width - matrixWidth) : rows.width).left
    }

    private var figureWidth: Int { 14 }

    private func drawBar(_ index: Int, in row: Rect, on frame: inout Frame) {
        let current = shares[index]
        let original = originalShares.indices.contains(index) ? originalShares[index] : nil
        let labelWidth = min(widestName, max(4, row.width / 4))
        let hasFigure = row.width >= labelWidth + figureWidth + 8
        BarRow(
            label: StyledText(names[index]), labelWidth: labelWidth, fraction: current ?? 0,
            figure: hasFigure ? figure(current, original) : "", figureWidth: hasFigure ? figureWidth : 0,
            role: explorer.isAccuracyFresh ? .series : .muted
        ).draw(in: row, on: &frame, glyphs: explorer.glyphs)
        guard let original else { return }
        let bar = Rect(
            x: row.x + labelWidth + 1, y: row.y, width: row.width - labelWidth - 1 - (hasFigure ? figureWidth + 1 : 0), height: 1)
        guard bar.width > 0 else { return }
        let column = bar.x + min(bar.width - 1, Int(original * Double(bar.width)))
        frame[column, row.y] = Cell(explorer.glyphs.vertical, style: Style(.seriesOriginal))
    }

    /// `88.2% −1.3`.
    private func figure(_ current: Double?, _ original: Double?) -> StyledText {
        let isFresh = explorer.isAccuracyFresh
        var change = StyledText("")
        if let current, let original {
            let points = 100 * (current - original)
            let role = ViewText.role(change: points, isBetterWhenLarger: true)
            change = ViewText.figure(" " + numbers.signed(points, digits: 1).padded(to: 5, alignment: .right), isFresh: isFresh, role)
        }
        return ViewText.figure(numbers.percent(current).padded(to: 6, alignment: .right), isFresh: isFresh) + change
    }

    /// A blank, the largest count and a sign.
    private var cellWidth: Int {
        max(4, String(accuracy.confusion.largest).count + 2)
    }

    private func drawMatrixHeading(in row: Rect, on frame: inout Frame) {
        for (column, name) in names.enumerated() {
            let text = name.truncated(to: cellWidth - 2, ellipsis: "")
            frame.drawRight(text, endingAt: row.x + (column + 1) * cellWidth - 1, row: row.y, style: Style(.muted), clip: row)
        }
    }

    /// Counts of predictions; a sign tells whether there are more or fewer than the original had.
    private func drawMatrixRow(_ label: Int, in row: Rect, on frame: inout Frame) {
        for prediction in names.indices {
            let count = accuracy.confusion[label, prediction]
            let change = count - accuracy.originalConfusion[label, prediction]
            let sign = change == 0 ? " " : change > 0 ? "+" : explorer.glyphs.minus
            let text = count == 0 && change == 0 ? String(explorer.glyphs.dot) : String(count)
            let end = row.x + (prediction + 1) * cellWidth
            let style = explorer.isAccuracyFresh ? style(label == prediction, change, count) : Style(.muted)
            frame.drawRight(text + sign, endingAt: end, row: row.y, style: style, clip: row)
        }
    }

    /// More on the diagonal is better, more beside it worse.
    private func style(_ isRight: Bool, _ change: Int, _ count: Int) -> Style {
        if change != 0 { return Style((change > 0) == isRight ? .good : .bad, isRight ? .bold : []) }
        return isRight ? Style(.value, .bold) : Style(count == 0 ? .muted : .text)
    }
}

extension Rect {
    /// The rectangle's part in row `y`.
    func row(_ y: Int) -> Rect { Rect(x: x, y: y, width: width, height: y >= self.y && y < maxY ? 1 : 0) }
}
